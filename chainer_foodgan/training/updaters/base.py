"""What every updater shares: its place in the epoch and its randomness."""

import numpy

from chainer_foodgan.parallel import ALONE, Draws

import chainer


class Updater(chainer.training.updaters.StandardUpdater):
    """Base class of the systems' updaters.

    Everything random in iteration t is drawn from a generator made of (seed, t), so saving the
    iteration's number saves the randomness, and nothing else in the process can disturb it.

    Args:
        iterator (chainer.dataset.Iterator): Batches; an epoch is a whole number of them (see
            :class:`chainer_foodgan.datasets.sampling.SeededOrder`).
        optimizer (dict): Name of a network to its
            :class:`chainer_foodgan.training.optimizer.Adam`.
        seed (int): Seed of the updater's randomness.
        device (str or chainer.backend.Device): Where to compute; the networks are moved there.
        comm (Communicator): Who trains together. The iterator then hands out the rank's share
            of each batch, and what is reported is averaged over the ranks.
    """

    def __init__(self, iterator, optimizer, *, seed=0, device='@numpy', comm=ALONE):
        super().__init__(iterator, optimizer, device=device, auto_new_epoch=False)
        self.seed = seed
        self.comm = comm

    def update(self):
        super().update()
        if self.comm.size > 1:
            observation = chainer.reporter.get_current_reporter().observation
            observation.update(self.comm.mean(observation))

    def rng(self):
        """The generator of the iteration that is going on."""
        return numpy.random.default_rng((self.seed, self.iteration))

    def draws(self):
        """The same generator, for what belongs to the batch: the rank's share of every draw."""
        return Draws(self.rng(), self.comm)

    @property
    def batches_done(self):
        """Batches of the current epoch that have been used: 0 at its start."""
        iterator = self.get_iterator('main')
        return iterator.current_position // iterator.batch_size

    @property
    def place(self):
        """Epoch and iteration within it of the last update, both from 1, as files are named."""
        iterator = self.get_iterator('main')
        if iterator.is_new_epoch:
            whole_batch = iterator.batch_size * self.comm.size
            return iterator.epoch, len(iterator.dataset) // whole_batch
        return iterator.epoch + 1, self.batches_done

    def next_batch(self):
        """Arrays of the next batch (of the rank's share), on the device."""
        return self.converter(self.get_iterator('main').next(), self.device)


def report(losses, link):
    """Reports losses under the link's name: ``dis/loss_gp`` and so on."""
    chainer.report({'loss_' + name: loss.array for name, loss in losses.items()}, link)
