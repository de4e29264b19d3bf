"""Saving weights for use and the training for resuming."""

import contextlib

import chainer
import numpy

from chainer_foodgan import weights
from chainer_foodgan.training import snapshot


class Snapshots(chainer.training.Extension):
    """Writes ``{epoch}_{iteration}_G.npz``, ``_D.npz`` and a snapshot of the whole training.

    It runs last among the extensions, so that the snapshot holds what they did in this iteration.

    Args:
        run (Run): Where to write.
        links (dict): ``'G'`` and ``'D'`` to the networks as they are to be used.
        meta (dict): What the weights' files say of themselves, see
            :func:`chainer_foodgan.weights.save`.
        fail_on_nan (FailOnNaN): Makes the error for weights that are not finite.
        keep (int): Number of snapshots of the whole training to keep.
    """

    name = 'Snapshots'
    priority = -100

    def __init__(self, run, links, meta, fail_on_nan, keep=2):
        self.run, self.links, self.meta = run, links, meta
        self.fail_on_nan = fail_on_nan
        self.keep = keep

    def __call__(self, trainer):
        for link in self.links.values():
            for name, param in link.namedparams():
                if not numpy.isfinite(float(param.array.sum())):
                    raise self.fail_on_nan.error(trainer, name + ' is not finite')
        epoch, iteration = trainer.updater.place
        stem = '{}_{}'.format(epoch, iteration)
        for suffix, link in self.links.items():
            weights.save(link, self.run.models / '{}_{}.npz'.format(stem, suffix),
                         dict(self.meta, epoch=epoch, iteration=iteration))
        snapshot.save(trainer, self.run.snapshots / (stem + '.npz'))
        for old in snapshot.ordered(self.run.snapshots)[:-self.keep]:
            with contextlib.suppress(FileNotFoundError):
                old.unlink()
