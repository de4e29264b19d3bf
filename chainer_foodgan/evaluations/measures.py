"""What is measured of two pictures, and how sure a mean is."""

import numpy

from chainer_foodgan.errors import FoodganError

_DRAWN = 2 ** 21  # photos that are drawn at once

# Rec. 601, of R, G and B.
_LUMA = numpy.array([0.299, 0.587, 0.114])


def change(x, y, where=None):
    """Mean absolute difference of two pictures, or of a part of them.

    Args:
        x, y (numpy.ndarray): float (3, H, W) in [-1, 1].
        where (numpy.ndarray): bool (H, W), the part; None: all.

    Returns:
        float: In steps of an 8-bit picture, that is in units of 1/255 of the range; NaN where the
        part is empty.
    """
    difference = numpy.abs(x.astype(numpy.float64) - y)
    if where is not None:
        difference = difference[:, where]
    return float(difference.mean() * 127.5) if difference.size else float('nan')


def edges(x, y):
    """How well the edges of two pictures agree.

    The correlation (Pearson's, over all pixels) of |grad L(x)| and |grad L(y)|, where L is the
    luma 0.299 R + 0.587 G + 0.114 B and grad takes central differences. Contrast and colour may
    change without changing it; lines that come, go or move make it fall.

    Args:
        x, y (numpy.ndarray): float (3, H, W), at least 2 x 2.

    Returns:
        float: In [-1, 1], 1 where all edges are kept; NaN where a picture has none.
    """
    a, b = (numpy.hypot(*numpy.gradient(numpy.tensordot(_LUMA, picture.astype(numpy.float64), 1)))
            for picture in (x, y))
    a, b = a - a.mean(), b - b.mean()
    scale = numpy.sqrt((a ** 2).sum() * (b ** 2).sum())
    return float((a * b).sum() / scale) if scale else float('nan')


def psnr(x, y, where=None):
    """Peak signal-to-noise ratio of two pictures, or of a part of them.

    Args:
        x, y (numpy.ndarray): float (3, H, W) in [-1, 1].
        where (numpy.ndarray): bool (H, W), the part, not empty; None: all.

    Returns:
        float: 10 log10(2^2 / mean squared difference) in dB; infinity where they are equal.
    """
    difference = x.astype(numpy.float64) - y
    error = numpy.mean((difference if where is None else difference[:, where]) ** 2)
    return float(10 * numpy.log10(4 / error)) if error else float('inf')


def ssim(x, y, where=None):
    """Structural similarity of two pictures, or of a part of them (Wang et al. 2004).

    scikit-image's, with the paper's Gaussian windows (sigma 1.5) around every pixel of the part,
    averaged over it and the three colours.

    Args:
        x, y (numpy.ndarray): float (3, H, W) in [-1, 1], at least 11 x 11.
        where (numpy.ndarray): bool (H, W), the part, not empty; None: all.

    Returns:
        float: At most 1, where they are equal.

    Raises:
        FoodganError: scikit-image is not installed.
    """
    _, values = structural_similarity()(
        x.astype(numpy.float64), y.astype(numpy.float64), channel_axis=0, data_range=2, full=True,
        gaussian_weights=True, sigma=1.5, use_sample_covariance=False)
    return float((values if where is None else values[:, where]).mean())


def structural_similarity():
    """scikit-image's function.

    Raises:
        FoodganError: scikit-image is not installed.
    """
    try:
        from skimage.metrics import structural_similarity as function
    except ImportError as error:
        raise FoodganError('SSIM needs scikit-image: pip install scikit-image, or leave ssim '
                           'out') from error
    return function


def bootstrap(sums, counts, seed=0, repeats=2000, level=0.95):
    """An interval for a mean, by drawing the photos anew (Efron 1979, percentile method).

    Translations of one photo are not independent, so photos are drawn, each with all it brings.

    Args:
        sums (numpy.ndarray): What is summed (how often it was right), (N,), a number per photo.
        counts (numpy.ndarray): Over how many, (N,).
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
    means, step = [], max(1, _DRAWN // len(used))
    for start in range(0, repeats, step):
        drawn = used[rng.integers(0, len(used), (min(step, repeats - start), len(used)))]
        means.append(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1))
    low, high = numpy.quantile(numpy.concatenate(means), [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
