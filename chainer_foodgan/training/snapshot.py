"""The whole state of a training in one file, to go on from.

Chainer's own ``snapshot`` extension reads its files with pickle allowed; these are plain arrays.
Rank 0 writes for all ranks. The place among the photos is that in the order of whole batches, so
that a training goes on with any number of ranks.
"""

import collections
import zipfile
import zlib

import numpy

from chainer_foodgan import files
from chainer_foodgan.errors import FoodganError

import chainer

_POSITION = 'updater/iterator:main/current_position'
_ORDERS = ('updater/iterator:main/order', 'updater/iterator:main/_order')  # by kind of iterator


def save(trainer, path):
    """Writes networks, optimisers, iterator, extensions and triggers.

    Args:
        trainer (chainer.training.Trainer): What to save.
        path (str or os.PathLike): A ``.npz`` file.
    """
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
    """Puts a trainer into the state that :func:`save` wrote.

    Args:
        trainer (chainer.training.Trainer): Built with the same arguments.
        path (str or os.PathLike): The file.

    Raises:
        FoodganError: The file cannot be read, or is that of a different training.
    """
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
