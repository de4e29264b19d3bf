"""The pictures of a study: some as they are, the others translated."""

import collections
import functools
import math

import numpy

from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.datasets.opening import open_dataset
from chainer_foodgan.datasets.transforms import EvalTransform
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.evaluations.pictures import one_each
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
    translator = Translator(args.weights)
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
