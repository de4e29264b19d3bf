"""Chainer against PyTorch: both networks, every gradient, and whole training iterations."""

import numpy as np
import pytest

pytest.importorskip('torch', reason='compares with PyTorch: pip install torch')

from chainer_foodgan.links import Discriminator, Generator  # noqa: E402
from chainer_foodgan.pytorch import training  # noqa: E402
from lib import parity  # noqa: E402

import chainer  # noqa: E402  after the package, which makes it run

C_DIM = 3
ITERATIONS = 10  # the generator's steps are the fifth and the tenth
LR = 1e-4


def compare(dtype, mode, size, B, cls_loss):
    """Name of what is compared to its Row."""
    rng = np.random.default_rng(0)
    dtype = np.dtype(dtype)
    with chainer.using_config('dtype', dtype), chainer.using_config('use_torch', mode):
        gen = Generator(conv_dim=4, c_dim=C_DIM, repeat_num=1, rng=rng)
        dis = Discriminator(size, conv_dim=4, c_dim=C_DIM, repeat_num=3, rng=rng)
        photos = rng.uniform(-1, 1, (ITERATIONS * B, 3, size, size)).astype(dtype)
        if cls_loss == 'softmax':
            labels = rng.integers(0, C_DIM, ITERATIONS * B).astype(np.int32)
        else:
            labels = rng.integers(0, 2, (ITERATIONS * B, C_DIM)).astype(dtype)
        rows = parity.compare(gen, dis, photos, labels, cls_loss, ITERATIONS)
    assert all(np.isfinite(row[1:]).all() for row in rows)
    return {row.what: row for row in rows}


@pytest.mark.parametrize('cls_loss', ['softmax', 'sigmoid'])
@pytest.mark.parametrize('B', [1, 3])
@pytest.mark.parametrize('size', [16, 24])
@pytest.mark.parametrize('mode', ['never', 'always'])
def test_in_double_precision_everything_agrees(mode, size, B, cls_loss):
    rows = compare('float64', mode, size, B, cls_loss)
    # Three outputs; 3 + 1 + 3 losses and three networks' gradients; 4 + 3 losses, two networks.
    assert len(rows) == 3 + 7 + 3 + 7 + 2
    for row in rows.values():
        assert row.relative < 1e-9, row


@pytest.mark.parametrize('mode, size, B, cls_loss', [
    ('never', 16, 3, 'softmax'), ('never', 24, 1, 'sigmoid'), ('always', 24, 3, 'softmax')])
def test_in_single_precision_outputs_and_losses_agree(mode, size, B, cls_loss):
    rows = compare('float32', mode, size, B, cls_loss)
    for name in 'G: translation', 'D: patch scores', 'D: logits':
        assert rows[name].absolute < 1e-5, rows[name]
    for row in rows.values():
        if 'loss' in row.what:
            assert row.relative < 1e-3, row
    # Nothing kinked lies between D's weights and its outputs but leaky ReLUs; a ReLU of G that
    # flips under rounding moves its gradients.
    assert rows['D step: gradients'].relative < 1e-3
    assert rows['penalty: gradients'].relative < 1e-3
    assert rows['G step: gradients'].relative < 5e-2
    # Adam moves a weight by about lr whatever its gradient's size, even where that is rounding.
    assert rows['10 iterations: gen parameters'].absolute < 2 * 2 * LR
    assert rows['10 iterations: dis parameters'].absolute < 2 * 20 * LR


def forgetting(self, optimizer, loss):
    """Today's zero_grad: what the penalty does not reach stands still."""
    for each in self.optimizers:
        each.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()


@pytest.mark.parametrize('name, value', [
    ('StarGAN._step', forgetting), ('Adam.step', training.torch.optim.Adam.step)])
def test_other_rules_of_the_optimiser_are_told_apart(monkeypatch, name, value):
    cls, method = name.split('.')
    monkeypatch.setattr(getattr(training, cls), method, value)
    rows = compare('float64', 'never', 16, 1, 'softmax')
    assert rows['penalty: gradients'].relative < 1e-9  # a single pass takes no step
    assert rows['10 iterations: dis parameters'].relative > 1e-7
