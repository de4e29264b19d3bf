"""PyTorch's files, written without PyTorch: a plain state dict in today's zip format."""

from __future__ import annotations

import math
import os
import struct
import zipfile
from typing import Any, Union

import numpy as np

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.files import replacing
from chainer_foodgan.weights.naming import renamed_for_pytorch

__all__ = ['write']

_ALIGNMENT = 64  # of storages in the file, as PyTorch has it for mapping them into memory

# NumPy's dtypes that are PyTorch's too.
_TYPES = {'float32': b'Float', 'float64': b'Double', 'float16': b'Half', 'int64': b'Long',
          'int32': b'Int', 'int16': b'Short', 'int8': b'Char', 'uint8': b'Byte', 'bool': b'Bool'}


def write(path: Union[str, os.PathLike], arrays: dict[str, np.ndarray],
          meta: dict[str, Any]) -> None:
    """Writes weights so that ``torch.load(path, weights_only=True)`` is a state dict of them.

    Running statistics are not in it. Any PyTorch that reads this format (1.4 and later) refuses
    them where the original's networks are concerned ("Unexpected running stats buffer(s)").
    Equal weights give equal bytes.

    Args:
        path (str or os.PathLike): The file; what was there is replaced once this is complete.
        arrays (dict): Arrays under Chainer's keys.
        meta (dict): Not written: a plain state dict has no place for it.

    Raises:
        FoodganError: The file cannot be written.
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
