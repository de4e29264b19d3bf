"""The page that people answer on, and the key that it does not hold."""

import hashlib
import io
import json
import pathlib

from chainer_foodgan import pages
from chainer_foodgan.errors import FoodganError

_FOLDER = pathlib.Path(__file__).parent

#: Pause before a picture in seconds, and after how many a rest is offered.
PAUSE, REST = 0.6, 25


def page(pictures, seconds, photos):
    """A study as one HTML file, without the truth.

    All pictures go through the same JPEG compression, and their order is that of the list; the
    page shuffles them anew for everybody.

    Args:
        pictures (list of Shown): In an order that says nothing.
        seconds (float): For how long each is shown.
        photos (bool): Whether the real ones are photos, or drawn.

    Returns:
        tuple of str: The page and the study's identity, which depends on the pictures and on how
        long they are shown.
    """
    files = [_jpeg(picture.image) for picture in pictures]
    identity = hashlib.sha256(b'\0'.join([str(seconds).encode(), *files])).hexdigest()[:12]
    study = {'study': identity, 'seconds': seconds, 'pause': PAUSE, 'rest': REST,
             'size': pictures[0].image.width, 'kind': 'photos' if photos else 'bowls',
             'pictures': [pages.data_uri(file, 'image/jpeg') for file in files],
             'words': json.loads((_FOLDER / 'words.json').read_text('utf-8'))}
    return pages.render(_FOLDER / 'page.html', study=study), identity


def key(pictures, identity, fakes):
    """What is true of the pictures, by their places in the page (dict of JSON values)."""
    return {'study': identity, 'fakes': fakes, 'pictures': [
        {'real': picture.real, 'category': picture.category, 'dish': picture.dish,
         'source': picture.source} for picture in pictures]}


def read_key(path):
    """The key of a study, as :func:`key` made it.

    Raises:
        FoodganError: It cannot be read, or it is no key.
    """
    try:
        found = json.loads(pathlib.Path(path).read_text('utf-8'))
        known = isinstance(found['study'], str) and isinstance(found['fakes'], str) and all(
            isinstance(picture['real'], bool) for picture in found['pictures'])
    except OSError as error:
        raise FoodganError(f'cannot read {path}: {error.strerror or error}; name the folder that '
                           'the study was made in by --out') from error
    except (ValueError, KeyError, TypeError, RecursionError):
        known = False
    if not known:
        raise FoodganError(f'{path}: it is no key of a study; make the study again with the same '
                           'options')
    return found


def _jpeg(image):
    file = io.BytesIO()
    image.save(file, 'JPEG', quality=95, subsampling=0)
    return file.getvalue()
