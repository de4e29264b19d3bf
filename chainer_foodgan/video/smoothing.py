"""Less flicker: where the video stands still, what became of it does so, too."""

import numpy
from PIL import Image, ImageChops, ImageFilter

_KEPT = 0.8  # of the picture before, where nothing moves
_MOVING = 8.0  # grey levels between two frames, of 255
_AROUND = ImageFilter.BoxBlur(2)  # the noise of a camera is no movement


class Smoother:
    """Averages translated frames, pixel by pixel, where the video stands still.

    The average is exponential: 0.8 of the picture before are kept where the frame is as the one
    before, and nothing where it moves or is cut. It is the pictures that are averaged rather than
    their differences from the frames: the network takes out noise, which the latter would bring
    back.
    """

    def __init__(self):
        self._photo = self._picture = None

    def __call__(self, photo, changed):
        """Smooths one frame.

        Args:
            photo (PIL.Image.Image): Mode RGB: the frame.
            changed (PIL.Image.Image): Mode RGB, of its size: what became of it.

        Returns:
            PIL.Image.Image: Mode RGB.
        """
        photo, picture = photo.filter(_AROUND), numpy.asarray(changed, numpy.float32)
        if self._photo is not None:
            kept = _KEPT * _stillness(photo, self._photo)[..., None]
            picture = picture + kept * (self._picture - picture)
        self._photo, self._picture = photo, picture
        return Image.fromarray(numpy.rint(picture).astype(numpy.uint8))


def _stillness(photo, last):
    """1 where two pictures are the same, towards 0 where they differ: float32 (H, W)."""
    red, green, blue = ImageChops.difference(photo, last).split()
    moved = numpy.asarray(ImageChops.lighter(ImageChops.lighter(red, green), blue), numpy.float32)
    return numpy.exp(-(moved / _MOVING) ** 2)
