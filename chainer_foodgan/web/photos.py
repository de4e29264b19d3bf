"""Photos of the page: those to begin with, those that people send, and why some are refused.

Gradio deletes what is old in the folder of uploads.
"""

import collections
import contextlib
import csv
import io
import pathlib
import secrets
import shutil
import tempfile
import time

from filelock import FileLock, Timeout
from PIL import Image, UnidentifiedImageError

from chainer_foodgan import images
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.weights import registry

_NAMES = ('pho_1.jpg', 'com_tam_1.jpg', 'cao_lau_1.jpg', 'bun_hai_san_1.jpg', 'com_ga_1.jpg',
          'hu_tieu_1.jpg', 'mi_quang_1.jpg', 'bun_bo_hue_1.jpg')

Examples = collections.namedtuple('Examples', 'photos licence source')
Examples.__doc__ = """Photos, and whom they are from.

Attributes:
    photos (list of tuple): Path (pathlib.Path) and the name of the dish that is shown.
    licence, source (str): Of all of them.
"""


def open_examples():
    """The photos that ship (Examples)."""
    folder = registry.folder() / 'photos'
    with open(folder / 'attribution.csv', encoding='utf-8', newline='') as file:
        rows = {row['file']: row for row in csv.DictReader(file)}
    rows = [rows[name] for name in _NAMES]
    return Examples([(folder / row['file'], row['dish']) for row in rows],
                    ', '.join(sorted({row['licence'] for row in rows})),
                    ', '.join(sorted({row['source'] for row in rows})))


_EVERY = 30  # seconds between two looks for what is old
_PREFIX = 'foodgan-page-'


@contextlib.contextmanager
def temporary_folder():
    """A folder for as long as a server runs; takes away those of servers that were killed. A lock
    in it, which ends with the process, says that it is in use.
    """
    folder = pathlib.Path(tempfile.mkdtemp(prefix=_PREFIX))
    for left in pathlib.Path(tempfile.gettempdir()).glob(_PREFIX + '*'):
        with contextlib.suppress(OSError, Timeout):  # somebody else's, or in use
            if (left / 'lock').is_file() and left.lstat().st_uid == folder.stat().st_uid:
                with FileLock(left / 'lock', timeout=0):
                    shutil.rmtree(left)
    try:
        with FileLock(folder / 'lock'):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Uploads:
    """Files that strangers have sent, and pictures made of them, in a folder of ``most`` bytes that
    belongs to nobody else; files get so many minutes old.

    ``delete_cache`` says the same for ``gradio.Blocks``: seconds between two looks for what is old,
    and seconds that a file gets old.
    """

    def __init__(self, folder, most=2 ** 30, minutes=15):
        self.folder, self.most, self.minutes = pathlib.Path(folder), most, minutes
        self.folder.mkdir(parents=True)
        age = round(60 * minutes)
        self.delete_cache = min(_EVERY, age), age

    def new_path(self, name):
        """A path for a file to be saved, which nobody can guess, though its name is plain."""
        return self.folder / secrets.token_hex(32) / name

    def has(self, path):
        """Whether a file is one of these, by its path."""
        return pathlib.Path(path).resolve().is_relative_to(self.folder.resolve())

    def room(self):
        """How many bytes there is still room for (int); takes away folders that are empty."""
        left = self.most
        for path in list(self.folder.rglob('*')):
            with contextlib.suppress(OSError):  # deleted in the meantime, or not empty
                status = path.lstat()
                if not path.is_dir():
                    left -= status.st_size
                elif time.time() - status.st_mtime > 60:  # a file may be on its way to a new one
                    path.rmdir()
        return left


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
    """Reads an upload, see :func:`chainer_foodgan.images.read_image`. A Refusal says why it is no
    photo to work on, and does not tell the file's path.
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
