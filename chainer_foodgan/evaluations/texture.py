"""Texture: which local patterns food is made of, whatever its colours; and diversity.

A pixel's pattern (local binary patterns, Ojala et al. 2002) says which of eight neighbours are
brighter by more than two grey levels, which grain of a camera and JPEG rarely are. Neighbours are
those of the square ring at a distance of 1 and of 2 pixels.
"""

from __future__ import annotations

import collections
from typing import Optional

import numpy

from chainer_foodgan import images

RADII = (1, 2)
THRESHOLD = 2
#: Share of the sides of a picture that is looked at, in its middle, where no food is marked off.
MIDDLE = 0.6
# Clockwise from the upper left, in radii: bit 0 first.
_AROUND = ((-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1))
_PATTERNS = 2 ** len(_AROUND)
_HALVINGS = 10

Textures = collections.namedtuple('Textures', 'made real label')
Textures.__doc__ = """Histograms of pictures and of those that they are compared with.

Attributes:
    made (numpy.ndarray): float32 (T, 2, 256), of pictures that were made.
    real (numpy.ndarray): float32 (M, 2, 256), of pictures of what they should be.
    label (numpy.ndarray): int (M,), the categories of these.
"""


def patterns(grey, radius):
    """The pattern of every pixel, int (H, W) in [0, 255], 0 where all is flat; of grey levels, int
    (H, W), whose border goes on outside, and neighbours at a distance of ``radius`` pixels.
    """
    H, W = grey.shape
    padded = numpy.pad(grey, radius, 'edge')
    found = numpy.zeros((H, W), int)
    for bit, (down, right) in enumerate(_AROUND):
        top, left = radius * (1 + down), radius * (1 + right)
        found |= (padded[top:top + H, left:left + W] > grey + THRESHOLD).astype(int) << bit
    return found


def histograms(x, mask=None):
    """How often each pattern occurs in a picture, float (3, H, W) in [-1, 1], looked at as 8-bit
    grey (Rec. 601): float32 (2, 256), a histogram for each radius; each sums to 1. A mask, bool (H,
    W), not empty, says where to look; without one it is the middle 60 % of both sides.
    """
    grey = numpy.asarray(images.to_image(x).convert('L')).astype(int)
    where = _middle(grey.shape) if mask is None else mask
    counts = [numpy.bincount(patterns(grey, radius)[where], minlength=_PATTERNS)
              for radius in RADII]
    return (numpy.array(counts) / where.sum()).astype(numpy.float32)


def distance(a, b):
    """How far the textures of two sets of pictures, float (N, 2, 256) and (M, 2, 256), are apart,
    as sets.

    Chi-square distance, sum (p - q)^2 / (p + q), of the two sets' mean histograms, averaged over
    the radii; in [0, 2], 0 for equal sets.
    """
    p, q = (set_.mean(axis=0, dtype=numpy.float64) for set_ in (a, b))
    both = p + q
    return float(((p - q) ** 2 / numpy.where(both > 0, both, 1)).sum(axis=1).mean())


def figures(textures, target, targets):
    """The distance of what was made from what is real, and of the real from itself, of Textures, of
    what each made picture should be, int (T,), and of the targets that count.

    ``texture`` is the mean over the targets, and ``texture_floor`` that of one half of the real
    pictures of each target from the other half, over several random halves; None where there are no
    pictures.
    """
    found, floor = [], []
    for number in targets:
        made, real = textures.made[target == number], textures.real[textures.label == number]
        if len(made) and len(real):
            found.append(distance(made, real))
        if len(made) and len(real) > 1:
            floor.append(_halved(real))
    return {'texture': float(numpy.mean(found)) if found else None,
            'texture_floor': float(numpy.mean(floor)) if floor else None}


def _halved(real):
    rng, middle = numpy.random.default_rng(0), len(real) // 2
    orders = [rng.permutation(len(real)) for _ in range(_HALVINGS)]
    return numpy.mean([distance(real[order[:middle]], real[order[middle:]]) for order in orders])


def _middle(shape):
    where = numpy.zeros(shape, bool)
    (top, H), (left, W) = ((round((1 - MIDDLE) / 2 * side), side) for side in shape)
    where[top:H - top, left:W - left] = True
    return where


class Spread:
    """Gathers pictures of one size, and says how far they are from their mean, pixel by pixel."""

    def __init__(self):
        self._count = self._total = self._squares = 0

    def add(self, x, mask=None):
        """Takes a picture, float (3, H, W) in [-1, 1], and the part of it that counts, bool (H, W).
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
