"""What every reader of weights checks, and the sentences for files that are something else."""

from __future__ import annotations

import contextlib
import io
import json
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO, Callable, Union

import numpy as np

from chainer_foodgan.errors import FoodganError

__all__ = ['DAMAGE', 'ZIP', 'check_finite', 'check_kind', 'check_names', 'damaged', 'decoded',
           'encoded', 'filled', 'open_zip', 'parsed']

#: What a careful reader raises for a file that is not what it says it is.
DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, RuntimeError,
          NotImplementedError, OverflowError, OSError)

ZIP = b'PK\x03\x04'

_READ = 2 ** 20
_LARGEST = float(np.finfo(np.float32).max)

# Beginnings of files that are often taken for weights: what the file is, and what to do.
_KINDS = (
    (b'\x93NUMPY', 'a single NumPy array; weights are an .npz file, which holds many'),
    (b'version https://git-lfs', 'the pointer of a file that Git LFS has not downloaded; run '
                                 '`git lfs pull` in its repository'),
    (b'\x80', 'a pickle, as PyTorch writes; if it is a PyTorch file, its name has to end in .pth'),
    (ZIP, 'a zip archive; weights in one end in .npz or .pth'),
    (b'\xff\xd8\xff', 'a photo (JPEG); weights are .npz, .pth or .safetensors files'),
    (b'\x89PNG', 'a picture (PNG); weights are .npz, .pth or .safetensors files'),
)


def check_kind(path: Union[str, os.PathLike], noun: str, fits: Callable[[bytes], bool]) -> None:
    """Raises a FoodganError that says what the file is, unless its first bytes fit ``noun``, which
    is such as ``'an npz file'``.
    """
    try:
        with open(path, 'rb') as file:
            head = file.read(512)
    except FileNotFoundError as error:
        raise FoodganError(f'{path}: there is no such file; `foodgan weights` lists the weights '
                           'that need none') from error
    except OSError as error:
        raise FoodganError(f'{path}: cannot be read: {error.strerror}') from error
    if not fits(head):
        raise FoodganError(f'{path}: not {noun} but {_kind(head)}')


def _kind(head):
    """What a file that begins with these bytes is, and what to do, for a person."""
    if not head:
        return 'an empty file; copy or download it again'
    if head.lstrip(b'\xef\xbb\xbf \t\r\n').startswith(b'<'):
        return ('a web page, saved in place of the file it links to; download the file itself (a '
                'code host calls the link "raw" or "download")')
    for beginning, kind in _KINDS:
        if head.startswith(beginning):
            return kind
    if head[8:9] == b'{':
        return 'another kind of file; if it is a safetensors file, its name has to say so'
    return 'another kind of file; get the weights themselves'


def check_names(path: Union[str, os.PathLike], names: list[str], suffix: str) -> None:
    """Raises a FoodganError for a zip archive that is no ``.npz`` or ``.pth`` (the suffix); names
    of entries alone tell. A snapshot of a training holds pickles, which are never opened.
    """
    if any(name.startswith('updater/') for name in names):
        raise FoodganError(f'{path}: the snapshot of a whole training, which only resumes it; '
                           'take an ..._G.npz from the models folder of that run')
    if any(name.endswith('constants.pkl') for name in names):
        raise FoodganError(f"{path}: a TorchScript program; save the network's state_dict() by "
                           'torch.save')
    torch = sum(name == 'data.pkl' or name.endswith('/data.pkl') for name in names) == 1
    numpy = all(name.endswith('.npy') for name in names)
    if suffix == '.npz' and not numpy:
        raise FoodganError('{}: a {}'.format(path, (
            'PyTorch file under another name; it has to end in .pth' if torch else
            'zip archive, but not one of NumPy arrays; weights are .npz files')))
    if suffix == '.pth' and not torch:
        raise FoodganError('{}: {}'.format(path, (
            'NumPy arrays under another name; it has to end in .npz' if numpy else
            'a zip archive, but not one that PyTorch wrote; weights in one are .pth files')))


@contextlib.contextmanager
def open_zip(path: Union[str, os.PathLike]) -> Iterator[zipfile.ZipFile]:
    """Opens a zip archive (zipfile.ZipFile) whose list of entries is of a reasonable length."""
    with _Careful(path) as file, zipfile.ZipFile(file) as archive:
        yield archive


class _Careful(io.FileIO):
    """A file of which no more than a MiB is read at once: zipfile reads the list of entries in one
    go and makes an object of each, many times as large as a list as long as the file.
    """

    def read(self, size=-1):
        if size > _READ:
            raise zipfile.BadZipFile('its list of entries is longer than any network needs')
        return super().read(size)


def filled(file: BinaryIO, size: int) -> np.ndarray:
    """Reads bytes into a new array, uint8 (size,), from a binary file at the first of them; an
    EOFError where the file ends earlier. Check the size against the length of the file before.
    """
    data = np.empty(size, np.uint8)
    view = memoryview(data)
    while view:
        count = file.readinto(view[:_READ])
        if not count:
            raise EOFError('it ends too early')
        view = view[count:]
    return data


def parsed(text: str) -> Any:
    """What a text stands for as JSON; a ValueError or RecursionError where it is none, or has a
    surrogate, which cannot be written.
    """
    found = json.loads(text)
    json.dumps(found, ensure_ascii=False).encode()
    return found


def encoded(value: Any) -> str:
    """A value as metadata has it whose values are strings: JSON, or itself where that is clear."""
    return value if isinstance(value, str) and decoded(value) is value else json.dumps(
        value, ensure_ascii=False)


def decoded(text: str) -> Any:
    """What a string of such metadata stands for: itself, unless it is JSON."""
    try:
        return parsed(text)
    except (ValueError, RecursionError):
        return text


def damaged(path: Union[str, os.PathLike], error: BaseException) -> FoodganError:
    """The FoodganError for a file of the right kind that cannot be read."""
    return FoodganError('{}: damaged or cut short ({}); copy or download it again'.format(
        path, ' '.join(str(error).split()) or type(error).__name__))


def check_finite(path: Union[str, os.PathLike], arrays: dict[str, np.ndarray]) -> None:
    """Raises a FoodganError where an array holds NaN, or what float32 cannot."""
    for key, array in arrays.items():
        # NaN is neither below nor above anything; min and max hand it on, and need no memory.
        if array.dtype.kind == 'f' and array.size and not (
                float(array.min()) >= -_LARGEST and float(array.max()) <= _LARGEST):
            raise FoodganError(f'{path}: {key} holds NaN or infinity, the training that wrote it '
                               'had failed; take an earlier file')
