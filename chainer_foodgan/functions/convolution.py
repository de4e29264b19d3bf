"""Convolution and transposed convolution, differentiable any number of times.

Both are the same linear map read in two directions, so one function node serves both: its gradient
with respect to the input is the node with the direction turned round, its gradient with respect to
the filters is a second node whose own gradients are the first again.
"""

from __future__ import annotations

import collections
import functools
import math
from typing import Optional, Union

import numpy

from chainer_foodgan import kernels
from chainer_foodgan.kernels import Array

import chainer
import chainer.functions as F

Pair = Union[int, tuple[int, int]]


class _Geometry(collections.namedtuple('_Geometry', 'stride pad transposed extra groups')):
    """How the filters move; ``extra`` rows and columns end a transposed convolution's output."""

    def arguments(self):
        """What PyTorch's convolution takes after input, filters and bias."""
        return self.stride, self.pad, (1, 1), self.transposed, self.extra, self.groups

    def turned(self, x_shape, y_shape, ksize):
        """The geometry that maps gradients of the output back to the input's shape."""
        if self.transposed:
            return self._replace(transposed=False, extra=(0, 0))
        extra = tuple(
            x - ((y - 1) * s - 2 * p + k)
            for x, y, s, p, k in zip(x_shape[2:], y_shape[2:], self.stride, self.pad, ksize))
        return self._replace(transposed=True, extra=extra)


class _Convolution(chainer.FunctionNode):

    def __init__(self, geometry):
        self.geometry = geometry

    def forward(self, inputs):
        self.retain_inputs((0, 1))
        x, W = (kernels.narrow(kernels.tensor(array)) for array in inputs[:2])
        b = kernels.narrow(kernels.tensor(inputs[2])) if len(inputs) == 3 else None
        with kernels.torch().no_grad():
            y = kernels.torch().ops.aten.convolution(x, W, b, *self.geometry.arguments())
        return kernels.array(y, inputs[0].dtype),

    def backward(self, indexes, grad_outputs):
        x, W = self.get_retained_inputs()
        gy, = grad_outputs
        grads = []
        if 0 in indexes:
            turned = self.geometry.turned(x.shape, gy.shape, W.shape[2:])
            grads += _Convolution(turned).apply((gy, W))
        if 1 in indexes:
            grads += _FilterGradient(self.geometry, W.shape).apply((x, gy))
        if 2 in indexes:
            grads.append(F.sum(gy, axis=(0, 2, 3)))
        return grads


class _FilterGradient(chainer.FunctionNode):
    """The gradient of a convolution with respect to its filters, from its input and ``gy``."""

    def __init__(self, geometry, W_shape):
        self.geometry = geometry
        self.W_shape = W_shape

    def forward(self, inputs):
        self.retain_inputs((0, 1))
        x, gy = (kernels.narrow(kernels.tensor(array)) for array in inputs)
        W = x.new_empty(self.W_shape)  # only its shape matters
        _, gW, _ = kernels.torch().ops.aten.convolution_backward(
            gy, x, W, None, *self.geometry.arguments(), (False, True, False))
        return kernels.array(gW, inputs[0].dtype),

    def backward(self, indexes, grad_outputs):
        x, gy = self.get_retained_inputs()
        ggW, = grad_outputs
        grads = []
        if 0 in indexes:
            turned = self.geometry.turned(x.shape, gy.shape, self.W_shape[2:])
            grads += _Convolution(turned).apply((gy, ggW))
        if 1 in indexes:
            grads += _Convolution(self.geometry).apply((x, ggW))
        return grads


def _pair(value):
    return (value, value) if numpy.isscalar(value) else tuple(value)


def _apply(chainer_function, transposed, x, W, b, stride, pad, extra=0, groups=1):
    arguments = [chainer.as_variable(value) for value in (x, W, b) if value is not None]
    if not kernels.enabled(*[argument.array for argument in arguments]):
        kernels.check_columns(arguments[0].array, _columns(
            transposed, x.shape, W.shape, _pair(stride), _pair(pad)), W.shape[2:])
        return chainer_function(x, W, b, stride, pad)
    geometry = _Geometry(_pair(stride), _pair(pad), transposed, _pair(extra), groups)
    y, = _Convolution(geometry).apply(arguments)
    return y


def _columns(transposed, x_shape, W_shape, stride, pad):
    """How many numbers a convolution unfolds its input into; a transposed one, its output."""
    channels, sizes = W_shape[1], x_shape[2:]
    if not transposed:
        channels = x_shape[1]
        sizes = [(n + 2 * p - k) // s + 1 for n, k, s, p in zip(sizes, W_shape[2:], stride, pad)]
    return x_shape[0] * channels * math.prod(W_shape[2:]) * math.prod(sizes)


def convolution_2d(x: Array, W: Array, b: Optional[Array] = None, stride: Pair = 1, pad: Pair = 0,
                   groups: int = 1) -> chainer.Variable:
    """``chainer.functions.convolution_2d`` by the kernel that ``chainer.config.use_torch`` picks.

    Args:
        x (Variable or ndarray): Input, float (B, C, H, W).
        W (Variable or ndarray): Filters, float (C_out, C / groups, kH, kW).
        b (Variable or ndarray): Bias, float (C_out,), or None.
        stride (int or pair): Step of the filters in pixels.
        pad (int or pair): Zeros added on each side in pixels.
        groups (int): Parts of the channels that have nothing to do with each other.

    Returns:
        Variable: (B, C_out, floor((H + 2 pad - kH) / stride) + 1, likewise W).
    """
    return _apply(functools.partial(F.convolution_2d, groups=groups), False, x, W, b, stride, pad,
                  groups=groups)


def deconvolution_2d(x: Array, W: Array, b: Optional[Array] = None, stride: Pair = 1,
                     pad: Pair = 0, extra: Pair = 0) -> chainer.Variable:
    """``chainer.functions.deconvolution_2d`` by the kernel that ``use_torch`` picks.

    Args:
        x (Variable or ndarray): Input, float (B, C, H, W).
        W (Variable or ndarray): Filters, float (C, C_out, kH, kW).
        b (Variable or ndarray): Bias, float (C_out,), or None.
        stride (int or pair): Step in the output in pixels.
        pad (int or pair): Pixels cut off on each side.
        extra (int or pair): Pixels of them that are kept at the lower and the right end, fewer
            than ``stride`` (PyTorch's ``output_padding``).

    Returns:
        Variable: (B, C_out, stride (H - 1) + kH - 2 pad + extra, likewise W).
    """
    sizes = zip(x.shape[2:], W.shape[2:], _pair(stride), _pair(pad), _pair(extra))
    outsize = tuple(s * (n - 1) + k - 2 * p + e for n, k, s, p, e in sizes)
    return _apply(functools.partial(F.deconvolution_2d, outsize=outsize), True, x, W, b, stride,
                  pad, extra)
