"""Labels as vectors and as maps."""

import numpy
import pytest

from chainer_foodgan.functions.activations import label_vectors, with_label

import chainer


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
