"""Reading uploads, and why they are refused."""

import io
import pathlib

from PIL import Image, UnidentifiedImageError

from chainer_foodgan import images
from chainer_foodgan.errors import FoodganError

# Formats of which Pillow knows at once whether there is a second picture.
_ANIMATIONS = ('GIF', 'PNG', 'WEBP')


class Refusal(FoodganError):
    """A file that is no photo to work on.

    Args:
        reason (str): ``'no_photo'``, ``'unknown'``, ``'broken'``, ``'too_large'`` or ``'gone'``:
            what the page's words call it.
        text (str): The same in an English line.
    """

    def __init__(self, reason, text):
        super().__init__(text)
        self.reason = reason


def read(path, enough, check=None):
    """Reads an upload; see :func:`chainer_foodgan.images.read_image`.

    Raises:
        Refusal: There is none, or it is no photo to work on. The file's path is not told.
    """
    content = _content(path)
    try:
        return images.read_image(content, enough, check, srgb=True)
    except FoodganError as error:
        cause = error.__cause__
        if isinstance(cause, FoodganError):  # the check's own sentence
            raise
        reason = ('too_large' if isinstance(cause, Image.DecompressionBombError) else
                  'unknown' if isinstance(cause, UnidentifiedImageError) else 'broken')
        raise Refusal(reason, str(error)) from error


def is_animation(path):
    """Whether a picture that :func:`read` has read is the first of several."""
    with Image.open(_content(path)) as image:
        return image.format in _ANIMATIONS and getattr(image, 'is_animated', False)


def _content(path):
    if path is None:
        raise Refusal('no_photo', 'there is no photo; send one')
    try:
        return io.BytesIO(pathlib.Path(path).read_bytes())
    except OSError:
        raise Refusal('gone', 'the photo is no longer here: photos are deleted after a while; '
                      'send it again') from None
