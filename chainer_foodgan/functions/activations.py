"""ReLU and leaky ReLU, differentiable any number of times, and dropout with its own randomness."""

from __future__ import annotations

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
