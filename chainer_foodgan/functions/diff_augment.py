"""Differentiable augmentation for training on few photos (Zhao et al. 2020, "DiffAugment").

The critic sees photos and translations through the same random changes, so it cannot learn the
photos by heart, and the changes do not leak into the translations. Off by default: the original
has none.
"""

from __future__ import annotations

from typing import Any

from chainer_foodgan.kernels import Array

import chainer
import chainer.functions as F


class _Shift(chainer.FunctionNode):
    """Moves every sample by its own whole pixels; what enters at the border is zero."""

    def __init__(self, shifts):
        self.shifts = shifts

    def forward(self, inputs):
        x, = inputs
        y = chainer.backend.get_array_module(x).zeros_like(x)
        H, W = x.shape[2:]
        for n, (dy, dx) in enumerate(self.shifts):
            y[n, :, max(dy, 0):H + min(dy, 0), max(dx, 0):W + min(dx, 0)] = \
                x[n, :, max(-dy, 0):H + min(-dy, 0), max(-dx, 0):W + min(-dx, 0)]
        return y,

    def backward(self, indexes, grad_outputs):
        # A linear map whose transpose is the move back.
        return _Shift(-self.shifts).apply(grad_outputs)


def color(x: chainer.Variable, rng: Any) -> chainer.Variable:
    """Brightness (+-0.5 of the [-1, 1] range), saturation (x 0-2), contrast (x 0.5-1.5)."""
    def draw(low, high):
        values = rng.uniform(low, high, (len(x), 1, 1, 1)).astype(x.dtype)
        return F.broadcast_to(chainer.as_variable(x.xp.asarray(values)), x.shape)

    def scaled(x, axis, factor):
        mean = F.broadcast_to(F.mean(x, axis=axis, keepdims=True), x.shape)
        return (x - mean) * factor + mean

    x = x + draw(-0.5, 0.5)
    x = scaled(x, 1, draw(0, 2))
    return scaled(x, (1, 2, 3), draw(0.5, 1.5))


def translation(x: chainer.Variable, rng: Any, ratio: float = 0.125) -> chainer.Variable:
    """A move by up to an eighth of the size in each direction."""
    limits = [round(size * ratio) for size in x.shape[2:]]
    shifts = rng.integers([-limit for limit in limits], [limit + 1 for limit in limits],
                          (len(x), 2))
    return _Shift(shifts).apply((x,))[0]


def cutout(x: chainer.Variable, rng: Any, ratio: float = 0.5) -> chainer.Variable:
    """A square of half the size, anywhere, set to zero."""
    mask = x.xp.ones((len(x), 1) + x.shape[2:], x.dtype)
    H, W = x.shape[2:]
    height, width = round(H * ratio), round(W * ratio)
    corners = rng.integers([-(height // 2), -(width // 2)],
                           [H - height // 2, W - width // 2], (len(x), 2))
    for n, (top, left) in enumerate(corners.tolist()):
        mask[n, :, max(top, 0):top + height, max(left, 0):left + width] = 0
    return x * x.xp.broadcast_to(mask, x.shape)


#: What a policy can be made of, in the order of the paper.
POLICIES = {'color': color, 'translation': translation, 'cutout': cutout}


class DiffAugment:
    """A chain of the augmentations above, names out of ``color,translation,cutout``, separated by
    commas."""

    def __init__(self, policy: str):
        self.functions = [POLICIES[name] for name in policy.split(',')]

    def __call__(self, x: Array, rng: Any) -> chainer.Variable:
        """Changes a batch, float (B, 3, H, W) in [-1, 1], which colour changes may leave. What is
        drawn from ``rng`` (numpy.random.Generator or Draws), by ``uniform`` and ``integers``, has
        shapes whose first axis is the batch's."""
        x = chainer.as_variable(x)
        for function in self.functions:
            x = function(x, rng)
        return x
