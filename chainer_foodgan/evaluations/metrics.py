"""What is measured of two pictures, and of a picture and its translation by metrics' names."""

import collections
import contextlib
import functools
import importlib.util
import warnings

import numpy

from chainer_foodgan.errors import FoodganError

# Rec. 601, of R, G and B.
_LUMA = numpy.array([0.299, 0.587, 0.114])


def change(x, y, where=None):
    """Mean absolute difference of two pictures, float (3, H, W) in [-1, 1], or of a part of them,
    bool (H, W), in steps of an 8-bit picture, 1/255 of the range; NaN where the part is empty.
    """
    difference = numpy.abs(x.astype(numpy.float64) - y)
    if where is not None:
        difference = difference[:, where]
    return float(difference.mean() * 127.5) if difference.size else float('nan')


def edges(x, y):
    """How well the edges of two pictures, float (3, H, W), agree: in [-1, 1], 1 where all are kept;
    NaN where a picture has none.

    The correlation (Pearson's, over all pixels) of |grad L(x)| and |grad L(y)|, where L is the luma
    0.299 R + 0.587 G + 0.114 B and grad takes central differences. Contrast and colour may change
    without changing it; lines that come, go or move make it fall.
    """
    a, b = (numpy.hypot(*numpy.gradient(numpy.tensordot(_LUMA, picture.astype(numpy.float64), 1)))
            for picture in (x, y))
    a, b = a - a.mean(), b - b.mean()
    scale = numpy.sqrt((a ** 2).sum() * (b ** 2).sum())
    return float((a * b).sum() / scale) if scale else float('nan')


def psnr(x, y, where=None):
    """Peak signal-to-noise ratio of two pictures, float (3, H, W) in [-1, 1], or of a part of them,
    bool (H, W): 10 log10(2^2 / mean squared difference) in dB; infinity where they are equal.
    """
    difference = x.astype(numpy.float64) - y
    error = numpy.mean((difference if where is None else difference[:, where]) ** 2)
    return float(10 * numpy.log10(4 / error)) if error else float('inf')


def ssim(x, y, where=None):
    """Structural similarity of two pictures, float (3, H, W) in [-1, 1], at least 11 x 11, or of a
    part of them, bool (H, W) (Wang et al. 2004); at most 1, where they are equal.

    scikit-image's, with the paper's Gaussian windows (sigma 1.5) around every pixel of the part,
    averaged over it and the three colours.
    """
    _, values = structural_similarity()(
        x.astype(numpy.float64), y.astype(numpy.float64), channel_axis=0, data_range=2, full=True,
        gaussian_weights=True, sigma=1.5, use_sample_covariance=False)
    return float((values if where is None else values[:, where]).mean())


def structural_similarity():
    """scikit-image's function; a FoodganError says that it is not installed."""
    try:
        from skimage.metrics import structural_similarity as function
    except ImportError as error:
        raise FoodganError('SSIM needs scikit-image: pip install scikit-image, or leave ssim '
                           'out') from error
    return function


Pair = collections.namedtuple('Pair', 'x y back answer mask')
Pair.__doc__ = """A picture and its translation.

Attributes:
    x, y (numpy.ndarray): The picture and its translation, float32 (3, H, W) in [-1, 1].
    back (numpy.ndarray): The translation, translated into the picture's own category; None where
        nobody asks for it, and of what is no translation.
    answer (numpy.ndarray): The true translation; None where it is not known.
    mask (numpy.ndarray): bool (H, W), where the food is; None where it is not known.
"""

#: What :func:`measure` knows, and which of it takes the true translations.
METRICS = ('content', 'cycle', 'difference', 'psnr', 'ssim', 'lpips')
OF_TRUTH = ('difference', 'psnr', 'ssim')


def content(pair):
    """What should have stayed: the edges, and everything outside the food where that is known."""
    figures = {'edges': edges(pair.x, pair.y)}
    if pair.mask is not None:
        figures['change_outside'] = change(pair.x, pair.y, ~pair.mask)
    return figures


def cycle(pair):
    """The mean absolute error of the way there and back, in 1/255."""
    return {} if pair.back is None else {'cycle': change(pair.x, pair.back)}


def difference(pair):
    """The mean absolute difference from the true translation, in 1/255; inside known food."""
    return {'difference': change(pair.y, pair.answer, pair.mask)}


def of_truth(name, measure, pair):
    """A likeness to the true translation: before, after, and what was gained, inside the food.

    Where the food is not known, it is that of the whole picture, and of the translation alone.
    """
    if pair.mask is None:
        return {name: measure(pair.y, pair.answer)}
    before, after = (measure(picture, pair.answer, pair.mask) for picture in (pair.x, pair.y))
    return {name + '_input': before, name + '_translation': after, name + '_gain': after - before}


class Lpips:
    """Perceptual distance (Zhang et al. 2018), of the package ``lpips`` with AlexNet.

    Of the translation to the true one (``lpips_truth``) or, where that is not known, to the
    picture it was made of (``lpips_change``); over the whole picture.

    Raises:
        FoodganError: The package is not installed, or its weights cannot be fetched.
    """

    def __init__(self):
        for package in 'torch', 'lpips':
            if importlib.util.find_spec(package) is None:
                raise FoodganError(f'LPIPS needs {package}: pip install {package}, or leave lpips '
                                   'out')
        try:
            # It says on standard output, which is not its own, what it does.
            with warnings.catch_warnings(), contextlib.redirect_stdout(None):
                warnings.simplefilter('ignore')
                import lpips
                self._distance = lpips.LPIPS(net='alex', verbose=False)
        except (ImportError, OSError, RuntimeError) as error:
            raise FoodganError('LPIPS cannot be set up ({}): it needs torchvision, and the network '
                               'once, to fetch its weights; leave lpips out'.format(
                                   ' '.join(str(error).split()))) from error

    def __call__(self, pair):
        import torch
        other, name = ((pair.x, 'lpips_change') if pair.answer is None
                       else (pair.answer, 'lpips_truth'))
        if min(other.shape[1:]) < 32:
            raise FoodganError('LPIPS takes pictures of 32 pixels and more, not '
                               f'{min(other.shape[1:])}: leave lpips out')
        with torch.no_grad():
            return {name: float(self._distance(
                *(torch.from_numpy(picture)[None] for picture in (pair.y, other))))}


def measure(name):
    """The function of a metric: takes a :class:`Pair`, returns its figures (dict of float).

    Raises:
        FoodganError: See :class:`Lpips` and :func:`structural_similarity`.
    """
    if name == 'lpips':
        return Lpips()
    if name == 'ssim':
        structural_similarity()
    return {'content': content, 'cycle': cycle, 'difference': difference,
            'psnr': functools.partial(of_truth, 'psnr', psnr),
            'ssim': functools.partial(of_truth, 'ssim', ssim)}[name]
