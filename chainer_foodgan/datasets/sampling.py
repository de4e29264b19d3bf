"""Which example is seen when: epochs, a seeded order, splits; one label each; a cache of them."""

import random

import numpy

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.parallel import ALONE

import chainer


class EpochDataset(chainer.dataset.DatasetMixin):
    """``self[i]`` is example ``i % len(self)`` as it looks in epoch ``i // len(self)``.

    Samplers hand out such numbers (see :class:`SeededOrder`), so an example is a
    function of its number alone, whatever process reads it. Sub-classes have ``__len__`` and
    ``example(epoch, index)``.
    """

    def __iter__(self):
        # Numbers beyond the end are later epochs, so Python's default would never stop.
        return (self[index] for index in range(len(self)))

    def get_example(self, i):
        if i < 0:
            raise IndexError(f'{i} is negative')
        return self.example(*divmod(int(i), len(self)))

    def example(self, epoch, index):
        """An example, of its index in [0, len(self)) and of an epoch from 0 on."""
        raise NotImplementedError


class SeededOrder(chainer.iterators.OrderSampler):
    """Shuffles every epoch as a function of the seed and the epoch's number.

    The indices it hands out are ``epoch * N + index`` (epochs count from 1), so that a data set
    knows the epoch without being told, in whatever process or thread it runs; see
    :class:`chainer_foodgan.datasets.base.ImageDataset`. Nothing has to be saved to resume.

    An epoch has floor(N / batch_size) full batches: the released weights are those of iteration
    7189 = floor(230053 / 32) of epoch 20. The photos left out differ from epoch to epoch.

    Args:
        seed (int): Seed.
        batch_size (int): Photos in a batch.
        labels (numpy.ndarray): int (N,), to draw the categories evenly instead: the photos of
            each category are shuffled and repeated as often as it takes.
        comm (Communicator): Who trains together: of each batch, only the rank's share is handed
            out.
    """

    def __init__(self, seed, batch_size, labels=None, comm=ALONE):
        self.seed = seed
        self.batch_size = batch_size
        self.labels = labels
        self.comm = comm
        self._size = None

    def __call__(self, current_order, current_position):
        if self._size is None:  # an iterator's first call hands in arange(N), which is epoch 0
            self._size = len(current_order)
        return self.share(self._whole(int(current_order[0]) // self._size + 1))

    def share(self, order):
        """The rank's share of an epoch's order: of each batch its part."""
        batches = order.reshape(-1, self.batch_size)
        return self.comm.share(batches.T).T.ravel()

    def whole(self, share):
        """The order of the epoch that a rank's share is of."""
        return self._whole(int(share[0]) // self._size)

    def _whole(self, epoch):
        N = self._size
        rng = numpy.random.default_rng((self.seed, epoch))
        order = rng.permutation(N) if self.labels is None else self._even(rng)
        return epoch * N + order[:N // self.batch_size * self.batch_size]

    def _even(self, rng):
        categories = numpy.unique(self.labels)
        share = -(-self._size // len(categories))
        drawn = [numpy.resize(rng.permutation(numpy.flatnonzero(self.labels == category)), share)
                 for category in categories]
        return rng.permutation(numpy.concatenate(drawn))[:self._size]


def part_of(items, split, test, source, used=None):
    """The part of a data set that a split is (list).

    All items are shuffled in the same way each time, whatever is used of them (``used``: item ->
    bool), and the first ``test`` (below 1: a share) of those that are used are the test items: more
    of them include fewer. Without a split they are all that are used, in their own order. A
    FoodganError that names the source says that there is no such split, or that nothing is left to
    train on.

    Source: ``data_loader.py`` of the original (``CelebDataset``), which has 99 test photos.
    """
    items = list(items)
    if split is not None:
        # A generator of its own gives the same sequence as random.seed(1234).
        random.Random(1234).shuffle(items)
    if used is not None:
        items = [item for item in items if used(item)]
    if not items:
        raise FoodganError(f'{source}: no photo is left in it; leave fewer out')
    if split is None:
        return items
    if split not in ('train', 'test'):
        raise FoodganError(f'{source}: it has no split {split!r}; choose train or test')
    count = round(test * len(items)) if 0 < test < 1 else int(test)
    if not 0 <= count < len(items):
        raise FoodganError(f'{source}: {count} test photos of {len(items)} leave none to train on; '
                           'choose fewer, or a share such as 0.1')
    return items[:count] if split == 'test' else items[count:]


def one_each(dataset):
    """The labels of a data set as one category a picture, int32 (N,). A FoodganError says that a
    list file names no category, or several, for one of its photos.
    """
    if dataset.labels.ndim == 1:
        return dataset.labels
    counts = dataset.labels.sum(axis=1)
    if (counts != 1).any():
        index = int(numpy.argmax(counts != 1))
        raise FoodganError(f'{dataset.photos[index].file}: the list gives it {counts[index]:.0f} '
                           'of the categories; here every photo needs exactly one: choose other '
                           '--categories or another list')
    return dataset.labels.argmax(axis=1).astype(numpy.int32)


def hold_out(labels, share, seed):
    """Splits pictures with these labels, int (N,), in two: of each category a share in (0, 1),
    rounded, at least one picture, is held out. Returns the indices of the pictures to train on and
    of those held out, both in order.
    """
    rng = numpy.random.default_rng(seed)
    held = []
    for label in numpy.unique(labels):
        indices = rng.permutation(numpy.flatnonzero(labels == label))
        held.append(indices[:max(1, round(share * len(indices)))])
    held = numpy.sort(numpy.concatenate(held))
    return numpy.setdiff1d(numpy.arange(len(labels)), held), held


class Cache:
    """Holds arrays once they were made, as long as there is room (bytes)."""

    def __init__(self, room):
        self._room = room
        self._held = {}

    def __call__(self, key, make):
        """The array that goes by a key, to be read only; ``make()`` is called where it is not held.
        """
        if key in self._held:
            return self._held[key]
        array = make()
        if array.nbytes <= self._room:
            self._room -= array.nbytes
            self._held[key] = array
        return array

    def __getstate__(self):
        # For another process, which makes them anew, rather than through a pipe.
        return {'_room': self._room + sum(array.nbytes for array in self._held.values()),
                '_held': {}}
