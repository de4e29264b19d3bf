"""What the page does with a photo. Nothing here knows of Gradio."""

import contextlib
import ctypes
import functools
import io
import pathlib
import threading

from PIL import Image, UnidentifiedImageError

from chainer_foodgan import images
from chainer_foodgan.errors import FoodganError, nearest
from chainer_foodgan.translation import Translator
from chainer_foodgan.weights import DEFAULT_WEIGHTS, GENERATORS, read_generator, registry

# Formats of which Pillow knows at once whether there is a second picture.
_ANIMATIONS = ('GIF', 'PNG', 'WEBP')

# Where a file does not say the size of the photos that it was trained on.
_USUAL = 128


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


class Service:
    """Changes the dishes of photos: one photo at a time, whatever thread asks.

    Args:
        weights (list of str): Names that `foodgan weights` lists, files or run folders.
        size (int): The shorter side of the pictures, in pixels. None: twice that of the photos
            that the weights were trained on, beyond which they change little.
        **options: As :class:`chainer_foodgan.Translator` takes them.

    Raises:
        FoodganError: Weights cannot be used.

    Attributes:
        translators (dict): Name of the weights (of a file or folder, the last part of its path) to
            Translator, in the order given.
        default (str): The weights where none are named.
    """

    def __init__(self, weights, size=None, **options):
        self.translators = {}
        for source in weights:
            name = source if source in registry.names() else pathlib.Path(source).resolve().name
            if name in self.translators:
                raise FoodganError(f'{source}: weights of that name are there already; rename the '
                                   'file or folder')
            self.translators[name] = Translator(source, size or _size(source), **options)
        self.default = next(iter(self.translators))
        self._lock = threading.Lock()

    def dishes(self):
        """What each of the weights knows (dict: name to list of dishes)."""
        return {name: translator.categories for name, translator in self.translators.items()}

    def translator(self, weights):
        """The Translator of a name; a FoodganError where there are no such weights."""
        if weights not in self.translators:
            raise FoodganError(f'{weights}: no such weights here; '
                               f'{nearest(weights, self.translators)}')
        return self.translators[weights]

    def change(self, path, dishes=None, weights=None, only_food=False, report=None):
        """Changes the dish of a photo.

        Args:
            path (str or None): The file; None: there is none yet.
            dishes (list of str): Names that the weights know; None: all of them.
            weights (str): One of :attr:`translators`; None: :attr:`default`.
            only_food (bool): Whether all but the food stays as it is.
            report (callable): Takes the number of pictures that are done, the number of all and
                the dish that is next, before each.

        Returns:
            tuple: The photo, scaled as the pictures are, and a dict of dish to picture; all are
            PIL images, RGB, of one size.

        Raises:
            Refusal: The file is no photo to work on.
            FoodganError: There are no such weights, they know no such dish, or memory does not
                suffice.
        """
        translator = self.translator(weights or self.default)
        dishes = translator.categories if dishes is None else dishes
        for dish in dishes:
            translator.check(dish)
        with self._lock:
            prepared, mask = _prepare(translator, path, only_food)
            _return_memory()
            pictures = {}
            for number, dish in enumerate(dishes):
                if report is not None:
                    report(number, len(dishes), dish)
                pictures[dish] = next(translator.translate([prepared], [dish], [mask]))
            return images.to_image(prepared), pictures


def shipping():
    """The weights that need no download (list of str), the default first."""
    names = [record.name for record in registry.records()
             if record.network in GENERATORS and not record.addresses]
    return sorted(names, key=DEFAULT_WEIGHTS.__ne__)


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


def _prepare(translator, path, only_food):
    photo = read(path, translator.size, translator.check_size)
    return translator.prepare(photo), _food_mask()(photo) if only_food else None


def _return_memory():
    """Gives what the C library has freed back to the system: gigabytes, after large photos."""
    with contextlib.suppress(AttributeError, OSError, TypeError):  # glibc alone has that
        ctypes.CDLL(None).malloc_trim(0)


def _size(source):
    return 2 * (read_generator(source).image_size or _USUAL)


@functools.cache
def _food_mask():
    from chainer_foodgan.masks import FoodMask

    return FoodMask()
