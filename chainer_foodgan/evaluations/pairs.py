"""What is measured of a picture and its translation, by the metrics' names."""

import collections
import contextlib
import functools
import importlib.util
import warnings

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.evaluations import measures

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
    figures = {'edges': measures.edges(pair.x, pair.y)}
    if pair.mask is not None:
        figures['change_outside'] = measures.change(pair.x, pair.y, ~pair.mask)
    return figures


def cycle(pair):
    """The mean absolute error of the way there and back, in 1/255."""
    return {} if pair.back is None else {'cycle': measures.change(pair.x, pair.back)}


def difference(pair):
    """The mean absolute difference from the true translation, in 1/255; inside known food."""
    return {'difference': measures.change(pair.y, pair.answer, pair.mask)}


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
                raise FoodganError('LPIPS needs {0}: pip install {0}, or leave lpips out'.format(
                    package))
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
            raise FoodganError('LPIPS takes pictures of 32 pixels and more, not {}: leave lpips '
                               'out'.format(min(other.shape[1:])))
        with torch.no_grad():
            return {name: float(self._distance(
                *(torch.from_numpy(picture)[None] for picture in (pair.y, other))))}


def measure(name):
    """The function of a metric: takes a :class:`Pair`, returns its figures (dict of float).

    Raises:
        FoodganError: See :class:`Lpips` and :func:`~.measures.structural_similarity`.
    """
    if name == 'lpips':
        return Lpips()
    if name == 'ssim':
        measures.structural_similarity()
    return {'content': content, 'cycle': cycle, 'difference': difference,
            'psnr': functools.partial(of_truth, 'psnr', measures.psnr),
            'ssim': functools.partial(of_truth, 'ssim', measures.ssim)}[name]
