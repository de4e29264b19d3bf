"""Pairs of pictures of one bowl, for learning from truths."""

from chainer_foodgan import images
from chainer_foodgan.categories import NAMES
from chainer_foodgan.datasets.base import check_categories, select_categories
from chainer_foodgan.datasets.bowls.dataset import RenderedBowls
from chainer_foodgan.datasets.epochs import EpochDataset
from chainer_foodgan.errors import FoodganError


class BowlPairs(EpochDataset):
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

    def example(self, epoch, index):
        """A bowl with both dishes: every epoch sees the same bowls."""
        return tuple(images.to_array(self.bowls.render(index, name))
                     for name in self.categories)
