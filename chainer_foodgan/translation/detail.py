"""A translation in the photo's own detail.

The network sees a photo that is scaled down. What is carried to the whole photo is its change: the
translation is scaled up, and the detail that scaling down took from the photo is added again, as
far as the two agree. Where the change is one of colour and light, they do, and the photo's own
sharpness stays; where other food has appeared, they do not, and the photo's detail, which belongs
to the food before, is left out.

How far they agree is measured in windows: the gain by which the photo's grey levels become those
of the translation, as in a guided filter (He et al. 2013), times their correlation.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

__all__ = ['agreement', 'carry']

_RADIUS = 4  # of a window, in pixels of what the network sees

# Variance, in squared grey levels of 255, below which a window counts as flat: what little there
# is is noise, and noise agrees with anything.
_FLAT = 16.0

_GREY = np.float32([0.299, 0.587, 0.114])

# Pixels of the photo that are worked on at once: what they take fits into a processor's cache.
_STRIP = 30000


def carry(photo: Image.Image, seen: Image.Image, changed: Image.Image) -> Image.Image:
    """Carries a change to the photo that it was computed for.

    Args:
        photo (PIL.Image.Image): Mode RGB, of any size.
        seen (PIL.Image.Image): Mode RGB: the photo, scaled, as the network saw it.
        changed (PIL.Image.Image): Mode RGB, of that size: what it made of it.

    Returns:
        PIL.Image.Image: Mode RGB, of the photo's size. That is ``changed`` where the sizes are
        equal.
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
    """How much of a photo's detail goes into its translation.

    Args:
        before (numpy.ndarray): The grey levels that the network saw, float32 (H, W) in [0, 255].
        after (numpy.ndarray): Those that it made of them.

    Returns:
        numpy.ndarray: float32 (H, W) in [0, 1]: 1 where the two differ by a constant, or are
        flat; 0 where they have nothing in common.
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
