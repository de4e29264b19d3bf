"""Stock Chainer's training against this package's; how much a generator computes."""

import numpy
import pytest

from benchmarking import stock
from benchmarking.parts.arithmetic import generator_flops
from chainer_foodgan.links import Discriminator, Generator
from chainer_foodgan.training.optimizer import Adam
from chainer_foodgan.training.updaters import StarGANUpdater

import chainer

C_DIM, SIZE, B, SEED = 3, 16, 3, 4
ITERATIONS = 10  # the generator's steps are the fifth and the tenth


def networks(dtype):
    """Ours, and stock ones of the same weights."""
    rng = numpy.random.default_rng(0)
    sizes = [(4, C_DIM, 1), (SIZE, 4, C_DIM, 3)]
    with chainer.using_config('dtype', numpy.dtype(dtype)):
        ours = [kind(*size, rng=rng) for kind, size in zip((Generator, Discriminator), sizes)]
        plain = [kind(*size) for kind, size in zip(
            (stock.Generator, stock.Discriminator), sizes)]
    return ours, [stock.copy_weights(*pair) for pair in zip(ours, plain)]


def data(dtype, cls_loss):
    rng = numpy.random.default_rng(1)
    x = rng.uniform(-1, 1, (ITERATIONS * B, 3, SIZE, SIZE)).astype(dtype)
    if cls_loss == 'softmax':
        return x, rng.integers(0, C_DIM, len(x)).astype(numpy.int32)
    return x, rng.integers(0, 2, (len(x), C_DIM)).astype(dtype)


def both(dtype, cls_loss):
    """Trains both sides; losses of every iteration, and both sides' parameters by name."""
    ours, plain = networks(dtype)
    x, label = data(dtype, cls_loss)
    updater = StarGANUpdater(
        chainer.iterators.SerialIterator(list(zip(x, label)), B, shuffle=False),
        {name: Adam().setup(link) for name, link in zip(('gen', 'dis'), ours)},
        cls_loss=cls_loss, seed=SEED)
    reporter = chainer.Reporter()
    for name, link in zip(('gen', 'dis'), ours):
        reporter.add_observer(name, link)
    reference = stock.StarGAN(*plain, cls_loss=cls_loss)
    losses = []
    for start in range(0, len(x), B):
        batch = slice(start, start + B)
        rng = updater.rng()  # the same draws in the same order as the updater's
        label_fake = label[batch][rng.permutation(B)]
        alpha = rng.uniform(0, 1, (B, 1, 1, 1)).astype(dtype)
        observation = {}
        with reporter.scope(observation):
            updater.update()
        expected = reference.update(x[batch], label[batch], label_fake, alpha)
        losses.append(({name: float(observation[name]) for name in expected}, expected))
    return losses, [[dict(link.namedparams()) for link in side] for side in (ours, plain)]


@pytest.mark.parametrize('cls_loss', ['softmax', 'sigmoid'])
def test_in_double_precision(use_torch, cls_loss):
    losses, (ours, plain) = both('float64', cls_loss)
    for found, expected in losses:
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert [len(expected) for _, expected in losses] == 2 * [4, 4, 4, 4, 7]
    for before, params, expected in zip(networks('float64')[1], ours, plain):
        before = dict(before.namedparams())
        assert before.keys() == params.keys() == expected.keys()
        for name, param in params.items():
            assert param.dtype == expected[name].dtype == numpy.float64
            numpy.testing.assert_allclose(param.array, expected[name].array, rtol=0, atol=1e-9,
                                          err_msg=name)
            assert (param.array != before[name].array).any(), name


@pytest.mark.parametrize('cls_loss', ['softmax', 'sigmoid'])
def test_in_single_precision(cls_loss):
    losses, (ours, plain) = both('float32', cls_loss)
    for found, expected in losses:
        assert found == pytest.approx(expected, rel=1e-3, abs=1e-5)
    # Adam moves a weight by about its rate whatever the gradient's size, even where that is
    # rounding: G takes two such steps of 1e-4, D twenty.
    for params, expected, steps in zip(ours, plain, (2, 20)):
        differences = numpy.concatenate([
            abs(param.array - expected[name].array).ravel() for name, param in params.items()])
        assert differences.max() < 2 * steps * 1e-4
        assert numpy.median(differences) < 1e-6


@pytest.mark.parametrize('conv_dim, c_dim, blocks, size', [(2, 3, 1, 8), (3, 10, 2, 16)])
def test_layer_by_layer(conv_dim, c_dim, blocks, size):
    d, full, half, quarter = conv_dim, size ** 2, (size // 2) ** 2, (size // 4) ** 2
    layers = [  # weights of a layer x places that they are applied at
        7 * 7 * (3 + c_dim) * d * full,
        4 * 4 * d * 2 * d * half,
        4 * 4 * 2 * d * 4 * d * quarter,
        blocks * 2 * 3 * 3 * 4 * d * 4 * d * quarter,
        4 * 4 * 4 * d * 2 * d * quarter,  # transposed: at the places of its input
        4 * 4 * 2 * d * d * half,
        7 * 7 * d * 3 * full]
    gen = stock.Generator(conv_dim, c_dim, blocks)
    assert generator_flops(gen, size) == 2 * sum(layers)
