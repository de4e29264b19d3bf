"""Reflection padding: the mirror image by hand, its gradients, PyTorch."""

import numpy
import pytest

from chainer_foodgan.functions import reflection_pad

import chainer
import chainer.functions as F

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
