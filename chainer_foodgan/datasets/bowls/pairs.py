"""Pairs of pictures of one bowl, for learning from truths."""

import chainer

from chainer_foodgan import images
from chainer_foodgan.categories import NAMES
from chainer_foodgan.datasets.base import check_categories, select_categories
from chainer_foodgan.datasets.bowls.dataset import RenderedBowls
from chainer_foodgan.errors import FoodganError


class BowlPairs(chainer.dataset.DatasetMixin):
    """Every bowl with one dish and with another, all else being equal.

    ===================  ===============  ========  =========================
    name                 shape            dtype     range
    ===================  ===============  ========  =========================
    ``x``                (3, size, size)  float32   [-1, 1]; RGB, the source
    ``y``                (3, size, size)  float32   [-1, 1]; RGB, the target
    ===================  ===============  ========  =========================

    Args:
        count (int): How many bowls.
        size (int): Pixels along a side.
        seed (int): From 0 on. Bowls are those of :class:`RenderedBowls` of that seed.
        categories (sequence of str): The source and the target, out of ``categories.NAMES``.

    Attributes:
        categories (tuple of str): As given.
        bowls (RenderedBowls): The bowls.

    Raises:
        FoodganError: A number out of its range, a dish that is not known, or not two of them.
    """

    def __init__(self, count, size=128, seed=0, categories=('rice', 'curry')):
        self.categories = select_categories(categories, NAMES, 'pairs of bowls')
        check_categories(self.categories, 'pairs of bowls')
        if len(self.categories) > 2:
            raise FoodganError('pairs of bowls: {} are too many categories; name two, the source '
                               'and the target'.format(', '.join(self.categories)))
        self.bowls = RenderedBowls(count, size, seed, self.categories)

    def __len__(self):
        return len(self.bowls)

    def __iter__(self):
        # Numbers beyond the end are later epochs, so Python's default would never stop.
        return (self[index] for index in range(len(self)))

    def get_example(self, i):
        """The bowl ``i % len(self)``: every epoch sees the same bowls.

        Raises:
            IndexError: ``i`` is negative.
        """
        if i < 0:
            raise IndexError('{} is negative'.format(i))
        return tuple(images.to_array(self.bowls.render(int(i) % len(self), name))
                     for name in self.categories)
