"""PyTorch's files, read without PyTorch: today's zip archives and the stream of PyTorch 0.3.

Both hold a pickle of dicts of tensors, and the storages that the tensors are views of. The stream
is a sequence of pickles (a magic number, the protocol's number, facts about the machine, the
object, the storages' keys) and then, in the order of the keys, each storage: its number of
elements in 8 bytes, and they. An archive has ``data.pkl`` and a file ``data/{key}`` for each.
"""

from __future__ import annotations

import io
import os
from typing import Any, Union

import numpy as np

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.weights import checks, pth_writing
from chainer_foodgan.weights.pickles import Reader, Refused
from chainer_foodgan.weights.tensors import NAMES, Storages, Tensor

__all__ = ['WRAPPERS', 'read']

write = pth_writing.write

#: Under which keys checkpoints keep the weights of a network, the likeliest first.
WRAPPERS = ('state_dict', 'model_state_dict', 'model', 'G', 'net_G', 'netG', 'generator', 'gen',
            'G_state_dict', 'G_ema', 'params', 'weights', 'D', 'net_D', 'netD', 'discriminator')

_MAGIC = 0x1950a86a20f9469cfc6c
_PROTOCOL = 1001
_DEPTH = 3  # of wrappers


def read(path: Union[str, os.PathLike]) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Reads the state dict in a PyTorch file.

    No byte of the file is executed, and no array is made before its size agrees with that of the
    file. Storages that the state dict does not use (of an optimiser, say) are not read.

    Args:
        path (str or os.PathLike): The file. What it holds is a state dict, or a dict with one
            under a key such as ``state_dict`` or ``G`` (:data:`WRAPPERS`).

    Returns:
        tuple: ``(state, meta)``: a dict from the file's keys (``main.0.weight``) to arrays of the
        dtype that is stored, bfloat16 as float32; and an empty dict.

    Raises:
        FoodganError: The file is absent, of another kind, damaged, holds NaN or infinity, or wants
            something else than a state dict does; the message names it.
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
    """Finds the state dict in what the pickle holds, and checks that it is no larger than the file.

    Returns:
        dict: Keys to :class:`Tensor`.
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
