"""Batch normalisation with PyTorch's settings; instance normalisation, plain and conditional."""

import numpy
import pytest

from chainer_foodgan.links import BatchNormalization, InstanceNormalization
from chainer_foodgan.links.layers import BatchNorm, InstanceNorm
from chainer_foodgan.links.primitives import ConditionalInstanceNormalization
from chainer_foodgan.links.sequential import Builder
from chainer_foodgan.weights.naming import arrays_of

import chainer

AXES = (0, 2, 3)


def make(B=3, C=4, H=2, W=5, seed=0):
    return numpy.random.default_rng(seed).standard_normal((B, C, H, W)) * 3 + 1


def fresh(C=4):
    return BatchNormalization(C, rng=numpy.random.default_rng(0))


def plain(values):
    return numpy.reshape(values, (1, -1, 1, 1))


def test_it_starts_as_in_pytorch_03():
    link = fresh(4000)
    assert 0 <= link.gamma.array.min() < 0.01 and 0.99 < link.gamma.array.max() <= 1
    assert link.gamma.array.mean() == pytest.approx(0.5, abs=0.02)
    assert not link.beta.array.any() and not link.avg_mean.any() and (link.avg_var == 1).all()
    numpy.testing.assert_array_equal(link.gamma.array, fresh(4000).gamma.array)


def test_it_saves_what_pytorch_saves():
    assert set(arrays_of(fresh())) == {'gamma', 'beta', 'avg_mean', 'avg_var'}


def test_training_by_the_batch_and_testing_by_the_running_statistics(float64):
    """Momentum 0.1, eps 1e-5, the variance of a batch over n and the running one over n - 1."""
    link, mean, var = fresh(), numpy.zeros(4), numpy.ones(4)
    link.beta.array[...] = numpy.arange(4)
    for seed in range(3):
        x = make(seed=seed)
        y = link(x).array
        normal = (x - plain(x.mean(AXES))) / numpy.sqrt(plain(x.var(AXES)) + 1e-5)
        numpy.testing.assert_allclose(
            y, plain(link.gamma.array) * normal + plain(numpy.arange(4)), rtol=1e-9, atol=1e-9)
        mean = 0.9 * mean + 0.1 * x.mean(AXES)
        var = 0.9 * var + 0.1 * x.var(AXES, ddof=1)
    numpy.testing.assert_allclose(link.avg_mean, mean, rtol=1e-12)
    numpy.testing.assert_allclose(link.avg_var, var, rtol=1e-12)
    with chainer.using_config('train', False):
        y = link(x).array
    normal = (x - plain(mean)) / numpy.sqrt(plain(var) + 1e-5)
    numpy.testing.assert_allclose(
        y, plain(link.gamma.array) * normal + plain(numpy.arange(4)), rtol=1e-9, atol=1e-9)
    numpy.testing.assert_allclose(link.avg_var, var, rtol=1e-12)  # testing leaves them alone


def test_eps_matters_on_flat_batches(float64):
    link = fresh(1)
    link.gamma.array[...] = 1
    x = numpy.array([0., 0.002]).reshape(2, 1, 1, 1)
    expected = 0.001 / numpy.sqrt(1e-6 + 1e-5)
    numpy.testing.assert_allclose(link(x).array.ravel(), [-expected, expected], rtol=1e-9)


def test_fine_tuning_still_counts():
    """Chainer's own mode: the plain mean over batches, whose number is not saved."""
    link, batches = fresh(), [make(seed=seed).astype(numpy.float32) for seed in range(3)]
    for x in batches:
        link(x, finetune=True)
    numpy.testing.assert_allclose(
        link.avg_mean, numpy.mean([x.mean(AXES) for x in batches], axis=0), rtol=1e-5)
    assert link.N == 3


def test_equals_pytorch(float64):
    torch = pytest.importorskip('torch', reason='compares with PyTorch: pip install torch')
    link, module = fresh(), torch.nn.BatchNorm2d(4).double()
    module.weight.data = torch.tensor(link.gamma.array)
    for seed in range(3):
        x = make(seed=seed)
        numpy.testing.assert_allclose(link(x).array, module(torch.tensor(x)).detach().numpy(),
                                      rtol=1e-9, atol=1e-9)
    for found, expected in ((link.avg_mean, module.running_mean),
                            (link.avg_var, module.running_var)):
        numpy.testing.assert_allclose(found, expected.numpy(), rtol=1e-9)


def test_instance_normalisation_without_parameters(use_torch):
    layer, x = Builder(None)(InstanceNorm(4, affine=False)), make()
    assert not isinstance(layer, chainer.Link)
    normal = (x - x.mean((2, 3), keepdims=True)) / numpy.sqrt(
        x.var((2, 3), keepdims=True) + 1e-5)
    for train in (True, False):
        with chainer.using_config('train', train):
            for value in (x, chainer.Variable(x)):
                numpy.testing.assert_allclose(layer(value).array, normal, rtol=1e-9, atol=1e-9)
    assert isinstance(Builder(None)(BatchNorm(4)), BatchNormalization)


@pytest.fixture
def conditional(float64):
    """Of three categories and four channels, no value at its start."""
    link, rng = ConditionalInstanceNormalization(4, 3), numpy.random.default_rng(5)
    assert (link.gamma.array == 1).all() and not link.beta.array.any() and link.eps == 1e-5
    for param in (link.gamma, link.beta):
        assert param.shape == (3, 4)
        param.array += rng.standard_normal((3, 4))
    return link


def test_a_category_picks_its_scale_and_shift(use_torch, conditional):
    x, label = make(), numpy.array([2, 0, 2])
    y = conditional(x, numpy.eye(3)[label]).array
    for number, row in enumerate(label):
        plain_link = InstanceNormalization(4, rng=numpy.random.default_rng(0))
        plain_link.gamma.array[...] = conditional.gamma.array[row]
        plain_link.beta.array[...] = conditional.beta.array[row]
        numpy.testing.assert_allclose(
            y[number:number + 1], plain_link(x[number:number + 1]).array, rtol=1e-9, atol=1e-9)


def test_label_vectors_blend_linearly(use_torch, conditional):
    x, (a, b) = make(), numpy.random.default_rng(6).standard_normal((2, 3, 3))
    mixed = conditional(x, 0.25 * a + 0.75 * b).array
    expected = 0.25 * conditional(x, a).array + 0.75 * conditional(x, b).array
    numpy.testing.assert_allclose(mixed, expected, rtol=1e-9, atol=1e-9)
    assert abs(conditional(x, a).array - conditional(x, b).array).max() > 0.1


def test_gradients_of_the_conditional_one_are_slopes(use_torch, conditional, check_gradients):
    check_gradients(conditional, make(seed=8), numpy.random.default_rng(6).standard_normal((3, 3)),
                    params=[conditional.gamma, conditional.beta])
