"""The four rules of the pix2pix and CycleGAN code: what they change, and how it is spread."""

import math
import random

import numpy
import pytest

from chainer_foodgan import links
from chainer_foodgan.links import init_weights
from chainer_foodgan.links.primitives import INIT_KINDS

import chainer
import chainer.links as L

# Channels in and out, side of the filters.
SIZES = pytest.mark.parametrize('sizes', [(24, 48, 4), (48, 24, 3), (30, 30, 5)])


def make(layer, sizes, kind, seed=0):
    link = chainer.Chain(layer=getattr(links, layer)(*sizes, rng=numpy.random.default_rng(9)))
    init_weights(link, kind, numpy.random.default_rng(seed))
    return link.layer


def assert_normal(array, deviation, mean=0):
    """Kolmogorov and Smirnov: passed by 99.8 % of normal samples."""
    values = numpy.sort((array.ravel() - mean) / deviation)
    expected = numpy.vectorize(lambda v: (1 + math.erf(v / 2 ** 0.5)) / 2)(values)
    gap = abs(expected - (numpy.arange(len(values)) + 0.5) / len(values)).max()
    assert gap * len(values) ** 0.5 < 1.9


def test_the_test_tells_distributions_apart():
    rng = numpy.random.default_rng(0)
    assert_normal(rng.normal(1, 0.02, 10000), 0.02, 1)
    for values in (rng.normal(0, 1.1, 10000), rng.uniform(-3 ** 0.5, 3 ** 0.5, 10000)):
        with pytest.raises(AssertionError):
            assert_normal(values, 1)


@SIZES
@pytest.mark.parametrize('layer', ['Convolution2D', 'Deconvolution2D'])
def test_spread(layer, sizes):
    channels, out_channels, ksize = sizes
    assert_normal(make(layer, sizes, 'normal').W.array, 0.02)
    fans = (channels + out_channels) * ksize ** 2
    assert_normal(make(layer, sizes, 'xavier').W.array, 0.02 * (2 / fans) ** 0.5)
    # PyTorch takes the second axis of the filters for the fan in: of transposed ones, the output.
    fan_in = (channels if layer == 'Convolution2D' else out_channels) * ksize ** 2
    assert_normal(make(layer, sizes, 'kaiming').W.array, (2 / fan_in) ** 0.5)


@SIZES
@pytest.mark.parametrize('layer', ['Convolution2D', 'Deconvolution2D'])
def test_orthogonal_filters(layer, sizes):
    W = make(layer, sizes, 'orthogonal').W.array
    W = W.reshape(len(W), -1).astype(numpy.float64)
    numpy.testing.assert_allclose(W @ W.T, numpy.eye(len(W)), atol=1e-5)


def test_orthogonal_columns_where_filters_are_many():
    W = make('Convolution2D', (2, 50, 3), 'orthogonal').W.array.reshape(50, 18)
    numpy.testing.assert_allclose(W.T @ W, numpy.eye(18), atol=1e-5)


def test_orthogonal_is_even():
    """Corners of random 2 x 2 rotations and reflections: cosines of even angles, both signs."""
    values = numpy.array([make('Convolution2D', (2, 2, 1), 'orthogonal', seed).W.array.ravel()
                          for seed in range(400)])
    for column in values.T:
        angle = numpy.sort(numpy.arccos(numpy.clip(column, -1, 1))) / math.pi
        assert abs(angle - (numpy.arange(400) + 0.5) / 400).max() * 20 < 1.9


@pytest.mark.parametrize('kind', ['normal', 'xavier', 'kaiming', 'orthogonal'])
def test_pytorch_agrees_on_the_spread(kind):
    """The upstream calls by their names of today, on the shapes of both kinds of filters."""
    torch = pytest.importorskip('torch', reason='compares with PyTorch: pip install torch')
    init = torch.nn.init
    calls = {'normal': lambda W: init.normal_(W, 0.0, 0.02),
             'xavier': lambda W: init.xavier_normal_(W, gain=0.02),
             'kaiming': lambda W: init.kaiming_normal_(W, a=0, mode='fan_in'),
             'orthogonal': lambda W: init.orthogonal_(W, gain=1)}
    torch.manual_seed(0)
    for layer, sizes in (('Convolution2D', (24, 48, 4)), ('Deconvolution2D', (24, 48, 4)),
                         ('Convolution2D', (64, 16, 3)), ('Deconvolution2D', (64, 16, 3))):
        W = make(layer, sizes, kind).W.array
        assert W.std() == pytest.approx(calls[kind](torch.empty(W.shape)).std().item(), rel=0.04)


@pytest.mark.parametrize('kind', INIT_KINDS)
def test_what_changes_and_what_stays(kind):
    """Filters and batch normalisations change; biases and instance normalisations do not."""
    link = chainer.Chain(
        conv=links.Convolution2D(3, 4, 3, rng=numpy.random.default_rng(1)),
        deconv=links.Deconvolution2D(3, 4, 3, rng=numpy.random.default_rng(1)),
        linear=L.Linear(5, 6, initial_bias=0.5), deep=chainer.Chain(
            norm=links.BatchNormalization(4000, rng=numpy.random.default_rng(1))),
        instance=links.InstanceNormalization(7, rng=numpy.random.default_rng(1)))
    link.deep.norm.beta.array[...] = 3
    before = {name: param.array.copy() for name, param in link.namedparams()}
    init_weights(link, kind, numpy.random.default_rng(0))
    changed = {name for name, param in link.namedparams() if (param.array != before[name]).any()}
    assert changed == {'/conv/W', '/deconv/W', '/linear/W', '/deep/norm/gamma', '/deep/norm/beta'}
    assert_normal(link.deep.norm.gamma.array, 0.02, mean=1)
    assert not link.deep.norm.beta.array.any()
    assert all(param.dtype == numpy.float32 for param in link.params())


def test_same_generator_same_start():
    def start(seed):
        gen = links.UnetGenerator(num_downs=5, conv_dim=1, rng=numpy.random.default_rng(9))
        init_weights(gen, 'normal', numpy.random.default_rng(seed))
        return [param.array for _, param in sorted(gen.namedparams())]

    before = numpy.random.get_state()[1].copy(), random.getstate()
    for a, b in zip(start(1), start(1)):
        numpy.testing.assert_array_equal(a, b)
    assert any((a != b).any() for a, b in zip(start(1), start(2)))
    assert (numpy.random.get_state()[1] == before[0]).all() and random.getstate() == before[1]
