"""Dropout with randomness of its own (``F.dropout`` draws from NumPy's global state)."""

import chainer
import numpy


class Dropout(object):
    """Sets a random half of the numbers to 0 and doubles the rest; in testing, nothing.

    Args:
        rng (numpy.random.Generator): Where the choice comes from.

    Attributes:
        rng (numpy.random.Generator): As given. A training that is to be resumed sets it in every
            iteration to the generator of that iteration.
    """

    def __init__(self, rng):
        self.rng = rng

    def __call__(self, x):
        """Float array or Variable of any shape -> Variable of that shape."""
        x = chainer.as_variable(x)
        if not chainer.config.train:
            return x
        scale = 2 * self.rng.integers(0, 2, x.shape, numpy.uint8).astype(x.dtype)
        return x * x.xp.asarray(scale)
