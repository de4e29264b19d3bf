"""When PyTorch's kernels compute, and on whose memory."""

import numpy
import pytest

from chainer_foodgan import functions, kernels
from chainer_foodgan.errors import FoodganError

import chainer

X = numpy.ones((1, 2, 3, 3), numpy.float32)
W = numpy.ones((2, 2, 1, 1), numpy.float32)
V = numpy.ones(2, numpy.float32)

CALLS = [
    lambda: functions.convolution_2d(X, W, V),
    lambda: functions.deconvolution_2d(X, W, V),
    lambda: functions.instance_normalization(X, V, V),
    lambda: functions.leaky_relu(X),
    lambda: functions.relu(X)]


@pytest.fixture
def torch():
    return pytest.importorskip('torch', reason='compares with PyTorch: pip install torch')


@pytest.fixture
def no_torch(monkeypatch):
    monkeypatch.setattr(kernels, 'torch', lambda: None)


def is_ours(variable):
    return type(variable.creator).__module__.startswith('chainer_foodgan.')


def test_the_defaults():
    assert chainer.config.use_torch == 'auto'
    assert chainer.config.torch_precision == 'float32'


@pytest.mark.parametrize('call', CALLS)
@pytest.mark.parametrize('mode', ['auto', 'always'])
def test_torch_computes_where_it_is_installed(torch, call, mode):
    with chainer.using_config('use_torch', mode):
        assert is_ours(call())


@pytest.mark.parametrize('call', CALLS)
def test_never_does_not_even_look_for_torch(monkeypatch, call):
    monkeypatch.setattr(kernels, 'torch', lambda: pytest.fail('PyTorch was asked for'))
    with chainer.using_config('use_torch', 'never'):
        assert not is_ours(call())


@pytest.mark.parametrize('call', CALLS)
def test_auto_without_torch_is_chainer(no_torch, call):
    assert not is_ours(call())


@pytest.mark.parametrize('call', CALLS)
def test_always_without_torch_is_an_error(no_torch, call):
    with chainer.using_config('use_torch', 'always'), pytest.raises(
            FoodganError, match='pip install torch'):
        call()


@pytest.mark.parametrize('arrays', [
    (numpy.ones(2, numpy.float16),),
    (numpy.ones(2, numpy.int32),),
    (numpy.ones(2, numpy.float32), numpy.ones(2, numpy.float64))])
def test_other_types_are_left_to_chainer(torch, arrays):
    assert not kernels.enabled(*arrays)


@pytest.mark.parametrize('mode, cuda, cudnn, computes', [
    ('auto', True, False, True), ('auto', True, True, False), ('auto', False, False, False),
    ('always', True, True, True), ('never', True, False, False)])
def test_on_a_gpu_torch_stands_in_for_a_missing_cudnn(
        torch, monkeypatch, mode, cuda, cudnn, computes):
    class Array:  # what matters of a cupy.ndarray
        dtype = numpy.dtype(numpy.float32)

    monkeypatch.setattr(chainer.backends.cuda, 'available', True)
    monkeypatch.setattr(chainer.backends.cuda, 'ndarray', Array)
    monkeypatch.setattr(chainer.backends.cuda, 'cudnn_enabled', cudnn)
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: cuda)
    with chainer.using_config('use_torch', mode):
        assert kernels.enabled(Array(), Array()) is computes
        assert not kernels.enabled(Array(), X)


def test_a_tensor_is_a_view(torch):
    array = numpy.zeros((2, 3), numpy.float32)
    kernels.tensor(array.T)[2, 1] = 5
    assert array[1, 2] == 5


@pytest.mark.parametrize('make', [
    lambda array: array[::-1], lambda array: numpy.broadcast_to(array[0], array.shape)])
def test_what_torch_cannot_view_is_copied(torch, make):
    array = numpy.arange(6, dtype=numpy.float32).reshape(2, 3)
    view = make(array)
    tensor = kernels.tensor(view)
    numpy.testing.assert_array_equal(tensor.numpy(), view)
    tensor[:] = -1
    numpy.testing.assert_array_equal(array, [[0, 1, 2], [3, 4, 5]])


@pytest.mark.parametrize('name', ['convolution_2d', 'deconvolution_2d'])
def test_bfloat16_rounds_to_eight_bits(torch, name):
    rng = numpy.random.default_rng(0)
    x = rng.uniform(0.5, 1, (2, 8, 5, 5)).astype(numpy.float32)
    W = rng.uniform(0.5, 1, (8, 8, 3, 3)).astype(numpy.float32)
    exact = getattr(functions, name)(x, W).array
    with chainer.using_config('torch_precision', 'bfloat16'):
        y = getattr(functions, name)(x, W).array
        double = getattr(functions, name)(x.astype(float), W.astype(float)).array
    assert y.dtype == numpy.float32
    error = abs(y / exact - 1).max()
    # Half a unit of the last of eight bits: twice for the inputs, once for the output.
    assert 1e-5 < error < 3 * 2. ** -8
    numpy.testing.assert_allclose(double, exact, rtol=1e-5)  # doubles stay doubles
