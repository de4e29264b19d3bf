"""Pictures in pairs: of two data sets by chance, or photos and what a teacher made of them."""

import collections
import os

import numpy

from chainer_foodgan import images
from chainer_foodgan.categories import NAMES
from chainer_foodgan.datasets.base import select_categories
from chainer_foodgan.datasets.lists import read_table
from chainer_foodgan.datasets.sampling import EpochDataset
from chainer_foodgan.errors import FoodganError


class OneCategory(EpochDataset):
    """The photos of one category (int) of a data set with one category a photo; its name alone is
    in ``categories``, and ``labels``, int32 (N,), are all the same.
    """

    def __init__(self, dataset, label):
        self._dataset = dataset
        self.categories = dataset.categories[label],
        self._indices = numpy.flatnonzero(dataset.labels == label)
        self.labels = dataset.labels[self._indices]

    def __len__(self):
        return len(self._indices)

    def example(self, epoch, index):
        """A photo as it looks in an epoch, with its label."""
        return self._dataset[epoch * len(self._dataset) + int(self._indices[index])]


class Unpaired(EpochDataset):
    """Photos of a first data set in order, each beside one of a second by chance.

    As long as the longer of the two (upstream: unaligned_data_loader of the CycleGAN code). An
    example is a function of ``(seed, epoch, index)`` alone, as everywhere in this package: the
    photo of the second set is as it looks in that epoch, too.

    Args:
        first, second: Data sets of this package.
        seed (int): Not negative.

    Attributes:
        first, second: As given.
        categories (tuple of str): Those of both.
    """

    def __init__(self, first, second, seed=0):
        self.first, self.second, self._seed = first, second, seed
        self.categories = tuple(first.categories) + tuple(second.categories)

    def __len__(self):
        return max(len(self.first), len(self.second))

    def example(self, epoch, index):
        """``(x, label, x, label)``: an example of the first set and one of the second."""
        other = int(numpy.random.default_rng((self._seed, epoch, index)).integers(
            len(self.second)))
        return (self.first[epoch * len(self.first) + index % len(self.first)]
                + self.second[epoch * len(self.second) + other])


TABLE = 'manifest.csv'
#: In the column ``target``: the photo itself.
INPUT = 'input'

TeacherPhoto = collections.namedtuple('TeacherPhoto', 'file source results')
TeacherPhoto.__doc__ = """A photo and its translations by a teacher.

Attributes:
    file (str): Path of the photo.
    source (str): The dish that it shows.
    results (dict): Target dish to the path of the teacher's picture.
"""


class TeacherPairs(EpochDataset):
    """Photos beside what a teacher made of them, every photo once with every dish in an epoch.

    An example is a function of ``(seed, epoch, index)`` alone.

    ======  =========  =======  =======================================================
    name    shape      dtype    range
    ======  =========  =======  =======================================================
    photo   (3, S, S)  float32  [-1, 1]; RGB
    result  (3, S, S)  float32  [-1, 1]; RGB
    label   ()         int32    [0, c_dim - 1], the dish that the teacher was asked for
    ======  =========  =======  =======================================================

    Args:
        root, split, hold_out, categories: See :func:`read_teacher_pairs`.
        transform (callable): ``(PIL image, rng) -> PIL image``; it is called for photo and result
            with generators in the same state, so that both are cropped and mirrored alike.
        seed (int): Not negative.

    Attributes:
        categories (tuple of str): Targets in label order.
        photos (list of TeacherPhoto): In the order of the numbers.

    Raises:
        FoodganError: As of :func:`read_teacher_pairs`; a picture cannot be read, or is of another
            size than its photo.
    """

    def __init__(self, root, transform, split=None, hold_out=0, categories=None, seed=0):
        self.photos, self.categories = read_teacher_pairs(root, split, hold_out, categories)
        self._transform, self._seed = transform, seed

    def __len__(self):
        return len(self.photos) * len(self.categories)

    def example(self, epoch, index):
        """A photo, the teacher's result and the label of its dish, as they look in an epoch."""
        number, label = divmod(index, len(self.categories))
        photo = self.photos[number]
        x, y = pair = [images.read_image(file) for file in (
            photo.file, photo.results[self.categories[label]])]
        if x.size != y.size:
            raise FoodganError('{}: {} x {} pixels, but its photo has {} x {}; scale one to the '
                               'other'.format(photo.results[self.categories[label]],
                                              *(y.size + x.size)))
        x, y = (images.to_array(self._transform(
            picture, numpy.random.default_rng((self._seed, epoch, index)))) for picture in pair)
        return x, y, numpy.int32(label)


def read_teacher_pairs(root, split=None, hold_out=0, categories=None):
    """Reads which photos there are and what a teacher made of them.

    Args:
        root (str or os.PathLike): Folder of the pictures with a table ``manifest.csv``, a row per
            picture: ``file``, ``input`` (number of the photo), ``source`` (the dish that it shows)
            and ``target`` (the dish that it was turned into, or ``input`` for the photo itself).
        split (str): ``'test'``: the last ``hold_out`` photos of each source dish; ``'train'``: all
            others; None: all.
        categories (iterable of str): Targets in label order. Default: those of the table, in the
            paper's order where they are the paper's, else sorted.

    Returns:
        tuple: The photos (list of TeacherPhoto, by number) and the categories (tuple of str). A
            FoodganError says that the table or a picture is missing, or that the split is empty.
    """
    path = os.path.join(root, TABLE)
    rows = [row for _, row in read_table(path, ('file', 'input', 'source', 'target'))]
    targets = {row['target'] for row in rows} - {INPUT}
    known = NAMES if targets <= set(NAMES) else sorted(targets)
    names = select_categories(categories, [name for name in known if name in targets], path)
    by_number = collections.defaultdict(dict)
    sources = {}
    for row in rows:
        by_number[row['input']][row['target']] = os.path.join(root, row['file'])
        sources[row['input']] = row['source']
    photos, seen = [], collections.Counter()
    for number in sorted(by_number, key=_in_order, reverse=True):
        found = by_number[number]
        missing = [name for name in (INPUT, *names) if name not in found]
        if missing:
            raise FoodganError('{}: photo {} lacks {}; add the picture, or take the photo out'
                               .format(path, number, ', '.join(missing)))
        held_out = seen[sources[number]] < hold_out
        seen[sources[number]] += 1
        if split is None or held_out == (split == 'test'):
            photos.append(TeacherPhoto(found[INPUT], sources[number],
                                       {name: found[name] for name in names}))
    if not photos:
        raise FoodganError(f'{path}: no photo is left to {split}; {hold_out} are held out of each '
                           'dish')
    return photos[::-1], tuple(names)


def _in_order(number):
    return (int(number), '') if number.isdigit() else (0, number)
