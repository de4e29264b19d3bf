"""Rendered bowls: the embedded data set."""

import operator

import numpy
from PIL import Image

from chainer_foodgan import images
from chainer_foodgan.categories import NAMES
from chainer_foodgan.datasets.base import check_categories, select_categories
from chainer_foodgan.datasets.bowls.canvas import Canvas
from chainer_foodgan.datasets.bowls.dishes import DISHES
from chainer_foodgan.datasets.bowls.scene import Scene
from chainer_foodgan.datasets.sampling import Cache, EpochDataset
from chainer_foodgan.errors import FoodganError

__all__ = ['BowlPairs', 'RenderedBowls']

# Below this a bowl is a smudge.
_SMALLEST = 16


class RenderedBowls(EpochDataset):
    """Bowls of food on a table, drawn from (seed, index): any bowl can hold any dish.

    Bowl ``i`` has the category ``i % len(categories)``. Everything outside the food (bowl, table,
    light) depends on (seed, index) alone, the food on the dish's name as well, so the true answer
    of a translation and the mask of the food are known.

    ===================  ===============  ========  =========================
    name                 shape            dtype     range
    ===================  ===============  ========  =========================
    ``x``                (3, size, size)  float32   [-1, 1]; RGB
    ``label``            scalar           int32     [0, len(categories) - 1]
    ===================  ===============  ========  =========================

    Args:
        count (int): How many bowls.
        size (int): Pixels along a side; the same bowl at any size.
        seed (int): From 0 on; another seed draws other bowls.
        categories (sequence of str): Dishes out of ``categories.NAMES``, in label order.
        cache_size (int): Bytes for bowls that are held once they were drawn (a bowl of 64 pixels
            takes about ten milliseconds and 12,288 bytes).
        shapes (sequence of str): What the vessels' shapes are drawn from: round, oval, square, box.

    Attributes:
        categories (tuple of str): The dishes, in label order.
        labels (numpy.ndarray): int32 (count,).

    Raises:
        FoodganError: A number out of its range, a dish that is not known or named twice, or
            fewer than two dishes.
    """

    def __init__(self, count, size=128, seed=0, categories=NAMES, cache_size=2 ** 28,
                 shapes=('round',)):
        self._count = _whole(count, 'count', 1)
        self.size = _whole(size, 'size', _SMALLEST)
        self.seed = _whole(seed, 'seed', 0)
        self.categories = select_categories(categories, NAMES, 'rendered bowls')
        check_categories(self.categories, 'rendered bowls')
        self._cache, self._shapes = Cache(cache_size), shapes
        self.labels = (numpy.arange(self._count) % len(self.categories)).astype(numpy.int32)

    def __len__(self):
        return self._count

    def example(self, epoch, index):
        """A bowl and its label: every epoch sees the same bowls."""
        return images.to_array(self.image(index)), self.labels[index]

    def image(self, index):
        """The bowl with its own dish, a PIL image (RGB, size x size)."""
        return self.render(index)

    def render(self, index, category=None):
        """The bowl filled with any dish.

        Args:
            index (int): Which bowl.
            category (str, int or None): A dish's name (any of the ten), its number in
                ``self.categories``, or None for the bowl's own.

        Returns:
            PIL.Image.Image: RGB, size x size. Outside ``mask(index)`` it is the same for all
            dishes, pixel by pixel.

        Raises:
            FoodganError: There is no such dish.
            IndexError: There is no such bowl.
        """
        index = self._known(index)
        name = self._dish(self.labels[index] if category is None else category)
        return Image.fromarray(self._cache((index, name), lambda: self._drawn(index, name)))

    def _drawn(self, index, name):
        scene = Scene(self.seed, index, self._shapes)
        draw, heap = DISHES[name]
        vessel = scene.vessel
        canvas = Canvas(self.size, (0, 0, 0), vessel.food_centre, vessel.plane_radii, scene.light)
        draw(canvas, scene.rng('dish', NAMES.index(name)))
        return scene.compose(self.size, canvas, heap)

    def mask(self, index):
        """Where the food of a bowl is, bool (size, size); pixels of its soft border count too."""
        return Scene(self.seed, self._known(index), self._shapes).cover(self.size) > 0

    def _known(self, index):
        index = operator.index(index)
        if not 0 <= index < self._count:
            raise IndexError(f'there is no bowl {index} of {self._count}')
        return index

    def _dish(self, category):
        if isinstance(category, str):
            if category in DISHES:
                return category
        elif 0 <= operator.index(category) < len(self.categories):
            return self.categories[category]
        raise FoodganError('rendered bowls: there is no dish {!r}; choose among {}'.format(
            category, ', '.join(NAMES)))


def _whole(value, name, least):
    """``value`` as an int, if it is a whole number from ``least`` on."""
    try:
        number = operator.index(value)
    except TypeError:
        number = least - 1
    if number < least:
        raise FoodganError(f'rendered bowls: {name} is {value!r}; give a whole number from {least} '
                           'on')
    return number


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
