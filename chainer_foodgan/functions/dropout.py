"""Dropout with randomness of its own (``F.dropout`` draws from NumPy's global state)."""

from __future__ import annotations

import numpy

from chainer_foodgan.kernels import Array

import chainer


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
