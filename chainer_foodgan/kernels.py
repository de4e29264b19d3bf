"""PyTorch's kernels on zero-copy views of NumPy and CuPy arrays.

Chainer computes a convolution on the CPU as im2col and a matrix product, several times slower than
PyTorch's oneDNN kernels; on a GPU it does the same with a CuPy from 14 on, which has no cuDNN.
Where PyTorch is installed, the functions of this package hand it views of the same memory (of
CuPy's through DLPack). Two entries of ``chainer.config`` decide, which :func:`configure` sets
with what else the numbers depend on:

====================  ============================================================================
``use_torch``         ``'auto'``: where PyTorch is installed (on a GPU: with CUDA, and where
                      Chainer has no cuDNN); ``'never'``; ``'always'``: an error where it is not
``torch_precision``   ``'float32'``: as Chainer computes; ``'bfloat16'``: convolutions round their
                      inputs to bfloat16 and add up in float32, about twice as fast on processors
                      with AVX512-BF16 or AMX; ``'tf32'``: GPUs round them to TF32. Departures from
                      the original, never the default
====================  ============================================================================
"""

import functools
import importlib
import importlib.util
import os
from typing import Union

import numpy

from chainer_foodgan import gpus
from chainer_foodgan.errors import FoodganError

import chainer

#: What functions and links take; CuPy's arrays as well.
Array = Union[chainer.Variable, numpy.ndarray]

chainer.global_config.use_torch = 'auto'
chainer.global_config.torch_precision = 'float32'


@functools.cache
def torch():
    """The torch module, imported when first used; None where it is not installed."""
    return importlib.import_module('torch') if importlib.util.find_spec('torch') else None


def threads():
    """With how many threads PyTorch computes (int); None where it is not installed."""
    return torch() and torch().get_num_threads()


def precision(name, device='@numpy'):
    """A value of ``torch_precision`` by its name for a device (str or chainer.backend.Device).

    ``'auto'`` is the fastest: bfloat16 where PyTorch computes and the device has instructions for
    it, TF32 where Chainer's cuDNN computes on a GPU that has it, and else float32. A FoodganError
    where the device does not compute in it.
    """
    if name == 'float32':
        return name
    device = chainer.get_device(device)
    on_gpu = device.xp is not numpy
    by_torch = enabled(device.send(numpy.empty(1, numpy.float32)))
    ampere = on_gpu and int(device.device.compute_capability) >= 80
    if name == 'auto':
        # Which of these tests there are depends on PyTorch's version.
        fast = by_torch and (ampere if on_gpu else any(
            getattr(torch().cpu, test, bool)()
            for test in ('_is_avx512_bf16_supported', '_is_amx_tile_supported')))
        return 'bfloat16' if fast else 'tf32' if ampere else 'float32'
    if name == 'bfloat16' and not by_torch:
        raise FoodganError(f'--precision bfloat16 needs PyTorch{" for CUDA" * on_gpu}: pip install '
                           'torch')
    if name == 'tf32' and not ampere:
        raise FoodganError('--precision tf32 is for GPUs of the compute capability 8.0 (Ampere) '
                           'and above: choose float32')
    return name


def configure(name='float32', algorithms='deterministic', device='@numpy'):
    """Sets how everything computes from here on, on a device, by a name of :func:`precision`.

    By default a GPU computes in float32 as a processor does: cuDNN and PyTorch would round the
    inputs of convolutions to TF32, ten bits, on every GPU since Ampere. And cuDNN computes by
    algorithms that add up in the same order every time; ``algorithms='fastest'``: those that are
    found to be fastest by trying. A FoodganError where the device does not compute in this
    precision.
    """
    device = chainer.get_device(device)
    chainer.global_config.torch_precision = found = precision(name, device)
    if device.xp is not numpy:
        _configure_gpus(found == 'tf32', algorithms == 'fastest')


def _configure_gpus(tf32=False, fastest=False):
    # CuPy leaves cuDNN its default, which only this takes back, before the library is first used.
    os.environ['NVIDIA_TF32_OVERRIDE'] = '' if tf32 else '0'
    os.environ['CUPY_TF32'] = str(int(tf32))
    chainer.global_config.cudnn_deterministic = not fastest
    chainer.global_config.autotune = fastest
    # 8 MiB by default, in which the fast algorithms have no room.
    chainer.backends.cuda.set_max_workspace_size(2 ** 29)
    if torch() is not None:
        backends = torch().backends
        backends.cuda.matmul.allow_tf32 = backends.cudnn.allow_tf32 = tf32
        backends.cudnn.deterministic, backends.cudnn.benchmark = not fastest, fastest


def to_device(link, name):
    """Moves a link to a device, see :func:`chainer_foodgan.gpus.device`, where it computes in
    float32, see :func:`configure`; returns the link."""
    device = gpus.device(name)
    if device.xp is not numpy:
        _configure_gpus()
    return link.to_device(device)


def see(link, function, *arrays):
    """What a function, called with arrays of the CPU on the device of a link, makes of them:
    numpy.ndarray or, where it returns several Variables, a list. The link is used, not trained;
    what has no device is on the CPU."""
    cpu = chainer.get_device('@numpy')
    device = getattr(link, 'device', cpu)
    with chainer.using_config('train', False), chainer.no_backprop_mode(), \
            chainer.using_device(device):
        seen = function(*(device.send(array) for array in arrays))
    if isinstance(seen, chainer.Variable):
        return cpu.send(seen.array)
    return [cpu.send(each.array) for each in seen]


def check_columns(x, count, ksize):
    """Refuses what Chainer's own convolution of pictures x, (B, C, H, W), cannot compute on a GPU,
    or not in its memory, by a FoodganError.

    Without cuDNN it unfolds the pictures: the columns, of ``count`` numbers, have one for every
    weight of a filter, of the sides ``ksize``, and every place of it, and the kernels count them by
    int32.
    """
    cuda = chainer.backends.cuda
    if isinstance(x, numpy.ndarray) or chainer.should_use_cudnn('>=auto'):
        return
    free = cuda.cupy.cuda.runtime.memGetInfo()[0] + cuda.memory_pool.free_bytes()
    needed = count * x.dtype.itemsize * (2 if chainer.config.enable_backprop else 1)
    if count < 2 ** 31 and needed <= free:
        return
    most = int(len(x) * min(free / needed, (2 ** 31 - 1) / count))
    raise FoodganError(
        '{} pictures of {} x {} pixels at once: without cuDNN, Chainer unfolds them for a '
        'convolution of {} x {} pixels into {:,} numbers, and at most {} pictures fit (2 ** 31 '
        'numbers, {:.1f} GB); pip install "chainer_foodgan[gpu]", which computes without '
        'unfolding, or lower --batch-size'.format(
            len(x), *x.shape[:1:-1], *ksize, count, most, free / 2 ** 30))


def enabled(*arrays):
    """Whether PyTorch's kernels compute on these arrays (all float arrays of one kind and dtype); a
    FoodganError where ``chainer.config.use_torch`` is ``'always'`` and PyTorch is not installed."""
    mode = chainer.config.use_torch
    if mode == 'never':
        return False
    if mode == 'always' and torch() is None:
        raise FoodganError("chainer.config.use_torch is 'always' and PyTorch is not installed: "
                           "pip install torch, or set it to 'auto'")
    kind, dtype = type(arrays[0]), arrays[0].dtype
    return (torch() is not None and _reaches(kind, mode)
            and dtype in (numpy.float32, numpy.float64)
            and all(type(array) is kind and array.dtype == dtype for array in arrays))


def _reaches(kind, mode):
    """Whether PyTorch is to compute on arrays of a class."""
    if kind is numpy.ndarray:
        return True
    return (chainer.backends.cuda.available and kind is chainer.backends.cuda.ndarray
            and torch().cuda.is_available()
            and (mode == 'always' or not chainer.backends.cuda.cudnn_enabled))


def tensor(array):
    """A tensor on the array's memory (on a copy where PyTorch cannot view it)."""
    if any(stride < 0 for stride in array.strides):
        array = array.copy()
    if isinstance(array, numpy.ndarray):
        return torch().from_numpy(array if array.flags.writeable else array.copy())
    with array.device:  # the current one may be another
        return torch().from_dlpack(array)


def narrow(tensor_):
    """The tensor in the type that convolutions compute with (see ``torch_precision``)."""
    if chainer.config.torch_precision == 'bfloat16' and tensor_.dtype == torch().float32:
        return tensor_.to(torch().bfloat16)
    return tensor_


def array(tensor_, dtype):
    """The array on a tensor's memory, in ``dtype`` again, laid out as Chainer expects."""
    tensor_ = tensor_.to(getattr(torch(), numpy.dtype(dtype).name)).contiguous()
    if tensor_.is_cuda:
        cupy = chainer.backends.cuda.cupy
        with cupy.cuda.Device(tensor_.get_device()):  # the current one may be another
            return cupy.from_dlpack(tensor_)
    return tensor_.numpy()
