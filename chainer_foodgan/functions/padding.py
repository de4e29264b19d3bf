"""Reflection padding, differentiable any number of times.

``F.pad`` with ``mode='reflect'`` has the same values, but its gradient leaves out whatever reached
the output by reflection alone.
"""

from __future__ import annotations

from chainer_foodgan.kernels import Array

import chainer


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
