"""Weights as ``.safetensors``, by the library of that name (the extra ``safetensors``).

Keys are the released ones without running statistics, as in a ``.pth``. What else is known is in
the file's metadata, whose values are strings: those that are not, and those that could be taken
for something else, are stored as JSON. The network's sizes are there too, under ``config``.
"""

from __future__ import annotations

import importlib
import json
import os
import pathlib
from typing import Any, Union

import numpy as np

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.files import replacing
from chainer_foodgan.links.recognising import recognise
from chainer_foodgan.weights import checks
from chainer_foodgan.weights.naming import renamed_for_pytorch
from chainer_foodgan.weights.tensors import widened

__all__ = ['read', 'write']

# What NumPy makes of each type; the library's own NumPy functions fail at bfloat16.
_TYPES = {'F64': '<f8', 'F32': '<f4', 'F16': '<f2', 'BF16': '<u2', 'I64': '<i8', 'I32': '<i4',
          'I16': '<i2', 'I8': 'i1', 'U64': '<u8', 'U32': '<u4', 'U16': '<u2', 'U8': 'u1',
          'BOOL': '?'}


def read(path: Union[str, os.PathLike]) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Reads a safetensors file, see :data:`chainer_foodgan.weights.reading.FORMATS`: the released
    keys (``main.0.weight``), bfloat16 as float32, and what the metadata says.
    """
    checks.check_kind(path, 'a safetensors file', lambda head: head[8:9] == b'{')
    library = _library('safetensors', path)
    try:
        _check_header(path)
        with library.safe_open(str(path), framework='np') as file:
            metadata = file.metadata() or {}
        tensors = library.deserialize(pathlib.Path(path).read_bytes())
        state = {}
        while tensors:  # one by one, so that no more than the file is there twice
            key, tensor = tensors.pop()
            if tensor['dtype'] not in _TYPES:
                raise ValueError('{} is of type {}, which weights are not'.format(
                    ascii(key)[:99], tensor['dtype']))
            array = np.frombuffer(tensor['data'], _TYPES[tensor['dtype']]).reshape(tensor['shape'])
            state[key] = widened(array) if tensor['dtype'] == 'BF16' else array
    except (library.SafetensorError, *checks.DAMAGE) as error:
        raise checks.damaged(path, error) from error
    checks.check_finite(path, state)
    return dict(reversed(state.items())), {
        key: checks.decoded(text) for key, text in sorted(metadata.items())
        if key not in ('format', 'config')}


def write(path: Union[str, os.PathLike], arrays: dict[str, np.ndarray],
          meta: dict[str, Any]) -> None:
    """Writes weights as safetensors."""
    save = _library('safetensors.numpy', path).save
    network = recognise(arrays)
    # 'pt' is how other readers are told that PyTorch's keys and layouts are these.
    metadata = {**{key: checks.encoded(value) for key, value in meta.items()}, 'format': 'pt'}
    if network is not None:
        metadata['config'] = json.dumps(network.sizes)
    # The library takes the memory as it lies.
    state = {key: np.asarray(array, order='C')
             for key, array in renamed_for_pytorch(arrays).items()}
    with replacing(path) as file:
        file.write(save(state, metadata))


def _library(name, path):
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise FoodganError(f'{path}: files of this format need the package safetensors: '
                           'pip install safetensors') from error


def _check_header(path):
    """Refuses a header that is long for its file: the library makes objects of all that it says."""
    size = os.path.getsize(path)
    with open(path, 'rb') as file:
        length = int.from_bytes(file.read(8), 'little')
    if length > min(size - 8, 2 ** 20 + size // 64):
        raise ValueError(f'its header claims {length} bytes')
