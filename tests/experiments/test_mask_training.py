"""What the U-Net minimises, and a run of its training."""

import numpy as np
import pytest

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.files import by_place
from chainer_foodgan.links import UnetGenerator
from chainer_foodgan.training.extensions import snapshots
from chainer_foodgan.training.run import Run
from masking.training import MaskConfig, iou, logits, make_trainer, mask_losses, shares

import chainer

OPTIONS = {'out': 'run', 'bowls': 5, 'image_size': 32, 'num_downs': 5, 'conv_dim': 2,
           'batch_size': 2, 'num_epochs': 2, 'num_epochs_decay': 1, 'lr': 0.01, 'ema': 0.9,
           'seed': 3, 'precision': 'float32', 'num_workers': 1, 'log_step': 1, 'save_step': 1}


def test_losses_are_the_formulas():
    rng = np.random.default_rng(0)
    z = rng.normal(0, 2, (2, 1, 4, 5)).astype(np.float32)
    mask = rng.choice([0, 0.5, 1], z.shape).astype(np.float32)
    p = 1 / (1 + np.exp(-z.astype(float)))
    losses = mask_losses(chainer.Variable(z), mask)
    expected = -(mask * np.log(p) + (1 - mask) * np.log(1 - p)).mean()
    assert losses['bce'].array == pytest.approx(expected, rel=1e-5)
    dice = [1 - (2 * (a * b).sum() + 1) / (a.sum() + b.sum() + 1) for a, b in zip(p, mask)]
    assert losses['dice'].array == pytest.approx(np.mean(dice), rel=1e-5)


def test_logits_are_those_of_the_shares():
    gen = UnetGenerator(3, 1, 5, 2, rng=np.random.default_rng(0))
    x = np.random.default_rng(1).uniform(-1, 1, (2, 3, 32, 32)).astype(np.float32)
    with chainer.using_config('train', False):
        z = logits(gen, x).array[:, 0].astype(float)
    np.testing.assert_allclose(1 / (1 + np.exp(-z)), shares(gen, x), atol=1e-6)


def test_iou_is_what_both_have_of_what_either_has():
    a = np.array([[1, 1, 0, 0], [1, 1, 0, 0]], bool)
    b = np.array([[0, 1, 1, 0], [0, 1, 1, 0]], bool)
    none = np.zeros_like(a)
    found = iou(np.stack([a, a, a, none]), np.stack([b, a, none, none]))
    np.testing.assert_allclose(found, [1 / 3, 1, 0, 1])


def final(run, **options):
    trainer = make_trainer(MaskConfig(**{**OPTIONS, **options}), run)
    trainer.run()
    return {name: param.array.copy()
            for name, param in trainer.updater.get_optimizer('gen').target.namedparams()}


def test_a_training_repeats_and_goes_on(tmp_path, capsys):
    first, second = Run(tmp_path / 'a'), Run(tmp_path / 'b')
    for run in first, second:
        run.start({})
    whole = final(first)
    saved = by_place(first.snapshots, '.npz')
    # Four iterations, of which the last two snapshots are kept.
    assert [path.name for path in saved] == ['2_1.npz', '2_2.npz']
    assert len(by_place(first.models, '_G.npz')) == 4
    trainer = make_trainer(MaskConfig(**OPTIONS), second)
    snapshots.load(trainer, saved[0])
    trainer.run()
    for name, param in trainer.updater.get_optimizer('gen').target.namedparams():
        np.testing.assert_allclose(param.array, whole[name], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize('options, says', [
    ({'image_size': 48}, '--image-size 48 is no multiple of 32'),
    ({'batch_size': 6}, '--bowls 5 are fewer')])
def test_sizes_that_do_not_fit(tmp_path, options, says):
    with pytest.raises(FoodganError, match=says):
        make_trainer(MaskConfig(**{**OPTIONS, **options}), Run(tmp_path))
