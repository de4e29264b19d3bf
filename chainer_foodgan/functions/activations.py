"""What learns nothing: ReLU and leaky ReLU, dropout with its own randomness, reflection padding,
and labels as the networks take them. All but dropout is differentiable any number of times."""

from __future__ import annotations

from typing import Any

import numpy

from chainer_foodgan import kernels
from chainer_foodgan.kernels import Array

import chainer
import chainer.functions as F


class _LeakyReLU(chainer.FunctionNode):

    def __init__(self, slope):
        self.slope = slope

    def forward(self, inputs):
        x = kernels.tensor(inputs[0])
        y = kernels.torch().ops.aten.leaky_relu(x, self.slope)
        self.retain_outputs((0,))
        return kernels.array(y, inputs[0].dtype),

    def backward(self, indexes, grad_outputs):
        y, = self.get_retained_outputs()
        return _LeakyReLUGradient(self.slope, y.array).apply(grad_outputs)


class _LeakyReLUGradient(chainer.FunctionNode):
    """``gy`` where the output is positive, ``slope * gy`` elsewhere: linear, its own transpose."""

    def __init__(self, slope, y):
        self.slope = slope
        self.y = y

    def forward(self, inputs):
        gy, y = kernels.tensor(inputs[0]), kernels.tensor(self.y)
        # The sign of the output is that of the input, so the output is all that has to be kept.
        gx = kernels.torch().ops.aten.leaky_relu_backward(gy, y, self.slope, True)
        return kernels.array(gx, inputs[0].dtype),

    def backward(self, indexes, grad_outputs):
        return _LeakyReLUGradient(self.slope, self.y).apply(grad_outputs)


def leaky_relu(x: Array, slope: float = 0.01) -> chainer.Variable:
    """``max(x, slope * x)``, element by element.

    Args:
        x (Variable or ndarray): Float array of any shape.
        slope (float): Slope for negative values, in [0, 1). PyTorch's default, 0.01, is the
            original's (Chainer's is 0.2).

    Returns:
        Variable: Of the same shape.
    """
    x = chainer.as_variable(x)
    if not kernels.enabled(x.array):
        return F.leaky_relu(x, slope)
    return _LeakyReLU(slope).apply((x,))[0]


def relu(x: Array) -> chainer.Variable:
    """``max(x, 0)``, element by element; x a float array of any shape."""
    x = chainer.as_variable(x)
    if not kernels.enabled(x.array):
        return F.relu(x)
    return _LeakyReLU(0.).apply((x,))[0]


class Dropout:
    """Sets a random half of the numbers to 0 and doubles the rest; in testing, nothing.

    Args:
        rng (numpy.random.Generator): Where the choice comes from.

    Attributes:
        rng (numpy.random.Generator): As given. A training that is to be resumed sets it in every
            iteration to the generator of that iteration.
    """

    def __init__(self, rng: numpy.random.Generator):
        self.rng = rng

    def __call__(self, x: Array) -> chainer.Variable:
        """Float array or Variable of any shape -> Variable of that shape."""
        x = chainer.as_variable(x)
        if not chainer.config.train:
            return x
        scale = 2 * self.rng.integers(0, 2, x.shape, numpy.uint8).astype(x.dtype)
        return x * x.xp.asarray(scale)


def label_vectors(label: Any, c_dim: int, dtype: Any) -> Any:
    """One number per category and picture, (B, c_dim) of 0 and 1, of labels: int (B,), a category
    each, or float (B, c_dim), 0 or 1 for every category."""
    if label.ndim == 2:
        return label.astype(dtype, copy=False)
    return chainer.backend.get_array_module(label).eye(c_dim, dtype=dtype)[label]


def with_label(x: Array, c: Array) -> chainer.Variable:
    """Puts a label beside a picture, float (B, C, H, W), as further channels: label vectors, float
    (B, c_dim), each number of which fills a channel, or a label map, float (B, c_dim, H, W). Float
    (B, C + c_dim, H, W)."""
    if c.ndim == 2:
        c = F.broadcast_to(F.reshape(c, c.shape + (1, 1)), c.shape + x.shape[2:])
    return F.concat((x, c), axis=1)


class _Reflection(chainer.FunctionNode):

    def __init__(self, pad):
        self.pad = pad

    def forward(self, inputs):
        x, = inputs
        xp = chainer.backend.get_array_module(x)
        return xp.pad(x, 2 * ((0, 0),) + 2 * ((self.pad, self.pad),), mode='reflect'),

    def backward(self, indexes, grad_outputs):
        return _Folding(self.pad).apply(grad_outputs)


class _Folding(chainer.FunctionNode):
    """The transpose: adds every pixel of the margin to the one that it is the mirror image of."""

    def __init__(self, pad):
        self.pad = pad

    def forward(self, inputs):
        y, = inputs
        p = self.pad
        for axis in (2, 3):
            y = y.swapaxes(0, axis)
            inner = y[p:-p].copy()
            inner[1:p + 1] += y[:p][::-1]
            inner[-p - 1:-1] += y[-p:][::-1]
            y = inner.swapaxes(0, axis)
        return chainer.backend.get_array_module(y).ascontiguousarray(y),

    def backward(self, indexes, grad_outputs):
        return _Reflection(self.pad).apply(grad_outputs)


def reflection_pad(x: Array, pad: int) -> chainer.Variable:
    """Continues a picture over its border by its mirror image, without the border's pixels twice.

    Differentiable any number of times. ``F.pad`` with ``mode='reflect'`` has the same values, but
    its gradient leaves out whatever reached the output by reflection alone.

    Args:
        x (Variable or ndarray): Float (B, C, H, W); H and W greater than ``pad``.
        pad (int): Pixels added on each side, at least 1.

    Returns:
        Variable: (B, C, H + 2 pad, W + 2 pad).

    Raises:
        ValueError: The picture is too small to have a mirror image of that width.
    """
    if min(x.shape[2:]) <= pad:
        raise ValueError(f'{min(x.shape[2:])} pixels have no mirror image of {pad} pixels: more '
                         'than that are needed')
    return _Reflection(pad).apply((x,))[0]
