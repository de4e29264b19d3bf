"""Bowls side by side in one picture: larger pictures of what a generator was trained on.

Every bowl keeps its size, so that nothing changes but the number of pixels.
"""

import collections

import numpy

from chainer_foodgan import images
from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.evaluations.findings import translated
from lib.measuring import UNSEEN

Tiles = collections.namedtuple('Tiles', 'x label mask categories')
Tiles.__doc__ = """Bowls, as many as a mosaic of them at its largest has.

Attributes:
    x (numpy.ndarray): float32 (N, 3, S, S) in [-1, 1].
    label (numpy.ndarray): int (N,), places in ``categories``.
    mask (numpy.ndarray): bool (N, S, S), where the food is.
    categories (tuple of str): Names in label order.
"""


def tiles(count, size, categories):
    """Bowls of the seed that nothing is trained on, so mixed that neighbours differ."""
    bowls = RenderedBowls(count, size, UNSEEN, categories)
    order = numpy.random.default_rng(0).permutation(count)
    return Tiles(numpy.stack([bowls[int(index)][0] for index in order]), bowls.labels[order],
                 numpy.stack([bowls.mask(int(index)) for index in order]), bowls.categories)


def together(x, n):
    """Squares of n x n pictures, row by row: (N, C, S, S) -> (N / n^2, C, n S, n S)."""
    N, C, S, _ = x.shape
    return x.reshape(N // n ** 2, n, n, C, S, S).transpose(0, 3, 1, 4, 2, 5).reshape(
        N // n ** 2, C, n * S, n * S)


def apart(x, n):
    """The inverse of :func:`together`."""
    B, C, side, _ = x.shape
    S = side // n
    return x.reshape(B, C, n, S, n, S).transpose(0, 2, 4, 1, 3, 5).reshape(B * n ** 2, C, S, S)


def inner(count, n):
    """Which of the pictures touch no border of their square, bool (count,)."""
    place = numpy.arange(count) % n ** 2
    row, column = place // n, place % n
    return (row > 0) & (row < n - 1) & (column > 0) & (column < n - 1)


def measure(gen, judge, bowls, n, strength=1):
    """What becomes of bowls that are translated n x n at a time.

    Args:
        gen (callable): Of the categories of ``bowls``.
        judge (BaseClassifier): Of all of these, in whatever order.
        bowls (Tiles): See :func:`tiles`; their number is a multiple of n^2.
        n (int): Bowls along a side.
        strength (float): What label vectors are multiplied by.

    Returns:
        dict: ``accuracy``, how many the judge takes for the target; ``change``, the mean absolute
        change of the food, 1/255; each of all bowls, and with ``_inner`` of those that do not
        touch the border (None: there are none). A bowl of the target's own dish is left out.
    """
    right, change, inside = [], [], []
    for target, name in enumerate(bowls.categories):
        others = bowls.label != target
        y = apart(whole(gen, bowls, n, target, strength), n)
        called = judge.predict(numpy.stack([images.to_array(images.to_image(one)) for one in y]))
        right.append((called == judge.categories.index(name))[others])
        off = abs(y - bowls.x).mean(axis=1) * 127.5
        change.append(((off * bowls.mask).sum(axis=(1, 2))
                       / bowls.mask.sum(axis=(1, 2)))[others])
        inside.append(inner(len(y), n)[others])
    right, change, inside = map(numpy.concatenate, (right, change, inside))

    everywhere = numpy.ones_like(inside)
    return {key + where: float(values[of].mean()) if of.any() else None
            for key, values in (('accuracy', right), ('change', change))
            for where, of in (('', everywhere), ('_inner', inside))}


def whole(gen, bowls, n, target, strength=1):
    """The mosaics as one of the categories, float32 (N / n^2, 3, n S, n S)."""
    return numpy.concatenate([
        translated(gen, x[None], target, len(bowls.categories), strength)
        for x in together(bowls.x, n)])
