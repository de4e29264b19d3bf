"""Labels as the networks take them, vectors and maps beside a picture, and reflection padding."""

from __future__ import annotations

from typing import Any

from chainer_foodgan.kernels import Array

import chainer
import chainer.functions as F


def label_vectors(label: Any, c_dim: int, dtype: Any) -> Any:
    """One number per category and picture.

    Args:
        label (ndarray): int (B,), a category each, or float (B, c_dim), 0 or 1 for every category.
        c_dim (int): Number of categories.
        dtype: Of the result.

    Returns:
        ndarray: (B, c_dim) of 0 and 1.
    """
    if label.ndim == 2:
        return label.astype(dtype, copy=False)
    return chainer.backend.get_array_module(label).eye(c_dim, dtype=dtype)[label]


def with_label(x: Array, c: Array) -> chainer.Variable:
    """Puts a label beside a picture or what became of it, as further channels.

    Args:
        x (Variable or ndarray): Float (B, C, H, W).
        c (Variable or ndarray): Label vectors, float (B, c_dim), each number of which fills a
            channel; or a label map, float (B, c_dim, H, W).

    Returns:
        Variable: Float (B, C + c_dim, H, W).
    """
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
