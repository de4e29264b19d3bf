"""PyTorch's kernels on zero-copy views of NumPy and CuPy arrays.

Chainer computes a convolution on the CPU as im2col and a matrix product, several times slower than
PyTorch's oneDNN kernels; on a GPU it does the same with a CuPy from 14 on, which has no cuDNN.
Where PyTorch is installed, the functions of this package hand it views of the same memory (of
CuPy's through DLPack). Two entries of ``chainer.config`` decide:

====================  ============================================================================
``use_torch``         ``'auto'``: where PyTorch is installed (on a GPU: with CUDA, and where
                      Chainer has no cuDNN); ``'never'``; ``'always'``: an error where it is not
``torch_precision``   ``'float32'``: as Chainer computes; ``'bfloat16'``: convolutions round their
                      inputs to bfloat16 and add up in float32, about twice as fast on processors
                      with AVX512-BF16 or AMX. A departure from the original, never the default
====================  ============================================================================
"""

import functools
import importlib
import importlib.util
from typing import Union

import numpy

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


def precision(name):
    """A value of ``torch_precision`` by its name, ``'auto'`` being the faster of the two.

    Args:
        name (str): ``'float32'``, ``'bfloat16'``, or ``'auto'``: the latter where PyTorch is
            installed and the processor computes in it.

    Returns:
        str: ``'float32'`` or ``'bfloat16'``.
    """
    if name != 'auto':
        return name
    computes = torch() is not None and any(
        getattr(torch().cpu, test, bool)()  # which of them there are depends on PyTorch's version
        for test in ('_is_avx512_bf16_supported', '_is_amx_tile_supported'))
    return 'bfloat16' if computes else 'float32'


def enabled(*arrays):
    """Whether PyTorch's kernels compute on these arrays (all float arrays of one kind and dtype).

    Raises:
        FoodganError: ``chainer.config.use_torch`` is ``'always'`` and PyTorch is not installed.
    """
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
        return chainer.backends.cuda.cupy.from_dlpack(tensor_)
    return tensor_.numpy()
