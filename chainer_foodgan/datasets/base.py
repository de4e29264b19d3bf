"""What the data sets of photo files have in common."""

import collections
import concurrent.futures
import logging
import math
import os

import numpy

from chainer_foodgan import files, images
from chainer_foodgan.datasets.sampling import EpochDataset
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.parallel import ALONE
from chainer_foodgan.printing import is_text

Photo = collections.namedtuple('Photo', 'file label box', defaults=(None,))
Photo.__doc__ = """A photo of a data set.

Attributes:
    file (str): Path of the picture.
    label (int or tuple of float): Its category's number, or a 0 or 1 for every category.
    box (tuple of float): ``(left, top, right, bottom)`` of the dish, each in [0, 1]; None for the
        whole picture.
"""

#: What a split that is neither for training nor for the test is called.
VALIDATION = ('val', 'valid', 'validation')

_logger = logging.getLogger('chainer_foodgan')

_AT_ONCE = 1024  # photos that are handed to threads


class Photos(list):
    """Photos in memory. :class:`chainer_foodgan.datasets.shards.ShardPhotos` are not."""

    @property
    def labels(self):
        """Their labels: int32 (N,), or float32 (N, c_dim)."""
        one_each = numpy.ndim(self[0].label) == 0
        return numpy.array([photo.label for photo in self],
                           numpy.int32 if one_each else numpy.float32)

    def take(self, places):
        """Those at some places (iterable of int)."""
        return Photos(self[place] for place in places)

    def missing(self):
        """The paths that are not there (list of str)."""
        return [photo.file for photo in self if not files.is_file(photo.file)]


class ImageDataset(EpochDataset):
    """Photos with labels, the same for every iterator and number of workers.

    An example is a function of ``(seed, epoch, index)`` alone: ``ds[i]`` is photo ``i % len(ds)``
    as it looks in epoch ``i // len(ds)``, and its transform gets a random generator made from those
    three numbers.

    =====  ==============  ================  ==========================
    name   shape           dtype             range
    =====  ==============  ================  ==========================
    image  (3, S, S)       float32           [-1, 1]; RGB
    label  () or (c_dim,)  int32 or float32  [0, c_dim - 1], or 0 and 1
    =====  ==============  ================  ==========================

    Args:
        photos (iterable of Photo): The photos; what has the members of :class:`Photos` is kept as
            it is.
        categories (iterable of str): Names in label order.
        source (str or os.PathLike): What errors call the data set.
        transform (callable): ``(PIL image, rng) -> PIL image`` of the size that the networks see;
            None leaves the photo as it is. Its ``enough``, if it has one, is that of
            :meth:`image`.
        seed (int): Not negative.
        skip_bad (bool): Decode all photos once, now, and leave out those that cannot be read. How
            many and which (the first 20) goes to the logger ``chainer_foodgan`` as one warning.
            Without it a photo that does not exist is an error now, and a broken one is an error
            when it is its turn. None: nothing is looked at now, see :meth:`leave_out_bad`.
        every_category (bool): Whether a category without a photo is an error.

    Attributes:
        categories (tuple of str): Names in label order.
        labels (numpy.ndarray): int32 (N,), or float32 (N, c_dim).
        photos (sequence of Photo): In the order of the labels.
        left_out (list of str): A line for every photo that ``skip_bad`` left out.
        split (str): The part of the photos that this is; None where it is all of them.
        draws_test (bool): Whether the layout names no test photos and an argument ``test`` says how
            many are drawn.

    Raises:
        FoodganError: Fewer than two categories, a name twice, a category without a photo, no photo
            at all, photos that do not exist.
    """

    split = None
    draws_test = False

    def __init__(self, photos, categories, source, transform=None, seed=0, skip_bad=False,
                 every_category=True):
        self.photos = photos if hasattr(photos, 'missing') else Photos(photos)
        self.categories = tuple(categories)
        self.left_out = []
        self._transform = transform
        self._seed = seed
        check_categories(self.categories, source)
        if skip_bad:
            self.leave_out_bad(source)
        else:
            if skip_bad is not None:
                self._check_exist(source)
            self._keep(self.photos, source)
        if every_category:
            self.check_every_category(source)

    def __len__(self):
        return len(self.photos)

    def image(self, index, enough=None):
        """A photo as it is, cropped to its dish where the data set knows where that is.

        Args:
            index (int): In [0, len(self)).
            enough (int): Pixels of the result's shorter side from which on more are of no use: a
                large photo may be read scaled down, to about twice that or more (see
                :func:`chainer_foodgan.images.read_image`). None: as large as it is.

        Returns:
            PIL.Image.Image: Mode RGB, any size.

        Raises:
            FoodganError: It cannot be read.
        """
        photo = self.photos[index]
        if photo.box is None:
            return images.read_image(photo.file, enough)
        left, top, right, bottom = photo.box
        if enough is not None:
            enough = math.ceil(enough / min(right - left, bottom - top))
        image = images.read_image(photo.file, enough)
        left, top, right, bottom = (
            round(share * side) for share, side in zip(photo.box, image.size * 2))
        return image.crop((left, top, max(right, left + 1), max(bottom, top + 1)))

    def example(self, epoch, index):
        """A photo as it looks in an epoch, with its label.

        Raises:
            FoodganError: The photo cannot be read.
        """
        try:
            image = self.image(index, getattr(self._transform, 'enough', None))
        except FoodganError as error:
            raise FoodganError(
                f'{error}, or leave such photos out with --skip-bad') from error
        if self._transform is not None:
            image = self._transform(image, numpy.random.default_rng((self._seed, epoch, index)))
        return images.to_array(image), self.labels[index]

    def _keep(self, photos, source):
        self.photos = photos
        if not photos:
            raise FoodganError(f'{source}: there is no photo in it; check the files and the split')
        self.labels = photos.labels

    def leave_out_bad(self, source, comm=ALONE):
        """Decodes all photos once and leaves out those that cannot be read, with a warning that
        names the source; the ranks of ``comm`` share the work. Returns where those that are kept
        were (list of int); a FoodganError says that none is left.
        """
        def problem(index):
            try:
                # All bytes are read, and few pixels made.
                images.read_image(self.photos[index].file, enough=1)
            except FoodganError as error:
                return str(error)
            return None

        # Pillow decodes outside Python's lock, so threads use all cores.
        bad, count = {}, len(self.photos)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for start in range(0, count, _AT_ONCE):
                some = range(start + comm.rank, min(start + _AT_ONCE, count), comm.size)
                bad.update((index, line) for index, line in zip(some, pool.map(problem, some))
                           if line)
        bad = dict(sorted(pair for part in comm.gather(bad) for pair in part.items()))
        kept = [index for index in range(count) if index not in bad]
        self.left_out = list(bad.values())
        if bad:
            self._warn(source, bad)
        self._keep(self.photos.take(kept) if bad else self.photos, source)
        return kept

    def _warn(self, source, bad):
        first = [self.photos[index].file for index in list(bad)[:20]]
        more = f' and {len(bad) - 20} more' if len(bad) > 20 else ''
        _logger.warning('%s: left out %d of %d photos that cannot be read: %s%s',
                        source, len(bad), len(self.photos), ', '.join(first), more)

    def _check_exist(self, source):
        missing = self.photos.missing()
        if missing:
            raise FoodganError(
                f'{source}: {len(missing)} of {len(self.photos)} photos do not exist, the first is '
                f'{missing[0]}; check the folder, or leave them out with --skip-bad')

    def check_every_category(self, source, places=slice(None)):
        """Raises FoodganError unless every category has a photo among those at some places."""
        labels = self.labels[places]
        if labels.ndim == 1:
            counts = numpy.bincount(labels, minlength=len(self.categories))
        else:
            counts = labels.sum(axis=0)
        empty = [name for name, count in zip(self.categories, counts) if count == 0]
        if empty:
            raise FoodganError('{}: no photo of {}; add photos or leave the category out'.format(
                source, ', '.join(empty)))


def check_categories(categories, source):
    """Raises FoodganError unless there are two categories or more, with different names."""
    if len(categories) < 2:
        raise FoodganError('{}: it has fewer than two categories ({}); add another'.format(
            source, ', '.join(categories) or 'none'))
    twice = sorted(name for name, n in collections.Counter(categories).items() if n > 1)
    if twice:
        raise FoodganError(f'{source}: category {twice[0]} is named twice; name it once')
    for name in categories:
        if not is_text(name):
            raise FoodganError(f'{source}: the name of category {name!r} has bytes that are no '
                               'text; rename it')


def select_categories(categories, available, source):
    """The categories to use: those asked for, in that order, or all there are.

    Raises:
        FoodganError: One that was asked for is not there.
    """
    if categories is None:
        return tuple(available)
    for name in categories:
        if name not in available:
            raise FoodganError('{}: it has no category {}; choose among {}'.format(
                source, name, ', '.join(available) or '(none)'))
    return tuple(categories)


def read_text(path):
    """Lines of a UTF-8 text file, without their ends.

    Raises:
        FoodganError: It cannot be read.
    """
    try:
        with open(path, encoding='utf-8-sig') as file:
            return file.read().split('\n')
    except OSError as error:
        raise FoodganError(f'cannot read {path}: {error.strerror or error}; check the '
                           'name') from error
    except UnicodeDecodeError as error:
        raise FoodganError(f'cannot read {path}: it is no UTF-8 text; check that it is the list of '
                           'the photos') from error
