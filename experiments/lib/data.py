"""The data of the study of its size: what is trained on, in parts, and what is measured on."""

import collections
import math
import pathlib

import numpy

from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.datasets.lists import write_manifest
from chainer_foodgan.datasets.opening import open_dataset
from chainer_foodgan.datasets.sampling import hold_out, one_each
from chainer_foodgan.datasets.transforms import EvalTransform
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.evaluations.pictures import Pictures
from lib.measuring import UNSEEN

#: Share of the photos of each category that is measured on, and neither trained on nor shown to
#: the judge's training.
HELD_OUT = 0.2

#: Photos that a category needs: a FID takes two that are held out.
FEWEST = 8

Data = collections.namedtuple('Data', 'labels real unseen truth options judge what')
Data.__doc__ = """Data to train on in parts.

Attributes:
    labels (numpy.ndarray): int32 (N,), of all that may be trained on, so ordered that every part
        from the first one on has the categories in the same proportions.
    real (Pictures): Some of those, at most as many as there will be translations.
    unseen: A data set of what is measured on.
    truth (RenderedBowls): The bowls of ``unseen``, which know the true translations; or None.
    options (callable): A number -> options of a training on so many, the first ones.
    judge (dict): Options of ``foodgan train-classifier``.
    what (str): The pictures in a word, plural.
"""


def bowls(count, judged, size, categories, seed):
    """Rendered bowls.

    Args:
        count, judged (int): How many to train on and to measure on.
        size (int): Pixels.
        categories (sequence of str): Dishes, in label order.
        seed (int): Of those to train on.
    """
    names = {'categories': ','.join(categories)}
    unseen = RenderedBowls(judged, size, UNSEEN, categories)
    seen = RenderedBowls(count, size, seed, categories)
    return Data(seen.labels, _real(seen, range(count), unseen, size), unseen, unseen,
                lambda number: {**names, 'bowls': number}, names, 'bowls')


def photos(images, list_file, out, size, categories, seed):
    """Photos of a folder; the lists of the parts are written into a folder.

    Args:
        images, list_file: See :func:`chainer_foodgan.datasets.opening.open_dataset`; of splits
            ``train`` is used.
        out (pathlib.Path): Where the lists go.
        size (int): Pixels.
        categories (sequence of str): Names in label order; None: all.
        seed (int): Of the choice of the photos that are held out, and of each part.
    """
    dataset = open_dataset(images, list_file, categories=categories)
    labels = one_each(dataset)
    counts = numpy.bincount(labels, minlength=len(dataset.categories))
    if counts.min() < FEWEST:
        raise FoodganError(f'{images}: {counts.min()} photos of '
                           f'{dataset.categories[counts.argmin()]} are fewer than {FEWEST}: add '
                           'some, or leave the category out')
    kept, held = hold_out(labels, HELD_OUT, seed)
    kept = kept[evenly(labels[kept], numpy.random.default_rng(seed))]
    names = {'images': images, 'categories': ','.join(dataset.categories)}

    def options(number):
        path = pathlib.Path(out) / f'{number}_photos.csv'
        write_manifest(path, images, [dataset.photos[index] for index in (*kept[:number], *held)],
                       dataset.categories, number * ['train'] + len(held) * ['test'])
        return {**names, 'list': path}

    unseen = Pictures(dataset, EvalTransform(size, math.inf), held)
    return Data(labels[kept], _real(dataset, kept, unseen, size), unseen, None, options,
                options(len(kept)), 'photos')


def _real(dataset, indices, unseen, size):
    count = len(unseen) * (len(unseen.categories) - 1)
    return Pictures(dataset, EvalTransform(size, math.inf), indices[:count])


def evenly(labels, rng):
    """An order in which every part from the first one on has the same proportions.

    Args:
        labels (numpy.ndarray): int (N,).
        rng (numpy.random.Generator): Draws the order within a category.

    Returns:
        numpy.ndarray: Indices, int (N,). Of a category of n, the first m hold about n m / N.
    """
    place = numpy.empty(len(labels))
    for label in numpy.unique(labels):
        indices = numpy.flatnonzero(labels == label)
        place[rng.permutation(indices)] = (numpy.arange(len(indices)) + 0.5) / len(indices)
    return place.argsort(kind='stable')
