"""Saving weights for use and the training for resuming."""

import contextlib

import chainer
import numpy

from chainer_foodgan import weights
from chainer_foodgan.files import by_place
from chainer_foodgan.training import snapshot


class Snapshots(chainer.training.Extension):
    """Writes ``{epoch}_{iteration}_G.npz`` and the like, and a snapshot of the whole training.

    It runs last among the extensions, so that the snapshot holds what they did in this iteration.

    Args:
        run (Run): Where to write.
        networks (callable): ``networks()`` -> what the names end in to (link, meta), see
            :meth:`chainer_foodgan.training.systems.base.System.weights`.
        fail_on_nan (FailOnNaN): Makes the error for weights that are not finite.
        keep (int): Number of snapshots of the whole training to keep.
    """

    name = 'Snapshots'
    priority = -100

    def __init__(self, run, networks, fail_on_nan, keep=2):
        self.run, self.networks = run, networks
        self.fail_on_nan = fail_on_nan
        self.keep = keep

    def __call__(self, trainer):
        networks = self.networks()
        for link, _ in networks.values():
            for name, param in link.namedparams():
                if not numpy.isfinite(float(param.array.sum())):
                    raise self.fail_on_nan.error(trainer, name + ' is not finite')
        epoch, iteration = trainer.updater.place
        stem = '{}_{}'.format(epoch, iteration)
        for suffix, (link, meta) in networks.items():
            weights.save(link, self.run.models / '{}_{}.npz'.format(stem, suffix),
                         dict(meta, epoch=epoch, iteration=iteration))
        snapshot.save(trainer, self.run.snapshots / (stem + '.npz'))
        for old in by_place(self.run.snapshots, '.npz')[:-self.keep]:
            with contextlib.suppress(FileNotFoundError):
                old.unlink()
