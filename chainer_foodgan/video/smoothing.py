"""Less flicker: where the video stands still, its change does so, too."""

import numpy
from PIL import Image, ImageChops, ImageFilter

_KEPT = 0.8  # of the change of the frame before, where nothing moves
_MOVING = 8.0  # grey levels between two frames, of 255; noise of a camera has 2 or 3
_AROUND = 2  # pixels around each that are looked at


class Smoother:
    """Averages the change - what the translator added to a frame - over frames.

    The average is exponential, and its weight follows the input, pixel by pixel: of the change so
    far 0.8 are kept where the frame is as the one before, and nothing where it moves or is cut.
    Whatever is constant stays as it is.
    """

    def __init__(self):
        self._photo = self._change = None

    def __call__(self, photo, changed):
        """Smooths one frame.

        Args:
            photo (PIL.Image.Image): Mode RGB: the frame.
            changed (PIL.Image.Image): Mode RGB, of its size: what became of it.

        Returns:
            PIL.Image.Image: Mode RGB.
        """
        before = numpy.asarray(photo, numpy.float32)
        change = numpy.asarray(changed, numpy.float32) - before
        if self._photo is not None:
            kept = _KEPT * _stillness(photo, self._photo)[..., None]
            change += kept * (self._change - change)
        self._photo, self._change = photo, change
        return Image.fromarray(numpy.rint(before + change).clip(0, 255).astype(numpy.uint8))


def _stillness(photo, last):
    """1 where two pictures are the same, towards 0 where they differ: float32 (H, W)."""
    red, green, blue = ImageChops.difference(photo, last).split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    moved = numpy.asarray(most.filter(ImageFilter.BoxBlur(_AROUND)), numpy.float32)
    return numpy.exp(-(moved / _MOVING) ** 2)
