"""Fixtures that several rooms share. They import the package only when they are used."""

import pytest


@pytest.fixture(params=['never', 'always'])
def use_torch(request):
    """Runs a test with Chainer's own kernels and, where it is installed, with PyTorch's."""
    if request.param == 'always':
        pytest.importorskip('torch', reason='compares with PyTorch: pip install torch')
    import chainer_foodgan.kernels  # noqa: F401  before chainer: it brings the setting
    import chainer
    with chainer.using_config('use_torch', request.param):
        yield request.param


@pytest.fixture
def float64():
    """Makes links in double precision, so that differences mean something."""
    import chainer_foodgan  # noqa: F401
    import chainer
    import numpy
    with chainer.using_config('dtype', numpy.dtype(numpy.float64)):
        yield


@pytest.fixture
def check_slope():
    """Compares gradients with the slope of the function along a random direction."""
    import numpy

    def check(function, arrays, gradients, rtol=1e-6, eps=1e-6):
        """``function()`` is a float made of ``arrays`` (float64, changed in place for a moment)."""
        rng = numpy.random.default_rng(0)
        directions = [rng.standard_normal(array.shape) for array in arrays]

        def moved(step):
            for array, direction in zip(arrays, directions):
                array += step * direction
            value = float(function())
            for array, direction in zip(arrays, directions):
                array -= step * direction
            return value

        slope = (moved(eps) - moved(-eps)) / (2 * eps)
        expected = sum((gradient * direction).sum()
                       for gradient, direction in zip(gradients, directions))
        assert abs(slope) > 1e-3  # a flat function would prove nothing
        assert slope == pytest.approx(expected, rel=rtol)
    return check
