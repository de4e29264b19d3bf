"""Instance normalisation: the formula, and PyTorch's kernel against Chainer's."""

import numpy
import pytest

from chainer_foodgan.functions import instance_normalization

import chainer
import chainer.functions as F

SHAPES = [(1, 2, 3, 5), (3, 4, 2, 2), (3, 1, 7, 1), (2, 5, 4, 3)]


def make(shape, seed=0):
    rng = numpy.random.default_rng(seed)
    return [rng.standard_normal(shape) * 3 + 1, rng.uniform(0, 2, shape[1]),
            rng.standard_normal(shape[1])]


@pytest.mark.parametrize('shape', SHAPES)
def test_formula(use_torch, shape):
    x, gamma, beta = make(shape)
    y = instance_normalization(x, gamma, beta).array
    for b in range(shape[0]):
        for c in range(shape[1]):
            plane = x[b, c]
            normal = (plane - plane.mean()) / numpy.sqrt(plane.var() + 1e-5)
            numpy.testing.assert_allclose(y[b, c], gamma[c] * normal + beta[c], rtol=1e-9,
                                          atol=1e-9)


def test_eps_matters_on_flat_planes(use_torch):
    x = numpy.array([[[[0., 0.002]]]])
    y = instance_normalization(x, numpy.ones(1), numpy.zeros(1), eps=3e-6).array
    numpy.testing.assert_allclose(y, [[[[-0.5, 0.5]]]])  # 0.001 / sqrt(1e-6 + 3e-6)


def derivatives(arrays):
    rng = numpy.random.default_rng(9)
    inputs = [chainer.Variable(array) for array in arrays]
    y = instance_normalization(*inputs)
    gy = chainer.Variable(rng.standard_normal(y.shape))
    first = chainer.grad([y], inputs, [gy], enable_double_backprop=True)
    directions = [chainer.Variable(rng.standard_normal(g.shape)) for g in first]
    second = chainer.grad(first, inputs + [gy], directions)
    return [v.array for v in [y] + first if v is not None] + [
        numpy.zeros(v.shape) if g is None else g.array for g, v in zip(second, inputs + [gy])]


@pytest.mark.parametrize('shape', SHAPES)
def test_torch_equals_chainer(shape, view):
    pytest.importorskip('torch', reason='compares with PyTorch: pip install torch')
    arrays = [view(array) for array in make(shape)]
    results = []
    for mode in ('never', 'always'):
        with chainer.using_config('use_torch', mode):
            results.append(derivatives(arrays))
    for chainers, torchs in zip(*results):
        numpy.testing.assert_allclose(torchs, chainers, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize('shape', [(1, 2, 3, 5), (3, 4, 2, 3)])
def test_gradients_are_slopes(use_torch, check_gradients, shape):
    # Another seed than that of the directions: along x itself the function is flat.
    check_gradients(instance_normalization, *make(shape, 5), second=True)


def test_a_gradient_for_the_scale_alone(use_torch):
    x, gamma, beta = make((2, 3, 4, 5))
    gamma = chainer.Variable(gamma)
    y = instance_normalization(x, gamma, beta)
    g, = chainer.grad([F.sum(y * y.array)], [gamma])
    normal = (x - x.mean((2, 3), keepdims=True)) / numpy.sqrt(
        x.var((2, 3), keepdims=True) + 1e-5)
    numpy.testing.assert_allclose(g.array, (y.array * normal).sum((0, 2, 3)), rtol=1e-9)


@pytest.mark.parametrize('shape', SHAPES)
def test_every_sample_by_its_own_scale_and_shift(use_torch, check_gradients, shape):
    rng = numpy.random.default_rng(3)
    x, gamma, beta = (rng.standard_normal(size) + 1 for size in (shape, shape[:2], shape[:2]))
    y = instance_normalization(x, gamma, beta)
    for b in range(shape[0]):
        expected = instance_normalization(x[b:b + 1], gamma[b], beta[b]).array
        numpy.testing.assert_allclose(y.array[b:b + 1], expected, rtol=1e-9, atol=1e-9)
    check_gradients(instance_normalization, x, gamma, beta)
