"""Saving weights for use and the training for resuming, and stopping before what is no number.

A snapshot is the whole state of a training in one file. Chainer's own ``snapshot`` extension reads
its files with pickle allowed; these are plain arrays. Rank 0 writes for all ranks. The place among
the photos is that in the order of whole batches, so that a training goes on with any number of
ranks.
"""

import collections
import contextlib
import math
import zipfile
import zlib

import numpy

from chainer_foodgan import files, weights
from chainer_foodgan.errors import FoodganError

import chainer

_POSITION = 'updater/iterator:main/current_position'
_ORDERS = ('updater/iterator:main/order', 'updater/iterator:main/_order')  # by kind of iterator


def save(trainer, path):
    """Writes networks, optimisers, iterator, extensions and triggers of a trainer into a ``.npz``
    file."""
    serializer = chainer.serializers.DictionarySerializer()
    serializer.save(trainer)
    state = serializer.target
    sampler = trainer.updater.get_iterator('main').order_sampler
    for key in state.keys() & set(_ORDERS):
        state[key] = sampler.whole(state[key])
    state[_POSITION] *= sampler.comm.size
    with files.replacing(path) as file:
        numpy.savez(file, **state)


def load(trainer, path):
    """Puts a trainer that was built with the same arguments into the state that :func:`save` wrote;
    a FoodganError where the file cannot be read, or is that of a different training."""
    try:
        with zipfile.ZipFile(path) as archive:  # numpy.load takes other kinds of files too
            whole = any(name.startswith('updater/') for name in archive.namelist())
        if not whole:
            raise FoodganError(f'{path}: weights, which are for use; a training is resumed from '
                               'the snapshots folder of its run, by --resume with the same --out')
        with numpy.load(path, allow_pickle=False) as arrays:
            sampler = trainer.updater.get_iterator('main').order_sampler
            shares = {key: sampler.share(arrays[key]) for key in _ORDERS if key in arrays}
            shares[_POSITION] = arrays[_POSITION] // sampler.comm.size
            chainer.serializers.NpzDeserializer(
                collections.ChainMap(shares, arrays)).load(trainer)
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError,
            RuntimeError) as error:
        raise FoodganError(f'cannot read the snapshot {path}: {error}; delete it to resume from '
                           'the one before') from error
    except (KeyError, ValueError, TypeError) as error:
        raise FoodganError('the snapshot {} does not fit this training: {}; resume with the '
                           'arguments that the run was started with'.format(
                               path, ' '.join(str(error).split()))) from error


class Diverged(FoodganError):
    """A training has come to a number that is not finite."""


class FailOnNaN(chainer.training.Extension):
    """Ends the training of a run at the first loss that is not a finite number.

    It runs before the snapshots are written, so the newest one is good.
    """

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

    ``networks()`` returns what :meth:`chainer_foodgan.training.updaters.base.System.weights` does;
    a trigger, ``for_use``, says when they are written, too. So many snapshots are kept.
    ``fail_on_nan`` makes the error for weights that are not finite. It runs last among the
    extensions, so that the snapshot holds what they did in this iteration.
    """

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
        save(trainer, self.run.snapshots / (stem + '.npz'))
        for old in self.run.saved()[:-self.keep]:
            with contextlib.suppress(FileNotFoundError):
                old.unlink()
