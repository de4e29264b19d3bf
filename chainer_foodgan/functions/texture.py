"""How much fine detail there is, where and in which direction: what a mean error blurs away."""

from __future__ import annotations

import numpy

from chainer_foodgan.functions.convolution import convolution_2d
from chainer_foodgan.kernels import Array

import chainer
import chainer.functions as F

#: ITU-R BT.601, as Pillow's mode L has it.
_LUMINANCE = numpy.array([0.299, 0.587, 0.114])

#: Pictures need that many pixels along both sides, at the defaults of :func:`detail_energies`.
SMALLEST = 20

_EPS = 1e-4  # under the root, whose slope at 0 is infinite


def _second_differences():
    """Filters (4, 1, 3, 3), twice the middle less both ends: across, down, along both diagonals."""
    filters = numpy.zeros((4, 1, 3, 3))
    filters[:, :, 1, 1] = 2
    for direction, (row, column) in enumerate(((0, 1), (1, 0), (1, 1), (1, -1))):
        filters[direction, 0, 1 + row, 1 + column] -= 1
        filters[direction, 0, 1 - row, 1 - column] -= 1
    return filters


def detail_energies(x: Array, scales: int = 2, window: int = 8) -> list[chainer.Variable]:
    """Root mean squares of second differences of the luminance in windows, in four directions.

    Args:
        x (Variable or ndarray): Pictures, float (B, 3, H, W); H and W at least
            ``(window + 2) * 2 ** (scales - 1)``.
        scales (int): At so many sizes, each half of the one before.
        window (int): Side of the windows in pixels of each size; they lie side by side.

    Returns:
        list of Variable: For each scale float (B, 4, h, w), h = floor(H / 2 ** scale / window).
    """
    x = chainer.as_variable(x)
    xp = chainer.backend.get_array_module(x)
    grey = convolution_2d(x, xp.asarray(_LUMINANCE.reshape(1, 3, 1, 1), x.dtype))
    filters = xp.asarray(_second_differences(), x.dtype)
    found = []
    for scale in range(scales):
        if scale:
            grey = F.average_pooling_2d(grey, 2)
        detail = convolution_2d(grey, filters)
        found.append(F.sqrt(F.average_pooling_2d(detail ** 2, window) + _EPS))
    return found


def detail_distance(x: Array, y: Array) -> chainer.Variable:
    """The mean absolute difference of two batches' :func:`detail_energies`, over all scales.

    It does not ask where a strand lies, only that in its window there are as many, as fine and as
    slanted: the mean absolute error alone is least for none at all where their places are not
    certain.

    Args:
        x, y (Variable or ndarray): Pictures, float (B, 3, H, W).

    Returns:
        Variable: Scalar.
    """
    pairs = list(zip(detail_energies(x), detail_energies(y)))
    return sum(F.mean_absolute_error(*pair) for pair in pairs) / len(pairs)
