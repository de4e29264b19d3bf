"""From a photo to the same photo with another dish."""

import os

from chainer_foodgan import images
from chainer_foodgan.masks import open_mask
from chainer_foodgan.translation.translator import Translator
from chainer_foodgan.weights import DEFAULT_WEIGHTS

__all__ = ['Translator', 'translate']


def translate(image, to, weights=DEFAULT_WEIGHTS, mask=None, **options):
    """Changes the dish in one picture. For several, a :class:`Translator` loads its weights once.

    Args:
        image (PIL.Image.Image, str or os.PathLike): A picture, or its file.
        to (str or sequence of str): A dish, several of them, or ``'all'``.
        weights (str, os.PathLike or Generator), options: See :class:`Translator`.
        mask (PIL.Image.Image, callable or str): See :meth:`Translator.__call__`; ``'auto'``: only
            the food changes; another text: a file, white where the picture may change.

    Returns:
        PIL.Image.Image: RGB; for several categories or ``'all'`` a dict of name to picture.

    Raises:
        FoodganError: The picture, a category, the weights or an option cannot be used.
    """
    translator = Translator(weights, **options)
    names = translator.categories if to == 'all' else [to] if isinstance(to, str) else list(to)
    for name in names:
        translator.check(name)
    if isinstance(image, (str, os.PathLike)):
        image = images.read_image(image, translator.enough, translator.check_size, srgb=True)
    if isinstance(mask, str):
        mask = open_mask(mask)
    changed = dict(zip(names, translator.all_of(image, names, mask)))
    return changed[to] if isinstance(to, str) and to != 'all' else changed
