"""A photo that is to be translated: what the network sees of it, and the way back.

The network sees a photo that is scaled down. What is carried to the whole photo is its change: the
translation is scaled up, and the detail that scaling down took from the photo is added again, as
far as the two agree. Where the change is one of colour and light, they do, and the photo's own
sharpness stays; where other food has appeared, they do not, and the photo's detail, which belongs
to the food before, is left out.

How far they agree is measured in windows: the gain by which the photo's grey levels become those
of the translation, as in a guided filter (He et al. 2013), times their correlation.
"""

from __future__ import annotations

from typing import NamedTuple, Optional, Union

import numpy as np
from PIL import Image

from chainer_foodgan import images
from chainer_foodgan.masks import blend
from chainer_foodgan.translation import sizes

__all__ = ['Photo', 'agreement', 'box_of', 'carry', 'scale']

_MARGIN = 0.15  # around the food, of its longer side: networks know photos of whole bowls

# So much longer than the other is a side of what the network sees of the food, at most.
_LONGEST = 1.5

_RADIUS = 4  # of a window, in pixels of what the network sees

# Variance, in squared grey levels of 255, below which a window counts as flat: what little there
# is is noise, and noise agrees with anything.
_FLAT = 16.0

_GREY = np.float32([0.299, 0.587, 0.114])

# Pixels of the photo that are worked on at once: what they take fits into a processor's cache.
_STRIP = 30000


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
        """Puts a translation of :attr:`array` (mode RGB, of its size) into the photo: RGB, of the
        image's size.
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
    """The part of a photo that shows the food and a margin around it: left, upper, right, lower;
    all of the photo where the mask (mode L, of its size) is black.
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


def carry(photo: Image.Image, seen: Image.Image, changed: Image.Image) -> Image.Image:
    """Carries a change to the photo that it was computed for.

    The network saw ``seen``, the photo scaled, and made ``changed`` of it, of the same size; all
    have mode RGB. The result has the photo's size, and is ``changed`` where the sizes are equal.
    """
    if photo.size == changed.size:
        return changed
    before, after = (np.asarray(image, np.float32) for image in (seen, changed))
    share = agreement(before @ _GREY, after @ _GREY)
    # photo * share + rest is the translation and a share of the photo's detail.
    rest = after - share[..., None] * before
    layers = [Image.fromarray(np.ascontiguousarray(layer)).resize(
        (photo.width, seen.height), Image.BICUBIC) for layer in (share, *np.moveaxis(rest, 2, 0))]
    result = Image.new('RGB', photo.size)
    rows, scale = max(1, _STRIP // photo.width), seen.height / photo.height
    for top in range(0, photo.height, rows):
        bottom = min(top + rows, photo.height)
        box, size = (0, top * scale, photo.width, bottom * scale), (photo.width, bottom - top)
        share, *rest = (np.asarray(layer.resize(size, Image.BICUBIC, box)) for layer in layers)
        channels = []
        for channel, values in zip(photo.crop((0, top, photo.width, bottom)).split(), rest):
            values = share * channel + values
            np.rint(values, values)
            channels.append(Image.fromarray(np.clip(values, 0, 255, values).astype(np.uint8)))
        result.paste(Image.merge('RGB', channels), (0, top))
    return result


def agreement(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """How much of a photo's detail goes into its translation, float32 (H, W) in [0, 1]: 1 where the
    grey levels before and after, float32 (H, W) in [0, 255], differ by a constant, or are flat; 0
    where they have nothing in common.
    """
    mean, mean_after = _means(before), _means(after)
    variance = _means(before ** 2) - mean ** 2 + _FLAT
    variance_after = _means(after ** 2) - mean_after ** 2 + _FLAT
    covariance = _means(before * after) - mean * mean_after + _FLAT
    gain = covariance / variance
    correlation = covariance / np.sqrt(variance * variance_after)
    share = np.clip(gain, 0, 1) * np.clip(correlation, 0, 1)
    return _means(share.astype(np.float32)).astype(np.float32)


def _means(values):
    """The mean of the window around each place, which at the border mirrors what is within."""
    size = 2 * _RADIUS + 1
    for axis in (0, 1):
        margin = [(0, 0), (0, 0)]
        margin[axis] = (_RADIUS + 1, _RADIUS)
        sums = np.cumsum(np.pad(values, margin, mode='symmetric'), axis, dtype=np.float64)
        ends = [np.take(sums, np.arange(start, start + values.shape[axis]), axis)
                for start in (size, 0)]
        values = (ends[0] - ends[1]) / size
    return values
