"""The pictures of a study, the page that people answer on, and the key that it does not hold."""

import collections
import functools
import hashlib
import io
import json
import math
import pathlib

import numpy

from chainer_foodgan import documents
from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.datasets.opening import open_dataset
from chainer_foodgan.datasets.sampling import one_each
from chainer_foodgan.datasets.transforms import EvalTransform
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.translation.translator import Translator
from chainer_foodgan.weights import read_generator

Shown = collections.namedtuple('Shown', 'image real category dish source original')
Shown.__doc__ = """A picture of a study.

Attributes:
    image (PIL.Image.Image): RGB, square.
    real (bool): Whether it is as it was.
    category (str): Its own.
    dish (str): What it was translated into; None for a real one.
    source (str): Where it comes from: a file, or a bowl's number.
    original (PIL.Image.Image): As it was before it was translated.
"""


def gather(args):
    """Chooses pictures and translates a part of them.

    Args:
        args (argparse.Namespace): The options of ``user_study.py make``.

    Returns:
        list of Shown: In the order in which the page has them, which says nothing.

    Raises:
        FoodganError: Weights or photos cannot be used, or there are too few.
    """
    rng = numpy.random.default_rng((args.seed, args.real, args.fake))
    stored = read_generator(args.weights)
    size = args.size or stored.image_size or 256
    translator = Translator(args.weights, 'photo', output_size='network')
    names = translator.categories
    if args.images is None:
        dataset = RenderedBowls(args.real + args.fake, size, args.seed, names)
        read, name = dataset.image, 'bowl {}'.format
    else:
        dataset = open_dataset(args.images, args.list, split='test', categories=names,
                               skip_bad=True)
        read = functools.partial(dataset.image, enough=size)

        def name(index):
            return dataset.photos[index].file
    labels = one_each(dataset)
    real, fake = split(labels, args.real, args.fake, rng)
    square = EvalTransform(size, math.inf)

    def shown(index, changed):
        category = dish = names[labels[index]]
        image = square(read(index))
        if not changed:
            return Shown(image, True, category, None, name(index), image)
        if args.fakes == 'other':
            dish = str(rng.choice([name for name in names if name != category]))
        return Shown(translator(image, dish), False, category, dish, name(index), image)

    found = [shown(index, False) for index in real] + [shown(index, True) for index in fake]
    return [found[place] for place in rng.permutation(len(found))]


def split(labels, real, fake, rng):
    """Draws pictures, each once, so that both parts have the categories in like shares.

    Args:
        labels (numpy.ndarray): int (N,), the pictures' categories.
        real, fake (int): How many of each.
        rng (numpy.random.Generator): Draws.

    Returns:
        tuple of list of int: Indices of those that stay, and of those to be translated.

    Raises:
        FoodganError: There are too few pictures.
    """
    if real + fake > len(labels):
        raise FoodganError(f'{real} real and {fake} fake pictures are asked for and there are '
                           f'{len(labels)}, of which each is used once: name fewer by --real and '
                           '--fake')
    turn = rng.permutation(int(max(labels)) + 1)  # of the categories
    seen = collections.Counter()
    places = {}
    for index in rng.permutation(len(labels)).tolist():
        label = int(labels[index])
        places[index] = (seen[label] // 2, turn[label], seen[label])  # two of a category in a row
        seen[label] += 1
    kept, changed = [], []
    for index in sorted(places, key=places.get)[:real + fake]:
        # Whichever is further behind; equal numbers take turns.
        (kept if len(kept) * fake <= len(changed) * real and len(kept) < real
         else changed).append(index)
    return kept, changed


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
             'pictures': [documents.data_uri(file, 'image/jpeg') for file in files],
             'words': json.loads((_FOLDER / 'words.json').read_text('utf-8'))}
    return documents.render(_FOLDER / 'page.html', study=study), identity


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
