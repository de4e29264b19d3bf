"""What the page does with a photo. Nothing here knows of Gradio."""

import collections
import contextlib
import ctypes
import functools
import pathlib
import threading

from PIL import Image

from chainer_foodgan.errors import FoodganError, nearest
from chainer_foodgan.translation import Translator
from chainer_foodgan.web.photos import read
from chainer_foodgan.weights import DEFAULT_WEIGHTS, GENERATORS, registry

# Pixels of a photo that stays in memory, with what has become of it, until the next one.
_KEPT = 2 ** 24

# Seconds after which pictures have been sent, and are in memory no longer.
_SENT = 10

# Pixels of the shorter side of a mask that somebody may paint on.
_MASK = 512


class How(collections.namedtuple('How', 'strength second share', defaults=(1, None, 0))):
    """How much of which change: ``strength`` from the photo (0) to the dish (1), and the ``share``,
    in [0, 1], of a ``second`` dish (str or None) that is mixed in.
    """

    def label(self, dish):
        """What the translator is to be told (str, or dict of dish to share)."""
        if self.second in (None, dish) or not self.share:
            return dish
        return {dish: 1 - self.share, self.second: self.share}


class Service:
    """Changes the dishes of photos: one photo at a time, whatever thread asks.

    Args:
        weights (list of str): Names that `foodgan weights` lists, files or run folders.
        size, **options: As :class:`chainer_foodgan.Translator` takes them.

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
            self.translators[name] = Translator(source, size, **options)
        self.default = next(iter(self.translators))
        self._lock = threading.Lock()
        self._last = None, None

    def dishes(self):
        """What each of the weights knows (dict: name to list of dishes)."""
        return {name: translator.categories for name, translator in self.translators.items()}

    def translator(self, weights):
        """The Translator of a name; a FoodganError where there are no such weights."""
        if weights not in self.translators:
            raise FoodganError(f'{weights}: no such weights here; '
                               f'{nearest(weights, self.translators)}')
        return self.translators[weights]

    def change(self, path, dishes=None, weights=None, only_food=False, how=None, report=None,
               mask=None):
        """Changes the dish of a photo.

        Args:
            path (str or None): The file; None: there is none yet.
            dishes (list of str): Names that the weights know; None: all of them.
            weights (str): One of :attr:`translators`; None: :attr:`default`.
            only_food (bool): Whether all but the food stays as it is.
            how (How): How much of which change; None: all of the dishes'.
            report (callable): Called before each picture: how many are done, of how many, which
                dish.
            mask (str): A picture file, white where the photo may change; None: what is found.

        Returns:
            tuple: The photo and a dict of dish to picture; PIL images, RGB, of the photo's size.

        Raises:
            FoodganError: The file is no photo to work on (Refusal), there are no such weights, they
                know no such dish, or memory does not suffice.
        """
        weights, how = weights or self.default, how or How()
        translator = self.translator(weights)
        dishes = translator.categories if dishes is None else list(map(translator.check, dishes))
        if how.second is not None:
            how = how._replace(second=translator.check(how.second))
        with self._lock:
            before, pictures = self._changed(
                path, weights, only_food and (mask or 'auto'),
                {dish: how.label(dish) for dish in dishes}, report)
        return before, {dish: Image.blend(before, picture, how.strength) if how.strength < 1
                        else picture for dish, picture in pictures.items()}

    def _changed(self, path, weights, mask, labels, report):
        """At full strength; the last answer is kept, of which another strength may be asked."""
        key = path, weights, mask, labels
        if key == self._last[0]:
            return self._last[1]
        self._last = None, None
        translator = self.translators[weights]
        photo = translator.open(read(path, translator.enough, translator.check_size),
                                _open_mask(mask) if mask else None)
        _return_memory()
        pictures = {}
        for number, (dish, label) in enumerate(labels.items()):
            if report is not None:
                report(number, len(labels), dish)
            pictures[dish] = photo.finish(next(translator.translate([photo.array], [label])))
        timer = threading.Timer(_SENT, _return_memory)
        timer.daemon = True
        timer.start()
        if len(pictures) == 1 and photo.image.width * photo.image.height <= _KEPT:
            self._last = key, (photo.image, pictures)
        return photo.image, pictures


    def mask(self, path):
        """Finds the food in a photo's file: the photo, scaled down, and the mask, PIL images, RGB
        and L, of one size. A Refusal says why the file is no photo to work on.
        """
        with self._lock:
            photo = read(path, _MASK)
            photo.thumbnail((3 * _MASK, _MASK))
            return photo, _food_mask()(photo)


def shipping():
    """The weights that need no download (list of str), the default first."""
    names = [record.name for record in registry.records()
             if record.network in GENERATORS and not record.addresses]
    return sorted(names, key=DEFAULT_WEIGHTS.__ne__)


def _return_memory():
    """Gives what the C library has freed back to the system: gigabytes, after large photos."""
    with contextlib.suppress(AttributeError, OSError, TypeError):  # glibc alone has that
        ctypes.CDLL(None).malloc_trim(0)


def _open_mask(mask):
    return _food_mask() if mask == 'auto' else Image.open(mask).convert('L')


@functools.cache
def _food_mask():
    from chainer_foodgan.masks import FoodMask

    return FoodMask()
