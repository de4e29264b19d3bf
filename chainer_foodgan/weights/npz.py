"""Weights as ``.npz``: laid out as ``chainer.serializers.save_npz`` does, plus what they are.

An array is stored under its path in the link (``main/0/W``), and the key ``__meta__`` holds JSON
with the categories and whatever else is known. A file without it is valid too.
"""

from __future__ import annotations

import json
import os
import zipfile
from typing import Any, Optional, Union

import numpy as np

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.files import replacing
from chainer_foodgan.weights import checks

__all__ = ['META', 'read', 'write']

META = '__meta__'


def read(path: Union[str, os.PathLike]) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Reads an npz file of weights.

    Nothing is unpickled, and no array is made before its header agrees with the size of its zip
    entry, so a file cannot ask for more memory than it holds.

    Args:
        path (str or os.PathLike): The file.

    Returns:
        tuple: ``(arrays, meta)``: a dict from Chainer's keys (``main/0/W``) to arrays of the
        dtype that is stored; and a dict, empty where the file has none.

    Raises:
        FoodganError: The file is absent, of another kind, damaged, or holds NaN or infinity.
    """
    checks.check_kind(path, 'an npz file', lambda head: head.startswith(checks.ZIP))
    try:
        with checks.open_zip(path) as archive:
            _check_entries(path, archive)
            arrays = {entry.filename[:-len('.npy')]: _read_array(archive, entry)
                      for entry in archive.infolist()}
    except checks.DAMAGE as error:
        raise checks.damaged(path, error) from error
    meta = _parse_meta(path, arrays.pop(META, None))
    checks.check_finite(path, arrays)
    return arrays, meta


def write(path: Union[str, os.PathLike], arrays: dict[str, np.ndarray], meta: dict[str, Any],
          dtype: Optional[str] = 'float32') -> None:
    """Writes weights so that :func:`read` gives them back. Equal weights give equal bytes.

    ``dtype`` is ``'float32'``, ``'float16'`` for half the size (three significant digits), or None:
    whatever each array has. A FoodganError says that the file cannot be written, or that a value is
    NaN or does not fit the dtype.
    """
    stored = {}
    for key, array in arrays.items():
        if array.dtype.kind == 'f':
            with np.errstate(over='ignore'):  # what overflows is found as infinity, below
                array = array.astype(dtype or array.dtype, copy=False)
            if not np.isfinite(array).all():
                raise FoodganError(f'{path}: not written, {key} holds NaN, infinity or a number '
                                   f'beyond {array.dtype}')
        stored[key] = array
    stored[META] = np.array(json.dumps(meta, ensure_ascii=False))
    with replacing(path) as file:
        np.savez(file, **stored)


def _check_entries(path, archive):
    """Refuses archives of other things, and those that unpack to far more than they weigh."""
    entries = archive.infolist()
    checks.check_names(path, [entry.filename for entry in entries], '.npz')
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
           for entry in entries):
        raise FoodganError(f'{path}: compressed in a way that NumPy does not write; not read')
    # Weights hardly compress; the allowance is for networks of zeros.
    if sum(entry.file_size for entry in entries) > 2 * os.path.getsize(path) + 2 ** 26:
        raise FoodganError(f'{path}: unpacks to far more than weights of its size can; not read')


def _read_array(archive, entry):
    """Reads an array from its zip entry, whose size has to be what the array's header says."""
    with archive.open(entry) as file:
        shape, dtype = _read_header(file, entry)
        if dtype.kind not in 'fiubU':
            raise ValueError(f'{entry.filename} holds {dtype}, no numbers')
        size = dtype.itemsize
        for length in shape:  # Python's integers: a product in int64 could wrap around
            size *= length
        if min(shape, default=0) < 0 or file.tell() + size != entry.file_size:
            raise ValueError(f'{entry.filename} says that it is {shape} {dtype}, '
                             f'but has {entry.file_size} bytes')
    with archive.open(entry) as file:
        return np.lib.format.read_array(file, allow_pickle=False)


def _read_header(file, entry):
    """-> (shape, dtype) that an array's header says."""
    version = np.lib.format.read_magic(file)
    read = {(1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0}.get(version)
    if read is None:
        raise ValueError(f'{entry.filename} has an array format of version {version}')
    try:
        shape, _, dtype = read(file)
    except Exception as error:  # also those of tokenize, of ast and of what makes a dtype
        raise ValueError(f'{entry.filename} has no header of an array: {error}') from error
    if any(type(length) is not int for length in shape):
        raise ValueError(f'{entry.filename} has lengths {shape}, which are no numbers')
    return shape, dtype


def _parse_meta(path, array):
    if array is None:
        return {}
    try:
        meta = checks.parsed(str(array[()]))
    except (ValueError, RecursionError) as error:
        raise FoodganError(f'{path}: its {META} is no JSON ({error}); '
                           'save the weights again') from error
    if not isinstance(meta, dict):
        raise FoodganError(f'{path}: its {META} is no JSON object; save the weights again')
    return meta
