"""Pictures that are no translations: controls, and fakes that a judge learns as a category.

What a judge of dishes makes of controls says how much colour alone achieves.
"""

from __future__ import annotations

import collections
import itertools

import numpy
from PIL import Image, ImageFilter

from chainer_foodgan import images
from chainer_foodgan.categories import NONE
from chainer_foodgan.datasets.sampling import one_each

_XYZ = numpy.array([[0.412453, 0.357580, 0.180423],
                    [0.212671, 0.715160, 0.072169],
                    [0.019334, 0.119193, 0.950227]])
_WHITE = numpy.array([0.95047, 1., 1.08883])
_RGB = numpy.linalg.inv(_XYZ)

# CIE 15: below the first, the cube root becomes a line.
_BEND, _SLOPE, _OFFSET = 0.008856, 7.787, 16 / 116


def to_lab(x):
    """A picture, float (3, ...) in [-1, 1], RGB, in CIELAB, float64: L in [0, 100], a and b (0 for
    greys).
    """
    rgb = (x.astype(numpy.float64) + 1) / 2
    linear = numpy.where(rgb > 0.04045, ((rgb.clip(0) + 0.055) / 1.055) ** 2.4, rgb / 12.92)
    ratio = numpy.tensordot(_XYZ / _WHITE[:, None], linear, 1)
    X, Y, Z = numpy.where(ratio > _BEND, numpy.cbrt(ratio), _SLOPE * ratio + _OFFSET)
    return numpy.stack([116 * Y - 16, 500 * (X - Y), 200 * (Y - Z)])


def from_lab(lab):
    """The inverse of :func:`to_lab`, float32 in [-1, 1], RGB; what no screen shows is clipped."""
    L, a, b = lab.astype(numpy.float64)
    Y = (L + 16) / 116
    root = numpy.stack([Y + a / 500, Y, Y - b / 200])
    ratio = numpy.where(root > numpy.cbrt(_BEND), root ** 3, (root - _OFFSET) / _SLOPE)
    linear = numpy.tensordot(_RGB * _WHITE, ratio, 1).clip(0, 1)
    rgb = numpy.where(linear > 0.0031308, 1.055 * linear ** (1 / 2.4) - 0.055, 12.92 * linear)
    return (2 * rgb - 1).clip(-1, 1).astype(numpy.float32)


#: What there is, in the order of the tables, with what it means.
MEANING = {
    'colours alone': "the translation's a and b (CIELAB) on the photo's own lightness",
    'lightness alone': "the translation's lightness under the photo's own a and b",
    'untouched': 'the photo itself',
    'colour transfer': "the photo with the mean and the deviation of the target's colours (CIELAB)",
    'mean colour': "the target's mean colour, flat",
    'mean picture': "the mean of the target's pictures, pixel by pixel"}

Palette = collections.namedtuple('Palette', 'mean deviation picture', defaults=(None,))
Palette.__doc__ = """The colours of a dish.

Attributes:
    mean, deviation (numpy.ndarray): CIELAB, float64 (3,), over all pixels of all its pictures.
    picture (numpy.ndarray): The mean of its pictures, float32 (3, H, W) in [-1, 1]; where none
        has a pixel that counts, their mean colour. None where their sizes differ.
"""


def palette(pictures, masks=None):
    """The Palette of pictures, float (3, H, W) in [-1, 1], each pixel counting as much as any
    other.

    ``masks``, bool (H, W) or None for the whole picture, say which part of each counts. None where
    there are no pixels.
    """
    count, total, squares, added = 0, numpy.zeros(3), numpy.zeros(3), {}
    for x, mask in zip(pictures, itertools.repeat(None) if masks is None else masks):
        lab = to_lab(_part(x, mask))
        count += lab.shape[1]
        total += lab.sum(axis=1)
        squares += (lab ** 2).sum(axis=1)
        one = numpy.ones((1, *x.shape[1:])) if mask is None else mask[None].astype(float)
        # The last plane is how many pictures there are at each pixel.
        added[x.shape] = added.get(x.shape, 0) + numpy.concatenate([x * one, one])
    if not count:
        return None
    mean = total / count
    return Palette(mean, numpy.sqrt((squares / count - mean ** 2).clip(0)),
                   _mean_picture(*added.values()) if len(added) == 1 else None)


def _mean_picture(added):
    colours, number = added[:3], added[3]
    flat = colours.sum(axis=(1, 2), keepdims=True) / number.sum()
    return numpy.where(number > 0, colours / numpy.maximum(number, 1), flat).astype(numpy.float32)


def palettes(pictures, truth=None):
    """The colours of each category of a data set of (x, label): of the food where the bowls of the
    pictures are known (``truth``). Name to Palette, or None where there is no picture of it.
    """
    def of(number):
        rows = [int(row) for row in numpy.flatnonzero(pictures.labels == number)]
        return palette((pictures[row][0] for row in rows),
                       truth and (truth.mask(row) for row in rows))
    return {name: of(number) for number, name in enumerate(pictures.categories)}


def controls(x, y, colours, mask=None):
    """All controls of a photo and its translation, float32 (3, H, W) in [-1, 1]: name, see
    :data:`MEANING`, to such a picture.

    Colour transfer, mean colour and mean picture change the food alone where it is known (mask,
    bool (H, W)); without the target's Palette they are left out.
    """
    own, made = to_lab(x), to_lab(y)
    found = {'colours alone': from_lab(numpy.concatenate([own[:1], made[1:]])),
             'lightness alone': from_lab(numpy.concatenate([made[:1], own[1:]])),
             'untouched': x}
    if colours is not None:
        found['colour transfer'] = _inside(x, colour_transfer(own, colours, mask), mask)
        flat = numpy.broadcast_to(from_lab(colours.mean)[:, None, None], x.shape)
        found['mean colour'] = _inside(x, flat, mask)
        if colours.picture is not None:
            found['mean picture'] = _inside(x, colours.picture, mask)
    return found


def colour_transfer(lab, colours, mask=None):
    """A picture with the mean and the deviation of other colours (Reinhard et al. 2001), in CIELAB
    in place of that paper's opponent colours.

    Of ``lab``, float64 (3, H, W), and the Palette that it gets: float32 (3, H, W) in [-1, 1]. The
    mean and the deviation are those inside a mask, bool (H, W); a channel of one value gets the
    mean.
    """
    part = _part(lab, mask)
    mean, deviation = part.mean(axis=1), part.std(axis=1)
    gain = numpy.where(deviation > 1e-9, colours.deviation / numpy.maximum(deviation, 1e-9), 0)
    return from_lab((lab - mean[:, None, None]) * gain[:, None, None]
                    + colours.mean[:, None, None])


def _part(x, mask):
    return x.reshape(3, -1) if mask is None else x[:, mask]


def _inside(x, y, mask):
    return y if mask is None else numpy.where(mask, y, x)


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
            return self._on(of, picture, picture.filter(ImageFilter.GaussianBlur(radius)))
        x, mask = images.to_array(picture), self._mask(of)
        colours = palette([x], [mask])
        if kind == 'flat':
            flat = numpy.broadcast_to(from_lab(colours.mean)[:, None, None], x.shape)
            return self._on(of, picture, images.to_image(flat))
        picture = self._dataset.image(other)
        changed = colour_transfer(to_lab(images.to_array(picture)), colours, self._mask(other))
        return self._on(other, picture, images.to_image(changed))

    def _mask(self, index):
        return self._dataset.mask(index) if hasattr(self._dataset, 'mask') else None

    def _on(self, index, picture, changed):
        mask = self._mask(index)
        return changed if mask is None else Image.composite(
            changed, picture, Image.fromarray(mask))
