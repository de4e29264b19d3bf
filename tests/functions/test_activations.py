"""ReLU and leaky ReLU: known values, and PyTorch's kernel against Chainer's."""

import random

import numpy
import pytest

from chainer_foodgan.functions import Dropout, leaky_relu, relu

import chainer
import chainer.functions as F

X = numpy.array([[-2., -0.5, 0., 0.25, 3.]])


@pytest.mark.parametrize('function, below', [
    (relu, 0), (leaky_relu, 0.01), (lambda x: leaky_relu(x, 0.2), 0.2)])
def test_known_values(use_torch, function, below):
    x = chainer.Variable(X)
    gy = chainer.Variable(numpy.array([[1., 2., 3., 4., 5.]]))
    y = function(x)
    g, = chainer.grad([y], [x], [gy], enable_double_backprop=True)
    numpy.testing.assert_allclose(y.array, [[-2 * below, -0.5 * below, 0, 0.25, 3]], atol=0)
    # At 0 the slope is that of the negative side, as in PyTorch and Chainer.
    numpy.testing.assert_allclose(g.array, [[below, 2 * below, 3 * below, 4, 5]], atol=0)
    # The gradient is linear in gy, and does not change with x.
    gx, ggy = chainer.grad([g], [x, gy], [chainer.Variable(numpy.full((1, 5), 2.))])
    numpy.testing.assert_allclose(ggy.array, [[2 * below, 2 * below, 2 * below, 2, 2]], atol=0)
    assert gx is None or not gx.array.any()


@pytest.mark.parametrize('batch', [1, 3])
@pytest.mark.parametrize('function', [relu, leaky_relu])
def test_torch_equals_chainer(function, batch, view):
    pytest.importorskip('torch', reason='compares with PyTorch: pip install torch')
    rng = numpy.random.default_rng(0)
    array = view(rng.standard_normal((batch, 2, 5, 3)))
    results = []
    for mode in ('never', 'always'):
        with chainer.using_config('use_torch', mode):
            x = chainer.Variable(array)
            gy = chainer.Variable(numpy.random.default_rng(1).standard_normal(array.shape))
            y = function(x)
            g, = chainer.grad([y], [x], [gy], enable_double_backprop=True)
            gg, = chainer.grad([chainer.functions.sum(g ** 2)], [gy])
            results.append([y.array, g.array, gg.array])
    for chainers, torchs in zip(*results):
        numpy.testing.assert_allclose(torchs, chainers, rtol=1e-9, atol=1e-9)


def test_half_is_dropped_and_half_doubled():
    x = numpy.random.default_rng(0).uniform(1, 2, (50, 400)).astype(numpy.float32)
    y = Dropout(numpy.random.default_rng(1))(x)
    assert y.dtype == numpy.float32
    kept = y.array != 0
    numpy.testing.assert_array_equal(y.array, numpy.where(kept, 2 * x, 0))
    # 20,000 fair coins: within 4 standard deviations (0.0035 each), whatever the row or column.
    assert abs(kept.mean() - 0.5) < 0.015
    assert kept.mean(axis=1).min() > 0.35 and kept.mean(axis=1).max() < 0.65
    assert kept.mean(axis=0).min() > 0.2 and kept.mean(axis=0).max() < 0.8
    # Neighbours are independent of each other.
    assert abs((kept[:, 1:] == kept[:, :-1]).mean() - 0.5) < 0.015
    assert abs((kept[1:] == kept[:-1]).mean() - 0.5) < 0.015


def test_gradients_follow_what_is_kept():
    x = chainer.Variable(numpy.random.default_rng(0).uniform(1, 2, (3, 40)))
    y = Dropout(numpy.random.default_rng(1))(x)
    g, = chainer.grad([F.sum(y)], [x])
    numpy.testing.assert_array_equal(g.array, numpy.where(y.array != 0, 2, 0))
    assert g.dtype == numpy.float64


def test_nothing_is_dropped_in_testing():
    x = numpy.random.default_rng(0).standard_normal((3, 40))
    rng = numpy.random.default_rng(1)
    state = rng.bit_generator.state
    with chainer.using_config('train', False):
        numpy.testing.assert_array_equal(Dropout(rng)(x).array, x)
    assert rng.bit_generator.state == state  # nor anything drawn


def test_randomness_is_its_own():
    x = numpy.ones((3, 40), numpy.float32)
    before = numpy.random.get_state()[1].copy(), random.getstate()
    dropout = Dropout(numpy.random.default_rng(1))
    first, second = dropout(x).array, dropout(x).array
    assert (first != second).any()
    dropout.rng = numpy.random.default_rng(1)
    numpy.testing.assert_array_equal(dropout(x).array, first)
    assert (numpy.random.get_state()[1] == before[0]).all() and random.getstate() == before[1]
