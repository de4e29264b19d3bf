"""Saving weights for use and the training for resuming, and stopping before what is no number."""

import contextlib
import math

import numpy

from chainer_foodgan import weights
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.training import snapshot

import chainer


class Diverged(FoodganError):
    """A training has come to a number that is not finite."""


class FailOnNaN(chainer.training.Extension):
    """Ends the training at the first loss that is not a finite number.

    It runs before the snapshots are written, so the newest one is good.

    Args:
        run (Run): Where the snapshots are.
    """

    name = 'FailOnNaN'
    trigger = (1, 'iteration')
    priority = chainer.training.PRIORITY_EDITOR

    def __init__(self, run):
        self.run = run

    def __call__(self, trainer):
        for name, value in trainer.observation.items():
            if not math.isfinite(float(value)):
                raise self.error(trainer, f'{name} is {float(value)}')

    def error(self, trainer, reason):
        """The error that ends the training."""
        good = self.run.saved()
        return Diverged(
            'the training diverged in iteration {}: {}; {}, try lower learning rates'.format(
                trainer.updater.iteration, reason,
                'the last good state is ' + str(good[-1]) if good else 'nothing was saved yet'))


class Snapshots(chainer.training.Extension):
    """Writes ``{epoch}_{iteration}_G.npz`` and the like, and a snapshot of the whole training.

    It runs last among the extensions, so that the snapshot holds what they did in this iteration.

    Args:
        run (Run): Where to write.
        networks (callable): ``networks()`` -> what the names end in to (link, meta), see
            :meth:`chainer_foodgan.training.systems.base.System.weights`.
        fail_on_nan (FailOnNaN): Makes the error for weights that are not finite.
        keep (int): Number of snapshots of the whole training to keep.
        for_use (callable): A trigger: when the weights are written, too.
    """

    name = 'Snapshots'
    priority = -100

    def __init__(self, run, networks, fail_on_nan, keep=2, for_use=lambda trainer: True):
        self.run, self.networks = run, networks
        self.fail_on_nan = fail_on_nan
        self.keep, self.for_use = keep, for_use

    def __call__(self, trainer):
        networks = self.networks()
        for link, _ in networks.values():
            for name, param in link.namedparams():
                if not numpy.isfinite(float(param.array.sum())):
                    raise self.fail_on_nan.error(trainer, name + ' is not finite')
        epoch, iteration = trainer.updater.place
        stem = f'{epoch}_{iteration}'
        for suffix, (link, meta) in networks.items() if self.for_use(trainer) else ():
            weights.save(link, self.run.models / f'{stem}_{suffix}.npz',
                         dict(meta, epoch=epoch, iteration=iteration))
        snapshot.save(trainer, self.run.snapshots / (stem + '.npz'))
        for old in self.run.saved()[:-self.keep]:
            with contextlib.suppress(FileNotFoundError):
                old.unlink()
