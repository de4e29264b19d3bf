"""How much pictures that were made for one target differ from one another."""

from __future__ import annotations

from typing import Optional

import numpy


class Spread:
    """Gathers pictures of one size, and says how far they are from their mean, pixel by pixel."""

    def __init__(self):
        self._count = self._total = self._squares = 0

    def add(self, x, mask=None):
        """Takes a picture.

        Args:
            x (numpy.ndarray): float (3, H, W) in [-1, 1].
            mask (numpy.ndarray): bool (H, W), the part of it that counts; None: all.
        """
        x = x.astype(numpy.float64)
        part = numpy.ones(x.shape[1:]) if mask is None else mask.astype(float)
        self._count = self._count + part
        self._total = self._total + part * x
        self._squares = self._squares + part * x ** 2

    def value(self) -> Optional[float]:
        """The standard deviation of a pixel from its mean over the pictures, pooled over pixels and
        colours, in 1/255; 0 where all are alike. None where no pixel is in two pictures.
        """
        freedom = 3 * numpy.sum(numpy.maximum(self._count - 1, 0))
        if not freedom:
            return None
        around = self._squares - self._total ** 2 / numpy.maximum(self._count, 1)
        return float(127.5 * numpy.sqrt(around.sum().clip(0) / freedom))
