"""When PyTorch's kernels compute, and on whose memory."""

import contextlib
import os
import types

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


class GPU:
    """A Chainer device that is none, of a compute capability."""

    xp = None

    def __init__(self, capability='80'):
        self.device = types.SimpleNamespace(compute_capability=capability)

    def send(self, array):
        return array


@pytest.fixture
def gpu(monkeypatch):
    """``gpu(by_torch, ...)``: a GPU on which PyTorch computes, or Chainer."""
    def make(by_torch, capability='80'):
        monkeypatch.setattr(kernels, 'enabled', lambda *arrays: by_torch)
        monkeypatch.setattr(chainer, 'get_device', lambda device: device)
        return GPU(capability)
    return make


@pytest.mark.parametrize('by_torch, capability, fastest', [
    (True, '80', 'bfloat16'), (True, '75', 'float32'), (False, '90', 'tf32'),
    (False, '75', 'float32')])
def test_the_fastest_precision_of_a_gpu(gpu, by_torch, capability, fastest):
    assert kernels.precision('auto', gpu(by_torch, capability)) == fastest


@pytest.mark.parametrize('name, by_torch, capability, says', [
    ('bfloat16', False, '80', 'needs PyTorch for CUDA'), ('tf32', True, '75', 'Ampere')])
def test_a_precision_that_a_gpu_has_not(gpu, name, by_torch, capability, says):
    with pytest.raises(FoodganError, match=says):
        kernels.precision(name, gpu(by_torch, capability))


@pytest.mark.parametrize('name, algorithms, tf32, fastest', [
    ('float32', 'deterministic', False, False), ('tf32', 'fastest', True, True)])
def test_a_gpu_computes_in_float32_and_always_alike(monkeypatch, gpu, name, algorithms, tf32,
                                                    fastest):
    def settings():
        return types.SimpleNamespace(allow_tf32=None, deterministic=None, benchmark=None)
    backends = types.SimpleNamespace(cuda=types.SimpleNamespace(matmul=settings()),
                                     cudnn=settings())
    workspace = []
    monkeypatch.setattr(kernels, 'torch', lambda: types.SimpleNamespace(backends=backends))
    monkeypatch.setattr(chainer.backends.cuda, 'set_max_workspace_size', workspace.append)
    for variable in 'NVIDIA_TF32_OVERRIDE', 'CUPY_TF32':
        monkeypatch.setenv(variable, 'of the user')
    for key in 'torch_precision', 'cudnn_deterministic', 'autotune':
        monkeypatch.setattr(chainer.global_config, key, None)
    kernels.configure(name, algorithms, gpu(False))
    assert backends.cudnn.allow_tf32 is backends.cuda.matmul.allow_tf32 is tf32
    assert (os.environ['NVIDIA_TF32_OVERRIDE'] == '0') is not tf32
    assert os.environ['CUPY_TF32'] == str(int(tf32))
    assert chainer.config.autotune is backends.cudnn.benchmark is fastest
    assert chainer.config.cudnn_deterministic is backends.cudnn.deterministic is not fastest
    assert chainer.config.torch_precision == name and workspace == [512 * 2 ** 20]


def test_a_processor_has_no_such_settings(monkeypatch):
    monkeypatch.setattr(chainer.global_config, 'torch_precision', 'bfloat16')
    monkeypatch.delenv('NVIDIA_TF32_OVERRIDE', raising=False)
    kernels.configure()
    assert chainer.config.torch_precision == 'float32'
    assert 'NVIDIA_TF32_OVERRIDE' not in os.environ
    with pytest.raises(FoodganError, match='tf32 is for GPUs'):
        kernels.configure('tf32')


class Array:
    """What the check looks at of an array on a GPU."""

    dtype = numpy.dtype('f')

    def __init__(self, *shape):
        self.shape = shape

    def __len__(self):
        return self.shape[0]


@pytest.fixture
def without_cudnn(monkeypatch):
    """``without_cudnn(bytes)``: a GPU with so much free memory, and no cuDNN."""
    def make(free):
        runtime = types.SimpleNamespace(memGetInfo=lambda: (free - 2 ** 20, 2 ** 40))
        cuda = chainer.backends.cuda
        monkeypatch.setattr(cuda, 'cupy', types.SimpleNamespace(
            cuda=types.SimpleNamespace(runtime=runtime)))
        monkeypatch.setattr(cuda, 'memory_pool', types.SimpleNamespace(
            free_bytes=lambda: 2 ** 20), raising=False)
        monkeypatch.setattr(chainer, 'should_use_cudnn', lambda level: False)
    return make


@pytest.mark.parametrize('batch, gigabytes, most', [
    (10, 80, None), (11, 80, 10), (32, 80, 10), (10, 8, 5), (32, 24, 10)])
def test_the_released_training_without_cudnn(without_cudnn, batch, gigabytes, most):
    """Its last convolution: 64 channels of 256 x 256 pixels, 7 x 7; 0.822 GB of columns a photo."""
    without_cudnn(gigabytes * 2 ** 30)
    count = batch * 64 * 7 * 7 * 256 * 256
    with contextlib.nullcontext() if most is None else pytest.raises(
            FoodganError, match=fr'^{batch} pictures of 256 x 256 .* at most {most} pictures fit '
                                r'.*pip install "chainer_foodgan\[gpu\]"'):
        kernels.check_columns(Array(batch, 64, 256, 256), count, (7, 7))


def test_cudnn_and_processors_do_not_unfold(without_cudnn, monkeypatch):
    without_cudnn(0)
    kernels.check_columns(X, 2 ** 40, (7, 7))
    monkeypatch.setattr(chainer, 'should_use_cudnn', lambda level: True)
    kernels.check_columns(Array(32, 64, 256, 256), 2 ** 40, (7, 7))


@pytest.mark.parametrize('ksize, stride, pad, size', [(3, 1, 1, (5, 7)), (4, 2, 1, (8, 6))])
def test_what_is_counted_is_what_chainer_unfolds(monkeypatch, ksize, stride, pad, size):
    counted = []
    monkeypatch.setattr(kernels, 'check_columns', lambda x, count, k: counted.append((count, k)))
    x = numpy.ones((2, 3, *size), numpy.float32)
    with chainer.using_config('use_torch', 'never'):
        y = functions.convolution_2d(x, numpy.ones((5, 3, ksize, ksize), 'f'), None, stride, pad)
        functions.deconvolution_2d(y, numpy.ones((5, 3, ksize, ksize), 'f'), None, stride, pad)
    columns = chainer.utils.conv.im2col_cpu(x, ksize, ksize, stride, stride, pad, pad)
    # A transposed convolution folds as many numbers as the convolution back unfolds.
    assert counted == 2 * [(columns.size, (ksize, ksize))]
