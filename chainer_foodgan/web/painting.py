"""A mask that somebody paints on, spot by spot."""

import collections
import os

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from chainer_foodgan import images

#: The two tools.
PAINT, ERASE = 'paint', 'erase'

_SOFT = 1.5  # pixels of a spot's border
_DARK = 0.35  # of what stays as it is, on the picture that shows the mask


class Brush(collections.namedtuple('Brush', 'photo small mask shown',
                                   defaults=(None, None, None, None))):
    """A photo and its mask.

    Attributes:
        photo (str or None): The photo's file; None: there is no mask yet.
        small (str): The photo, of the mask's size.
        mask (str): Mode L, white where the photo may change.
        shown (str): The photo, dark where it stays as it is.
    """

    @classmethod
    def found(cls, uploads, photo, small, mask):
        """Begins with the mask (PIL.Image.Image, L) that was found in the photo (likewise, RGB)."""
        path = uploads.new_path('photo.png')
        images.save_image(small, path)
        return cls(photo, str(path))._with(uploads, mask)

    def fits(self, photo):
        """Whether it is a photo's, and its files are there still."""
        return self.photo == photo and os.path.exists(self.mask) and os.path.exists(self.small)

    def painted(self, uploads, point, paint, size):
        """Another mask (Brush) with a spot around a point, x and y in pixels of the mask, where the
        photo may change if ``paint``. Its radius is in hundredths of the mask's shorter side.

        Raises ArithmeticError, OSError, TypeError or ValueError where the files are gone, or there
        is no such point.
        """
        x, y = map(float, point)
        mask = Image.open(self.mask or '')
        radius = max(1, size * min(mask.size) / 100)
        spot = Image.new('L', mask.size)
        ImageDraw.Draw(spot).ellipse((x - radius, y - radius, x + radius, y + radius), 255)
        spot = spot.filter(ImageFilter.GaussianBlur(_SOFT))
        return self._with(uploads, ImageChops.lighter(mask, spot) if paint else
                          ImageChops.darker(mask, ImageChops.invert(spot)))

    def _with(self, uploads, mask):
        paths = [uploads.new_path(name) for name in ('mask.png', 'shown.png')]
        small = images.read_image(self.small)
        dark = small.point(lambda value: round(_DARK * value))
        for picture, path in zip((mask, Image.composite(small, dark, mask)), paths):
            images.save_image(picture, path)
        return self._replace(mask=str(paths[0]), shown=str(paths[1]))
