"""Pictures that have a dish's colours and are none: a category of its own for a judge to learn."""

from __future__ import annotations

import numpy
from PIL import Image, ImageFilter

from chainer_foodgan import images
from chainer_foodgan.categories import NONE
from chainer_foodgan.evaluations.controls import colour_transfer, from_lab, palette, to_lab
from chainer_foodgan.evaluations.pictures import one_each

#: What fakes are, in turn.
KINDS = ('flat', 'transferred', 'blurred')


class WithFakes:
    """A data set and, behind its pictures, fakes made of some of them.

    One is flat, of the mean colour of the picture's food; another is a picture of another category
    with the mean and the deviation of that food's colours; the third is blurred. Only the food is
    changed where its place is known (``dataset.mask``), otherwise the whole picture.

    Args:
        dataset: Photos or rendered bowls, with ``image(index)``, ``labels`` and ``categories``.
        count (int): How many fakes.
        seed (int): Which pictures they are made of.
        indices (sequence of int): Which pictures of the data set; None: all.

    Attributes:
        categories (tuple of str): Those of the data set and ``none``.
        labels (numpy.ndarray): int32.
    """

    def __init__(self, dataset, count: int, seed: int = 0, indices=None):
        self._dataset = dataset
        self._indices = numpy.arange(len(dataset)) if indices is None else numpy.array(indices, int)
        own = one_each(dataset)[self._indices]
        self.categories = (*dataset.categories, NONE)
        self.labels = numpy.append(own, numpy.full(count, len(dataset.categories))).astype('int32')
        rng = numpy.random.default_rng(seed)
        self._of = rng.integers(0, len(own), count)
        # A picture of another category for each.
        self._other = numpy.array([rng.choice(numpy.flatnonzero(own != own[of]))
                                   for of in self._of], int)

    def __len__(self):
        return len(self.labels)

    def image(self, index: int) -> Image.Image:
        """A picture or a fake, RGB."""
        real = len(self._indices)
        return (self._dataset.image(int(self._indices[index])) if index < real
                else self._fake(index - real))

    def _fake(self, number):
        of, other = (int(self._indices[chosen[number]]) for chosen in (self._of, self._other))
        kind = KINDS[number % len(KINDS)]
        picture = self._dataset.image(of)
        if kind == 'blurred':
            radius = max(picture.size) / 16
            return self._inside(of, picture, picture.filter(ImageFilter.GaussianBlur(radius)))
        x, mask = images.to_array(picture), self._mask(of)
        colours = palette([x], [mask])
        if kind == 'flat':
            flat = numpy.broadcast_to(from_lab(colours.mean)[:, None, None], x.shape)
            return self._inside(of, picture, images.to_image(flat))
        picture = self._dataset.image(other)
        changed = colour_transfer(to_lab(images.to_array(picture)), colours, self._mask(other))
        return self._inside(other, picture, images.to_image(changed))

    def _mask(self, index):
        return self._dataset.mask(index) if hasattr(self._dataset, 'mask') else None

    def _inside(self, index, picture, changed):
        mask = self._mask(index)
        return changed if mask is None else Image.composite(
            changed, picture, Image.fromarray(mask))
