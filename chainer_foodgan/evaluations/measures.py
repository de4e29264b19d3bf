"""What is measured of a picture, and how sure a share is."""

import numpy


def change(x, y, where):
    """Mean absolute difference of two pictures in a part of them.

    Args:
        x, y (numpy.ndarray): float (3, H, W) in [-1, 1].
        where (numpy.ndarray): bool (H, W), the part.

    Returns:
        float: In steps of an 8-bit picture, that is in units of 1/255 of the range; NaN where the
        part is empty.
    """
    if not where.any():
        return float('nan')
    difference = numpy.abs(x.astype(numpy.float64) - y)[:, where]
    return float(difference.mean() * 127.5)


def psnr(x, y, where):
    """Peak signal-to-noise ratio of two pictures in a part of them.

    Args:
        x, y (numpy.ndarray): float (3, H, W) in [-1, 1].
        where (numpy.ndarray): bool (H, W), the part; not empty.

    Returns:
        float: 10 log10(2^2 / mean squared difference) in dB; infinity where they are equal.
    """
    error = numpy.mean((x.astype(numpy.float64) - y)[:, where] ** 2)
    return float(10 * numpy.log10(4 / error)) if error else float('inf')


def bootstrap(hits, counts, seed=0, repeats=2000, level=0.95):
    """An interval for a share, by drawing the photos anew (Efron 1979, percentile method).

    Translations of one photo are not independent, so photos are drawn, each with all it brings.

    Args:
        hits (numpy.ndarray): How often it was right, (N,), a number per photo.
        counts (numpy.ndarray): Out of how often, (N,).
        seed (int): Of the draws.
        repeats (int): How many draws.
        level (float): Share of the draws that lie within the interval.

    Returns:
        tuple of float: Its ends; NaN where nothing was counted.
    """
    used = numpy.flatnonzero(counts)
    if not len(used):
        return float('nan'), float('nan')
    rng = numpy.random.default_rng(seed)
    drawn = used[rng.integers(0, len(used), (repeats, len(used)))]
    shares = hits[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = numpy.quantile(shares, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
