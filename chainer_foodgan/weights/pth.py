"""PyTorch's files without PyTorch: today's zip archives and, only to be read, PyTorch 0.3's stream.

Both hold a pickle of dicts of tensors, and the storages that the tensors are views of. The stream
is a sequence of pickles (a magic number, the protocol's number, facts about the machine, the
object, the storages' keys) and then, in the order of the keys, each storage: its number of
elements in 8 bytes, and they. An archive has ``data.pkl`` and a file ``data/{key}`` for each.
"""

from __future__ import annotations

import io
import math
import os
import struct
import zipfile
from typing import Any, Union

import numpy as np

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.files import replacing
from chainer_foodgan.weights import checks
from chainer_foodgan.weights.naming import renamed_for_pytorch
from chainer_foodgan.weights.pickles import Reader, Refused
from chainer_foodgan.weights.tensors import NAMES, Storages, Tensor

__all__ = ['WRAPPERS', 'read', 'write']

#: Under which keys checkpoints keep the weights of a network, the likeliest first.
WRAPPERS = ('state_dict', 'model_state_dict', 'model', 'G', 'net_G', 'netG', 'generator', 'gen',
            'G_state_dict', 'G_ema', 'params', 'weights', 'D', 'net_D', 'netD', 'discriminator')

_MAGIC = 0x1950a86a20f9469cfc6c
_PROTOCOL = 1001
_DEPTH = 3  # of wrappers


def read(path: Union[str, os.PathLike]) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Reads the state dict in a PyTorch file, see :data:`chainer_foodgan.weights.reading.FORMATS`.

    What it holds is a state dict, or a dict with one under a key such as ``state_dict`` or ``G``
    (:data:`WRAPPERS`). No byte of the file is executed, and no array is made before its size agrees
    with that of the file. Storages that the state dict does not use (of an optimiser, say) are not
    read. bfloat16 becomes float32; there is no metadata. What is none of a state dict is refused,
    by name.
    """
    checks.check_kind(path, 'a PyTorch file', lambda head: head.startswith((checks.ZIP, b'\x80')))
    size = os.path.getsize(path)
    try:
        with open(path, 'rb') as file:
            archived = file.read(1) == checks.ZIP[:1]
        state = (_read_archive if archived else _read_stream)(path, size)
    except Refused as error:
        raise FoodganError(
            f'{path}: not read, it {error}; nothing of it was run. If the file is yours, save the '
            "network's state_dict() alone; if not, do not trust it") from error
    except checks.DAMAGE as error:
        raise checks.damaged(path, error) from error
    checks.check_finite(path, state)
    return state, {}


def _budget(size):
    return 100000 + size // 64


def _read_stream(path, size):
    storages = Storages()
    with open(path, 'rb') as file:
        reader = Reader(file, size, _budget(size), NAMES, storages.find)
        if reader.load() != _MAGIC or reader.load() != _PROTOCOL:
            raise FoodganError(f'{path}: a pickle, but not one that PyTorch wrote; weights are a '
                               'state_dict() saved by torch.save')
        machine = reader.load()
        if type(machine) is not dict or machine.get('little_endian') is not True:
            raise Refused('was written on a machine of another byte order')
        tensors = _select(path, reader.load(), size)
        keys = reader.load()
        if type(keys) is not list or any(type(key) is not str for key in keys) or sorted(
                keys) != sorted(storages):
            raise ValueError('the list of its storages is not that of its tensors')
        used = {id(tensor.storage) for tensor in tensors.values()}
        for key in keys:
            storage = storages[key]
            position = file.tell() + 8
            if int.from_bytes(file.read(8), 'little') != storage.numel:
                raise ValueError('a storage is not of the size of its tensors')
            if storage.nbytes > size - position:
                raise EOFError('it ends too early')
            if id(storage) in used:
                storage.fill(checks.filled(file, storage.nbytes))
            else:
                file.seek(storage.nbytes, os.SEEK_CUR)
    return {key: tensor.array() for key, tensor in tensors.items()}


def _read_archive(path, size):
    storages = Storages()
    with checks.open_zip(path) as archive:
        names = archive.namelist()
        checks.check_names(path, names, '.pth')
        entries = {entry.filename: entry for entry in archive.infolist()}
        if any(entry.compress_type for entry in entries.values()):
            raise Refused('has compressed entries, which PyTorch does not write')
        pickle = next(name for name in names if name.endswith('data.pkl'))
        folder = pickle[:-len('data.pkl')]
        order = entries.get(folder + 'byteorder')
        if order is not None and archive.open(order).read(6) != b'little':
            raise Refused('was written on a machine of another byte order')
        with io.BufferedReader(archive.open(pickle)) as file:
            reader = Reader(file, entries[pickle].file_size, _budget(size), NAMES, storages.find)
            tensors = _select(path, reader.load(), size)
        used = {id(tensor.storage) for tensor in tensors.values()}
        left = size
        for key, storage in storages.items():
            if id(storage) not in used:
                continue
            entry = entries.get(f'{folder}data/{key}')
            left -= storage.nbytes
            if entry is None or entry.file_size != storage.nbytes or left < 0:
                raise ValueError('a storage is not of the size of its tensors')
            with archive.open(entry) as file:
                storage.fill(checks.filled(file, storage.nbytes))
    return {key: tensor.array() for key, tensor in tensors.items()}


def _select(path, content, size):
    """Finds the state dict, keys to :class:`Tensor`, in what the pickle holds, and checks that it
    is no larger than the file.
    """
    state = _unwrap(content, _DEPTH, set())
    if state is None:
        keys = list(content)[:8] if type(content) is dict else []
        holds = ', '.join(ascii(key[:40])[1:-1] for key in keys if type(key) is str)
        raise FoodganError(
            "{}: a PyTorch file, but none with the weights of one network{}; save the network's "
            'state_dict() by torch.save'.format(
                path, f' (it has {holds})' if holds else ''))
    if sum(tensor.nbytes for tensor in state.values()) > 2 * size:
        raise Refused('has tensors that claim more than it holds')
    return state


def _unwrap(content, depth, seen):
    """The dict of tensors in what a checkpoint holds; None where there is none or no telling.

    Each dict is looked at once (``seen`` has their ids): one may hold itself.
    """
    if type(content) is not dict or id(content) in seen or depth < 0:
        return None
    seen.add(id(content))
    named = [key for key in WRAPPERS if key in content]
    dicts = [key for key, value in content.items() if type(value) is dict]
    for key in named + (dicts if len(dicts) == 1 else []):
        state = _unwrap(content[key], depth - 1, seen)
        if state is not None:
            return state
    return {key: value for key, value in content.items()
            if type(value) is Tensor and type(key) is str} or None


_ALIGNMENT = 64  # of storages in the file, as PyTorch has it for mapping them into memory

# NumPy's dtypes that are PyTorch's too.
_TYPES = {'float32': b'Float', 'float64': b'Double', 'float16': b'Half', 'int64': b'Long',
          'int32': b'Int', 'int16': b'Short', 'int8': b'Char', 'uint8': b'Byte', 'bool': b'Bool'}


def write(path: Union[str, os.PathLike], arrays: dict[str, np.ndarray],
          meta: dict[str, Any]) -> None:
    """Writes weights so that ``torch.load(path, weights_only=True)`` is a state dict of them.

    Running statistics are not in it. Any PyTorch that reads this format (1.4 and later) refuses
    them where the original's networks are concerned ("Unexpected running stats buffer(s)"). Equal
    weights give equal bytes. A plain state dict has no place for the metadata.
    """
    state = {key: np.asarray(array, order='C')
             for key, array in renamed_for_pytorch(arrays).items()}
    for key, array in state.items():
        if array.dtype.name not in _TYPES:
            raise FoodganError(f'{path}: not written, {key} is {array.dtype.name}, '
                               'which PyTorch does not have')
    with replacing(path) as file, zipfile.ZipFile(file, 'w') as archive:
        _add(archive, 'data.pkl', _pickled(state))
        _add(archive, 'byteorder', b'little')
        for index, array in enumerate(state.values()):
            little = array.astype(array.dtype.newbyteorder('<'), copy=False)
            _add(archive, f'data/{index}', little.reshape(-1).view(np.uint8).data)
        _add(archive, 'version', b'3\n')


def _add(archive, name, data):
    """Adds an entry whose bytes begin at a multiple of 64; the header's extra field fills up."""
    entry = zipfile.ZipInfo('archive/' + name)
    begin = archive.fp.tell() + 30 + len(entry.filename) + 4
    padding = -begin % _ALIGNMENT
    entry.extra = struct.pack('<2sH', b'FB', padding) + b'Z' * padding
    archive.writestr(entry, data)


def _pickled(state):
    """The pickle of a state dict, by protocol 2."""
    items = b''.join(_text(key) + _tensor(str(index), array)
                     for index, (key, array) in enumerate(state.items()))
    return b'\x80\x02' + _ORDERED_DICT + b'(' + items + b'u.'


_ORDERED_DICT = b'ccollections\nOrderedDict\n)R'  # an empty one, made by a call


def _tensor(key, array):
    """``_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks)``."""
    kind = _TYPES[array.dtype.name]
    storage = (b'(' + _text('storage') + b'ctorch\n' + kind + b'Storage\n' + _text(key)
               + _text('cpu') + _integer(array.size) + b'tQ')
    stride = [math.prod(array.shape[axis + 1:]) for axis in range(array.ndim)]
    return (b'ctorch._utils\n_rebuild_tensor_v2\n(' + storage + _integer(0) + _integers(array.shape)
            + _integers(stride) + b'\x89' + _ORDERED_DICT + b'tR')


def _text(text):
    data = text.encode('utf-8')
    return b'X' + struct.pack('<I', len(data)) + data


def _integer(number):
    if number < 2 ** 31:
        return b'J' + struct.pack('<i', number)
    return b'\x8a\x08' + struct.pack('<q', number)


def _integers(numbers):
    return b'(' + b''.join(map(_integer, numbers)) + b't'
