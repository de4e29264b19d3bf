"""CIELAB, in which lightness and colours are apart; NumPy alone, in float64.

sRGB's primaries and transfer function (IEC 61966-2-1), white D65 of the 2 degree observer, as
scikit-image has them.
"""

import numpy

_XYZ = numpy.array([[0.412453, 0.357580, 0.180423],
                    [0.212671, 0.715160, 0.072169],
                    [0.019334, 0.119193, 0.950227]])
_WHITE = numpy.array([0.95047, 1., 1.08883])
_RGB = numpy.linalg.inv(_XYZ)

# CIE 15: below the first, the cube root becomes a line.
_BEND, _SLOPE, _OFFSET = 0.008856, 7.787, 16 / 116


def to_lab(x):
    """A picture in CIELAB.

    Args:
        x (numpy.ndarray): float (3, ...) in [-1, 1]; RGB.

    Returns:
        numpy.ndarray: float64 of that shape: L in [0, 100], a and b (0 for greys).
    """
    rgb = (x.astype(numpy.float64) + 1) / 2
    linear = numpy.where(rgb > 0.04045, ((rgb.clip(0) + 0.055) / 1.055) ** 2.4, rgb / 12.92)
    ratio = numpy.tensordot(_XYZ / _WHITE[:, None], linear, 1)
    X, Y, Z = numpy.where(ratio > _BEND, numpy.cbrt(ratio), _SLOPE * ratio + _OFFSET)
    return numpy.stack([116 * Y - 16, 500 * (X - Y), 200 * (Y - Z)])


def from_lab(lab):
    """The inverse of :func:`to_lab`; what no screen shows is clipped.

    Args:
        lab (numpy.ndarray): float (3, ...).

    Returns:
        numpy.ndarray: float32 of that shape in [-1, 1]; RGB.
    """
    L, a, b = lab.astype(numpy.float64)
    Y = (L + 16) / 116
    root = numpy.stack([Y + a / 500, Y, Y - b / 200])
    ratio = numpy.where(root > numpy.cbrt(_BEND), root ** 3, (root - _OFFSET) / _SLOPE)
    linear = numpy.tensordot(_RGB * _WHITE, ratio, 1).clip(0, 1)
    rgb = numpy.where(linear > 0.0031308, 1.055 * linear ** (1 / 2.4) - 0.055, 12.92 * linear)
    return (2 * rgb - 1).clip(-1, 1).astype(numpy.float32)
