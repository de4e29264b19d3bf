"""Weights as ``.npz``: laid out as ``chainer.serializers.save_npz`` does, plus what they are.

An array is stored under its path in the link (``main/0/W``), and the key ``__meta__`` holds JSON
with the categories and whatever else is known. A file without it is valid too.
"""

import json
import os
import zipfile
import zlib

import numpy as np

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.files import replacing

META = '__meta__'

# What zipfile, zlib and numpy.lib.format raise for a file that is not what it says it is.
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError,
           OverflowError, OSError)

# Beginnings of files that are often taken for weights.
_KINDS = (
    (b'\x93NUMPY', 'a single NumPy array'),
    (b'version https://git-lfs', 'the pointer of a file that Git LFS has not downloaded'),
    (b'\x80', 'a pickle, as PyTorch writes'),
)


def read(path):
    """Reads an npz file of weights.

    Nothing is unpickled, and no array is made before its header agrees with the size of its zip
    entry, so a file cannot ask for more memory than it holds.

    Args:
        path (str or os.PathLike): The file.

    Returns:
        tuple: ``(arrays, meta)``: a dict from Chainer's keys (``main/0/W``) to arrays, where
        float16 and float64 have become float32; and a dict, empty where the file has none.

    Raises:
        FoodganError: The file is absent, of another kind, damaged, or holds NaN or infinity.
    """
    _check_kind(path)
    try:
        with zipfile.ZipFile(path) as archive:
            _check_entries(path, archive)
            arrays = {entry.filename[:-len('.npy')]: _read_array(archive, entry)
                      for entry in archive.infolist()}
    except _DAMAGE as error:
        raise FoodganError('{}: damaged or cut short ({}); copy or download it again'.format(
            path, str(error) or type(error).__name__)) from error
    meta = _parse_meta(path, arrays.pop(META, None))
    for key, array in arrays.items():
        if array.dtype.kind == 'f':
            if not np.isfinite(array).all():
                raise FoodganError('{}: {} holds NaN or infinity, the training that wrote it had '
                                   'failed; take an earlier file'.format(path, key))
            arrays[key] = array.astype(np.float32, copy=False)
    return arrays, meta


def write(path, arrays, meta, dtype='float32'):
    """Writes weights so that :func:`read` gives them back. Equal weights give equal bytes.

    Args:
        path (str or os.PathLike): The file; what was there is replaced once this is complete.
        arrays (dict): Arrays under Chainer's keys.
        meta (dict): What JSON can hold.
        dtype (str): ``'float32'``, or ``'float16'`` for half the size: three significant digits.

    Raises:
        FoodganError: The file cannot be written, or a value is NaN or does not fit the dtype.
    """
    stored = {}
    for key, array in arrays.items():
        if array.dtype.kind == 'f':
            with np.errstate(over='ignore'):  # what overflows is found as infinity, below
                array = array.astype(dtype)
            if not np.isfinite(array).all():
                raise FoodganError('{}: not written, {} holds NaN, infinity or a number beyond '
                                   '{}'.format(path, key, dtype))
        stored[key] = array
    stored[META] = np.array(json.dumps(meta, ensure_ascii=False))
    with replacing(path) as file:
        np.savez(file, **stored)


def _check_kind(path):
    """Raises a FoodganError that says what the file is, unless it begins as a zip archive."""
    try:
        with open(path, 'rb') as file:
            head = file.read(512)
    except FileNotFoundError as error:
        raise FoodganError('{}: there is no such file; `foodgan weights` lists the weights that '
                           'need none'.format(path)) from error
    except OSError as error:
        raise FoodganError('{}: cannot be read: {}'.format(path, error.strerror)) from error
    if head.startswith(b'PK\x03\x04'):
        return
    raise FoodganError('{}: not an npz file but {}; get the .npz file itself'.format(
        path, _kind(head)))


def _kind(head):
    """What a file that begins with these bytes is, for a person."""
    if not head:
        return 'an empty file'
    if head.lstrip(b'\xef\xbb\xbf \t\r\n').startswith(b'<'):
        return 'a web page, saved in place of the file it links to'
    for beginning, kind in _KINDS:
        if head.startswith(beginning):
            return kind
    return 'another kind of file'


def _check_entries(path, archive):
    """Refuses archives of other things, and those that unpack to far more than they weigh.

    Names are enough here: a snapshot of a training holds pickles, which are never opened.
    """
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if any(name.startswith('updater/') for name in names):
        raise FoodganError('{}: the snapshot of a whole training, which only resumes it; take an '
                           '..._G.npz from the models folder of that run'.format(path))
    if any(name.endswith('data.pkl') for name in names):
        raise FoodganError('{}: a PyTorch file under another name; it has to end in .pth'.format(
            path))
    if not all(name.endswith('.npy') for name in names):
        raise FoodganError('{}: a zip archive, but not one of NumPy arrays; '
                           'weights are .npz files'.format(path))
    # Weights hardly compress; the allowance is for networks of zeros.
    if sum(entry.file_size for entry in entries) > 8 * os.path.getsize(path) + 2 ** 26:
        raise FoodganError('{}: unpacks to far more than weights of its size can; not read'.format(
            path))


def _read_array(archive, entry):
    """Reads an array from its zip entry, whose size has to be what the array's header says."""
    with archive.open(entry) as file:
        version = np.lib.format.read_magic(file)
        if version == (1, 0):
            shape, _, dtype = np.lib.format.read_array_header_1_0(file)
        elif version == (2, 0):
            shape, _, dtype = np.lib.format.read_array_header_2_0(file)
        else:
            raise ValueError('{} has an array format of version {}'.format(entry.filename, version))
        if dtype.kind not in 'fiubU':
            raise ValueError('{} holds {}, no numbers'.format(entry.filename, dtype))
        size = dtype.itemsize
        for length in shape:  # Python's integers: a product in int64 could wrap around
            size *= length
        if min(shape, default=0) < 0 or file.tell() + size != entry.file_size:
            raise ValueError('{} says that it is {} {}, but has {} bytes'.format(
                entry.filename, shape, dtype, entry.file_size))
    with archive.open(entry) as file:
        return np.lib.format.read_array(file, allow_pickle=False)


def _parse_meta(path, array):
    if array is None:
        return {}
    try:
        meta = json.loads(str(array[()]))
    except (ValueError, RecursionError) as error:
        raise FoodganError('{}: its {} is no JSON ({}); save the weights again'.format(
            path, META, error)) from error
    if not isinstance(meta, dict):
        raise FoodganError('{}: its {} is no JSON object; save the weights again'.format(
            path, META))
    return meta
