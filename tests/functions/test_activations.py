"""ReLU and leaky ReLU by known values, PyTorch against Chainer; dropout, padding, labels."""

import random

import numpy
import pytest

from chainer_foodgan.functions import Dropout, leaky_relu, reflection_pad, relu
from chainer_foodgan.functions.activations import label_vectors, with_label

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


CASES = pytest.mark.parametrize('shape, pad', [
    ((1, 1, 2, 2), 1), ((2, 3, 4, 7), 3), ((1, 2, 5, 4), 2), ((3, 1, 6, 9), 1)])


def make(shape):
    return numpy.random.default_rng(0).standard_normal(shape)


def test_by_hand():
    x = numpy.array([[[[1., 2., 3.], [4., 5., 6.], [7., 8., 9.]]]], numpy.float32)
    y = reflection_pad(x, 1)
    assert y.dtype == numpy.float32
    assert y.array[0, 0].tolist() == [
        [5, 4, 5, 6, 5], [2, 1, 2, 3, 2], [5, 4, 5, 6, 5], [8, 7, 8, 9, 8], [5, 4, 5, 6, 5]]
    # Every pixel's gradient is the number of places where it is seen.
    variable = chainer.Variable(x)
    g, = chainer.grad([F.sum(reflection_pad(variable, 1))], [variable])
    assert g.array[0, 0].tolist() == [[1, 3, 1], [3, 9, 3], [1, 3, 1]]
    # Two pixels: the middle ones are seen from both sides.
    g, = chainer.grad([F.sum(reflection_pad(variable, 2))], [variable])
    assert g.array[0, 0].tolist() == [[4, 6, 4], [6, 9, 6], [4, 6, 4]]


@CASES
def test_gradients_are_slopes(check_gradients, shape, pad):
    check_gradients(lambda x: reflection_pad(x, pad), make(shape), second=True)


@CASES
def test_equals_pytorch(shape, pad, view):
    torch = pytest.importorskip('torch', reason='compares with PyTorch: pip install torch')
    variable = chainer.Variable(view(make(shape)))
    tensor = torch.tensor(variable.array.copy(), requires_grad=True)
    y, expected = reflection_pad(variable, pad), torch.nn.ReflectionPad2d(pad)(tensor)
    numpy.testing.assert_array_equal(y.array, expected.detach().numpy())
    gy = view(make(y.shape))
    expected.backward(torch.tensor(gy.copy()))
    g, = chainer.grad([y], [variable], [chainer.Variable(gy)])
    numpy.testing.assert_allclose(g.array, tensor.grad.numpy(), rtol=1e-12, atol=1e-12)
    assert g.array.flags.c_contiguous


def test_too_small_a_picture():
    with pytest.raises(ValueError, match='2 pixels have no mirror image of 2 pixels'):
        reflection_pad(numpy.zeros((1, 1, 5, 2)), 2)


@pytest.mark.parametrize('dtype', [numpy.float32, numpy.float64])
def test_vectors(dtype):
    label = numpy.array([2, 0], numpy.int32)
    c = label_vectors(label, 3, dtype)
    assert c.dtype == dtype and c.tolist() == [[0, 0, 1], [1, 0, 0]]
    several = numpy.array([[1, 0, 1], [0, 0, 0]], numpy.float32)
    c = label_vectors(several, 3, dtype)
    assert c.dtype == dtype and c.tolist() == several.tolist()


def test_a_label_fills_a_channel_each():
    rng = numpy.random.default_rng(0)
    x, c = rng.standard_normal((2, 3, 4, 5)), rng.standard_normal((2, 6))
    y = with_label(x, c)
    assert isinstance(y, chainer.Variable) and y.shape == (2, 9, 4, 5)
    numpy.testing.assert_array_equal(y.array[:, :3], x)
    for n in range(2):
        for k in range(6):
            assert (y.array[n, 3 + k] == c[n, k]).all()
    numpy.testing.assert_array_equal(with_label(chainer.Variable(x), y.array[:, 3:]).array, y.array)
