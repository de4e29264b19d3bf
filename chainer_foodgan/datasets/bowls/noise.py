"""Soft random texture."""

import functools

import numpy


@functools.lru_cache(maxsize=64)
def _weights(size, cells):
    """How much each of cells + 1 knots counts at each pixel, in 1/256, int32 (size, cells + 1)."""
    at = (numpy.arange(size) + 0.5) / size * cells
    left = at.astype(int)
    part = at - left
    part = numpy.rint(part * part * (3 - 2 * part) * 256).astype(numpy.int32)
    weights = numpy.zeros((size, cells + 1), numpy.int32)
    weights[numpy.arange(size), left] = 256 - part
    weights[numpy.arange(size), left + 1] = part
    return weights


def value_noise(rng, size, cells):
    """Smooth noise, float32 (size, size), -1 to 1, with ``cells`` hills along a side.

    It is computed in integers, so that it is the same on every machine.
    """
    knots = rng.integers(-64, 65, (cells + 1, cells + 1)).astype(numpy.int32)
    weights = _weights(size, cells)
    return (weights @ (knots @ weights.T)).astype(numpy.float32) / numpy.float32(2 ** 22)
