"""A photo that is to be translated: what the network sees of it, and the way back."""

from __future__ import annotations

from typing import NamedTuple, Optional, Union

import numpy as np
from PIL import Image

from chainer_foodgan import images
from chainer_foodgan.masks import blend
from chainer_foodgan.translation import sizes
from chainer_foodgan.translation.detail import carry

__all__ = ['Photo', 'box_of', 'scale']

_MARGIN = 0.15  # around the food, of its longer side: networks know photos of whole bowls

# So much longer than the other is a side of what the network sees of the food, at most.
_LONGEST = 1.5


class Photo(NamedTuple):
    """What :meth:`Translator.open` makes of a photo.

    Attributes:
        image (PIL.Image.Image): Mode RGB: what the results are like in size, and outside of the
            mask in every pixel.
        array (numpy.ndarray): float32 (3, h, w) in [-1, 1]: what the network sees.
        box (tuple of int): Which part of the image that is: left, upper, right, lower.
        mask (PIL.Image.Image): Where the photo may change, or None: everywhere.
    """

    image: Image.Image
    array: np.ndarray
    box: tuple[int, int, int, int]
    mask: Optional[Image.Image]

    @property
    def nbytes(self) -> int:
        """About how many bytes it takes."""
        return self.array.nbytes + 3 * self.image.width * self.image.height

    @classmethod
    def whole(cls, image: Image.Image, size: Union[int, str], mask: Optional[Image.Image]) -> Photo:
        """A photo in its own size, of which the network sees the food (without a mask, all)."""
        box = everything = (0, 0, *image.size)
        if mask is not None:
            box = box_of(mask if mask.size == image.size else mask.resize(image.size))
        part = image if box == everything else image.crop(box)
        return cls(image, images.to_array(scale(part, size)), box, mask)

    @classmethod
    def scaled(cls, image: Image.Image, size: Union[int, str],
               mask: Optional[Image.Image]) -> Photo:
        """A photo in the size of what the network sees, which is all of it."""
        image = scale(image, size)
        return cls(image, images.to_array(image), (0, 0, *image.size), mask)

    def finish(self, changed: Image.Image) -> Image.Image:
        """Puts a translation of :attr:`array` into the photo.

        Args:
            changed (PIL.Image.Image): Mode RGB, of the array's size.

        Returns:
            PIL.Image.Image: Mode RGB, of the image's size.
        """
        whole = self.box == (0, 0, *self.image.size)
        part = self.image if whole else self.image.crop(self.box)
        part = carry(part, images.to_image(self.array), changed)
        if whole:
            return part if self.mask is None else blend(self.image, part, self.mask)
        mask, result = self.mask, self.image.copy()
        if mask.size != result.size:
            mask = mask.resize(result.size, Image.BILINEAR)
        result.paste(part, self.box, mask.crop(self.box))
        return result


def scale(image: Image.Image, size: Union[int, str]) -> Image.Image:
    """A photo (mode RGB) whose shorter side is scaled to ``size``; the aspect is kept."""
    wanted = sizes.scaled(*image.size, size)
    return image if wanted == image.size else image.resize(wanted, Image.BILINEAR)


def box_of(mask: Image.Image) -> tuple[int, int, int, int]:
    """The part of a photo that shows the food and a margin around it.

    Args:
        mask (PIL.Image.Image): Mode L, of the photo's size.

    Returns:
        tuple of int: Left, upper, right, lower; all of the photo where the mask is black.
    """
    food = mask.getbbox()
    if food is None:
        return (0, 0, *mask.size)
    left, upper, right, lower = food
    longer = max(right - left, lower - upper)
    sides = [_side(start, end, longer, whole) for start, end, whole in (
        (left, right, mask.width), (upper, lower, mask.height))]
    return sides[0][0], sides[1][0], sides[0][1], sides[1][1]


def _side(start, end, longer, whole):
    length = max(end - start, longer / _LONGEST) + 2 * _MARGIN * longer
    start = round(min(max(0, (start + end - length) / 2), max(0, whole - length)))
    return start, min(whole, round(start + length))
