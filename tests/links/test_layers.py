"""The building blocks: how they start, and how they are numbered."""

import random

import numpy
import pytest

from chainer_foodgan import links
from chainer_foodgan.links import TorchUniform
from chainer_foodgan.links.architectures import depthwise_separable
from chainer_foodgan.links.sequential import Builder

import chainer


def distance_from_uniform(values, low, high):
    """Kolmogorov and Smirnov's: the greatest gap between the two distributions, times sqrt(n)."""
    values = numpy.sort(values.ravel())
    expected = (values - low) / (high - low)
    n = len(values)
    gap = max(abs(expected - numpy.arange(n) / n).max(),
              abs(expected - numpy.arange(1, n + 1) / n).max())
    return gap * numpy.sqrt(n)


def assert_uniform(array, low, high):
    assert low <= array.min() and array.max() <= high
    assert distance_from_uniform(array, low, high) < 1.9  # passed by 99.8 % of uniform samples


def test_the_test_tells_distributions_apart():
    rng = numpy.random.default_rng(0)
    values = rng.uniform(-1, 1, 10000)
    assert distance_from_uniform(values, -1, 1) < 1.9
    assert distance_from_uniform(0.95 * values, -1, 1) > 1.9
    assert distance_from_uniform(numpy.clip(rng.standard_normal(10000), -1, 1), -1, 1) > 1.9


@pytest.mark.parametrize('layer', ['Convolution2D', 'Deconvolution2D'])
@pytest.mark.parametrize('channels, ksize', [((12, 96), 4), ((96, 12), 4), ((40, 40), 3)])
def test_convolutions_start_as_in_pytorch_03(layer, channels, ksize):
    """U(-s, s), s = 1 / sqrt(in_channels k k): in channels for the transposed one as well."""
    link = getattr(links, layer)(*channels, ksize, rng=numpy.random.default_rng(0))
    s = 1 / numpy.sqrt(channels[0] * ksize * ksize)
    for array in (link.W.array, link.b.array):
        assert array.dtype == numpy.float32
        assert_uniform(array, -s, s)
    assert abs(link.W.array).max() > 0.999 * s
    shape = channels[::-1] if layer == 'Convolution2D' else channels
    assert link.W.shape == shape + (ksize, ksize) and link.b.shape == (channels[1],)


def test_normalisation_starts_as_in_pytorch_03():
    link = links.InstanceNormalization(4000, rng=numpy.random.default_rng(0))
    assert_uniform(link.gamma.array, 0, 1)
    assert link.gamma.array.max() > 0.99
    assert not link.beta.array.any() and link.beta.shape == (4000,)
    assert link.eps == 1e-5


@pytest.mark.parametrize('make', [
    lambda rng: links.Convolution2D(3, 4, 3, rng=rng),
    lambda rng: links.Deconvolution2D(3, 4, 3, rng=rng),
    lambda rng: links.InstanceNormalization(5, rng=rng),
    lambda rng: Builder(rng)(depthwise_separable(3, 4, 3)),
    lambda rng: links.Generator(2, 3, 2, rng=rng),
    lambda rng: links.ConditionalGenerator(2, 3, 1, rng=rng),
    lambda rng: links.ConditionalGenerator(2, 3, 1, True, rng=rng),
    lambda rng: links.Discriminator(16, 2, 3, 3, rng=rng)])
def test_same_generator_same_start(make):
    before = numpy.random.get_state()[1].copy(), random.getstate()
    first, second, other = (
        [param.array for _, param in sorted(make(numpy.random.default_rng(seed)).namedparams())]
        for seed in (1, 1, 2))
    for a, b in zip(first, second):
        numpy.testing.assert_array_equal(a, b)
    assert any((a != b).any() for a, b in zip(first, other))
    assert (numpy.random.get_state()[1] == before[0]).all() and random.getstate() == before[1]


def separable(*geometry, **options):
    return Builder(numpy.random.default_rng(0))(depthwise_separable(*geometry, **options))


def test_a_separable_convolution_starts_as_two_convolutions():
    link = separable(400, 300, 3, bias=True)
    assert link.depth.W.shape == (400, 1, 3, 3) and link.point.W.shape == (300, 400, 1, 1)
    assert_uniform(link.depth.W.array, -1 / 3, 1 / 3)  # a filter sees its own channel alone
    assert_uniform(link.point.W.array, -1 / 20, 1 / 20)
    assert_uniform(link.point.b.array, -1 / 20, 1 / 20)


@pytest.mark.parametrize('bias', [True, False])
def test_a_separable_convolution_is_one_of_the_product_of_its_filters(use_torch, float64, bias):
    link = separable(3, 5, 3, 2, 1, bias)
    assert len(list(link.params())) == (3 if bias else 2)
    x = numpy.random.default_rng(1).standard_normal((2, 3, 7, 8))
    W = link.point.W.array * link.depth.W.array[None, :, 0]
    expected = chainer.functions.convolution_2d(x, W, link.point.b, 2, 1)
    numpy.testing.assert_allclose(link(x).array, expected.array, rtol=1e-9, atol=1e-9)


def test_a_conditional_sequence_hands_the_label_to_those_that_take_it():
    class Add(chainer.Link):
        conditional = True

        def forward(self, x, c):
            return x + c

    chain = links.Sequential(Add(), chainer.functions.relu, Add())
    assert sorted(child.name for child in chain.children()) == ['0', '2']
    assert chain(numpy.float32([-5, 1]), numpy.float32([1, 2])).array.tolist() == [1, 5]
    assert chain.copy()(numpy.float32([0]), numpy.float32([3])).array.tolist() == [6]


def test_without_a_generator_every_start_is_another():
    first, second = links.Generator(2, 3, 1), links.Generator(2, 3, 1)
    assert (first.main['0'].W.array != second.main['0'].W.array).any()


def test_uniform_by_its_ends():
    array = numpy.empty(5000, numpy.float32)
    TorchUniform(2, 5, numpy.random.default_rng(0))(array)
    assert_uniform(array, 2, 5)


def test_a_sequence_counts_functions_too():
    rng = numpy.random.default_rng(0)
    chain = links.Sequential(
        links.Convolution2D(1, 1, 1, rng=rng), chainer.functions.relu,
        links.Convolution2D(1, 1, 1, rng=rng))
    assert sorted(name for name, _ in chain.namedparams()) == ['/0/W', '/0/b', '/2/W', '/2/b']
    x = numpy.array([[[[-3., 0., 5.]]]], numpy.float32)
    first, second = (chain[name] for name in ('0', '2'))
    expected = numpy.maximum(x * first.W.array.item() + first.b.array.item(), 0)
    expected = expected * second.W.array.item() + second.b.array.item()
    numpy.testing.assert_allclose(chain(x).array, expected, rtol=1e-6)


def test_a_copy_of_a_sequence_uses_its_own_links():
    chain = links.Sequential(links.Convolution2D(1, 1, 1, rng=numpy.random.default_rng(0)))
    copy = chain.copy(mode='copy')
    chain['0'].W.array[...] = 0
    chain['0'].b.array[...] = 0
    x = numpy.ones((1, 1, 1, 1), numpy.float32)
    assert chain(x).array.item() == 0
    assert copy(x).array.item() != 0
