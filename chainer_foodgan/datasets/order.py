"""The order in which a training sees its photos."""

import chainer
import numpy

from chainer_foodgan.parallel import ALONE


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
        world (World): Who trains together: of each batch, only the rank's share is handed out.
    """

    def __init__(self, seed, batch_size, labels=None, world=ALONE):
        self.seed = seed
        self.batch_size = batch_size
        self.labels = labels
        self.world = world
        self._size = None

    def __call__(self, current_order, current_position):
        if self._size is None:  # an iterator's first call hands in arange(N), which is epoch 0
            self._size = len(current_order)
        return self.share(self._whole(int(current_order[0]) // self._size + 1))

    def share(self, order):
        """The rank's share of an epoch's order: of each batch its part."""
        batches = order.reshape(-1, self.batch_size)
        return self.world.share(batches.T).T.ravel()

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
