"""Pictures whose food is known, made to look as various as photos do."""

import numpy
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from chainer_foodgan import images
from chainer_foodgan.categories import NAMES
from chainer_foodgan.datasets.bowls import RenderedBowls, augmentations
from chainer_foodgan.datasets.bowls.canvas import value_noise
from chainer_foodgan.datasets.bowls.scene import Scene
from chainer_foodgan.datasets.sampling import EpochDataset


class MaskedBowls(EpochDataset):
    """Rendered bowls with the masks of their food, in ever new surroundings.

    Of each bowl the dish is taken, perhaps mixed with another one and recoloured, in its bowl, on
    a plate, or on its table; it is turned, tilted and scaled so that the food is a fifth of the
    picture up to nearly all of it, and laid on a random ground among things, empty plates and
    other bowls (whose food counts, too). Sticks may cross it, which count as no food. In the end
    the picture goes through what a camera does. Each epoch sees all bowls anew.

    ===================  ===============  ========  =====================================
    name                 shape            dtype     range
    ===================  ===============  ========  =====================================
    ``x``                (3, size, size)  float32   [-1, 1]; RGB
    ``mask``             (1, size, size)  float32   [0, 1]; 1 is food, soft at its border
    ===================  ===============  ========  =====================================

    Args:
        count (int): How many bowls.
        size (int): Pixels along a side.
        seed (int): From 0 on; another seed makes other pictures of other bowls.
        plain (bool): The bowls as they are rendered, each with its mask, and nothing else.
    """

    def __init__(self, count, size=128, seed=0, plain=False):
        self.bowls = RenderedBowls(count, size, seed)
        self.size, self.seed, self.plain = size, seed, plain

    def __len__(self):
        return len(self.bowls)

    def example(self, epoch, index):
        """A bowl's picture of an epoch, and its mask."""
        if self.plain:
            picture, mask = self.bowls.image(index), _as_image(self.bowls.mask(index))
        else:
            picture, mask = self._picture(numpy.random.default_rng((self.seed, epoch, index)),
                                          index)
        return images.to_array(picture), numpy.asarray(mask, numpy.float32)[None] / 255

    def _picture(self, rng, index):
        picture = augmentations.ground(rng, self.size)
        mask = Image.new('L', picture.size)
        for _ in range(int(rng.choice([0, 0, 1, 2]))):
            layer, shape = augmentations.plate(rng, self.size)
            food = Image.new('L', shape.size)
            if rng.random() < 0.5:
                layer, shape, food = self._dish(rng, int(rng.integers(len(self))))
            self._lay(picture, mask, layer, shape, food, rng, rng.uniform(0.02, 0.15), 0.6)
        layer, shape, food = self._dish(rng, index)
        share = rng.uniform(0.2, 1.1)
        self._lay(picture, mask, layer, shape, food, rng, share, 0.4 * max(0.25, 1 - share))
        if rng.random() < 0.3:
            self._cross(picture, mask, rng)
        return augmentations.photographed(picture, rng), mask

    def _dish(self, rng, index):
        """A dish from above: RGB, the outline of all that it is in, and that of the food."""
        food = _as_image(self.bowls.mask(index))
        picture = self.bowls.image(index)
        if rng.random() < 0.5:  # two dishes in one bowl; always the same two, which are held
            other = self.bowls.render(index, NAMES[(7 * index + 3) % len(NAMES)])
            parts = value_noise(rng, self.size, int(rng.integers(2, 9))) > rng.uniform(-0.3, 0.3)
            picture = Image.composite(other, picture, _as_image(parts))
        if rng.random() < 0.6:
            # What lies on the food, all of it within.
            picture = picture.copy()
            augmentations.things(picture, rng, int(rng.integers(2, 25)), rng.uniform(0.02, 0.12),
                                 food)
        picture = Image.composite(augmentations.recoloured(picture, rng, 0.8),
                                  augmentations.recoloured(picture, rng, 0.8), food)
        kind = rng.random()
        if kind < 0.25:
            return picture, Image.new('L', food.size, 255), food
        if kind < 0.65:
            return picture, self._bowl(index), food
        food = ImageChops.multiply(food, _heap(rng, self.size))
        layer, shape = augmentations.plate(rng, self.size)
        layer.paste(picture, mask=food)
        return layer, shape, food

    def _bowl(self, index):
        """The outline of a bowl's lip, mode L."""
        vessel = Scene(self.seed, index).vessel
        shape = Image.new('L', (self.size, self.size))
        corners = [*(vessel.centre - vessel.radii), *(vessel.centre + vessel.radii)]
        ImageDraw.Draw(shape).ellipse([self.size * corner for corner in corners], fill=255)
        return shape

    def _lay(self, picture, mask, layer, shape, food, rng, share, reach):
        """Lays a dish so that its food takes a share of the picture."""
        known = numpy.asarray(food) > 127
        area = max(known.mean() if known.any() else 0.5, 0.05)
        tilt = rng.uniform(0.55, 1)
        warp = _warp(rng, self.size, numpy.sqrt(share / area / tilt), tilt, reach)
        layer, shape, food = (part.transform(
            picture.size, Image.Transform.AFFINE, warp, Image.Resampling.BILINEAR)
            for part in (layer, shape, food))
        augmentations.lay(picture, layer, shape, rng)
        mask.paste(0, mask=shape)
        mask.paste(255, mask=food)

    def _cross(self, picture, mask, rng):
        """Lays sticks across the picture."""
        shape = Image.new('L', picture.size)
        start, end = rng.uniform(-0.1, 1.1, (2, 2)) * self.size
        draw, width = ImageDraw.Draw(shape), int(rng.integers(2, 6))
        for shift in (0, rng.uniform(4, 14)):
            draw.line([*(start + shift), *end], fill=255, width=width)
        layer = Image.new('RGB', picture.size, augmentations.colour(rng))
        augmentations.lay(picture, layer, shape, rng)
        mask.paste(0, mask=shape)


def _as_image(mask):
    return Image.fromarray(mask.astype(numpy.uint8) * 255)


def _heap(rng, size):
    """An uneven outline about the middle, mode L."""
    at = numpy.linspace(-1, 1, size)
    radius = numpy.hypot(at, at[:, None]) + rng.uniform(0.1, 0.5) * value_noise(
        rng, size, int(rng.integers(3, 9)))
    heap = _as_image(radius < rng.uniform(0.45, 0.9))
    return heap.filter(ImageFilter.GaussianBlur(0.7))


def _warp(rng, size, scale, tilt, reach):
    """Coefficients of a turn, a tilt, a scale and a shift, as Pillow's transform takes them.

    Args:
        rng (numpy.random.Generator): Of the angle and the shift.
        size (int): Pixels along a side.
        scale (float): Of lengths.
        tilt (float): The vertical is shorter by this factor.
        reach (float): The greatest shift, in picture widths.

    Returns:
        tuple: From places in the result to places in the source.
    """
    angle, middle = rng.uniform(0, 2 * numpy.pi), size / 2
    cos, sin = numpy.cos(angle), numpy.sin(angle)
    back = numpy.array([[cos, sin], [-sin, cos]]) / scale @ numpy.diag([1, 1 / tilt])
    offset = middle - back @ (middle + rng.uniform(-reach, reach, 2) * size)
    return (*back[0], offset[0], *back[1], offset[1])
