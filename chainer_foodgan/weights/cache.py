"""The cache of weights that are fetched: converted to npz, beside what is known of them.

It is the folder ``chainer_foodgan/weights/<name>`` where Chainer keeps what it downloads:
``$CHAINER_DATASET_ROOT`` or ``~/.chainer/dataset``.
"""

import contextlib
import dataclasses
import json
import os
import pathlib
import shutil
import sys

import filelock

from chainer_foodgan import i18n
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.files import make_folder, replacing, sha256
from chainer_foodgan.weights import npz, reading
from chainer_foodgan.weights.download import download
from chainer_foodgan.weights.naming import in_order


def fetch(record, from_file=None, patience=60, **network):
    """The npz file of a Record's weights, which do not ship; fetched (or taken from a file),
    verified and converted at the first call.

    It waits ``patience`` seconds for another process that fetches the same and makes no progress;
    ``network`` is for :func:`chainer_foodgan.weights.download.download`. A FoodganError says that
    the file cannot be had, is another one than recorded, or cannot be kept.
    """
    folder = root() / 'chainer_foodgan' / 'weights' / record.name
    converted = folder / (record.name + '.npz')
    if from_file is not None:
        _check_file(from_file, record)
    if not _is_kept(converted, record):
        make_folder(folder)
        with _alone(folder, record.name, patience):
            if not _is_kept(converted, record):  # another process may have fetched it meanwhile
                released = folder / ('released' + pathlib.Path(record.file).suffix)
                _bring(released, record, from_file, network)
                _convert(released, converted, record)
    return converted


def root():
    """Where Chainer keeps what it downloads; it is asked where it is imported already."""
    chainer = sys.modules.get('chainer')
    if chainer is not None:
        return pathlib.Path(chainer.dataset.get_dataset_root())
    return pathlib.Path(os.environ.get('CHAINER_DATASET_ROOT')
                        or pathlib.Path.home() / '.chainer' / 'dataset')


def _record_path(converted):
    return converted.with_name('record.json')


def _is_kept(converted, record):
    """Whether the cache has the npz file, whole, and made of the file of this record."""
    try:
        kept = json.loads(_record_path(converted).read_text(encoding='utf-8'))
        return ((kept.get('sha256'), kept.get('git_blob_sha1'))
                == (record.sha256, record.git_blob_sha1)
                and kept['converted_sha256'] == sha256(converted))
    except (OSError, ValueError, KeyError, AttributeError):
        return False


def _check_file(path, record):
    """Raises a FoodganError unless a file is the one recorded."""
    try:
        fault = record.fault(path)
    except OSError as error:
        raise FoodganError(f'{path}: cannot be read: {error.strerror}') from error
    if fault is not None:
        raise FoodganError(f'{path}: {fault}; get {record.addresses[0]} again')


def _bring(released, record, from_file, network):
    """Puts the released file, verified, into the cache."""
    if from_file is not None:
        with open(from_file, 'rb') as source, replacing(released) as target:
            shutil.copyfileobj(source, target)
    if released.exists() and record.fault(released) is None:
        return
    print(i18n.message(f'fetching {record.name}, {record.about_size}, once'), file=sys.stderr)
    try:
        download(record.addresses, released, record.fault, record.limit,
                 **network)
    except FoodganError as error:
        raise FoodganError(
            f'{record.name}: could not be fetched: {error}; try again later, or get the file '
            f'{record.addresses[0]} otherwise and run `foodgan fetch {record.name} '
            '--from-file FILE`') from error


def _convert(released, converted, record):
    arrays, _ = reading.read(released)
    npz.write(converted, in_order(arrays), {'format': 1, **record.meta})
    kept = {**dataclasses.asdict(record), 'converted_sha256': sha256(converted)}
    with replacing(_record_path(converted), 'w') as file:
        json.dump(kept, file, ensure_ascii=False, indent=1)
    released.unlink()


@contextlib.contextmanager
def _alone(folder, name, patience):
    """Waits until no other process works in the folder of the cache, and keeps others out. The
    system frees the lock of a process that has ended, however it ended; only one that hangs can
    hold it in vain.
    """
    lock = filelock.FileLock(str(folder / 'lock'))
    try:
        try:
            lock.acquire(timeout=0)
        except filelock.Timeout:
            print(i18n.message(f'waiting for another process that fetches {name}'),
                  file=sys.stderr)
            _outwait(lock, folder, patience)
    except filelock.Timeout as error:
        raise FoodganError(
            f'{name}: another process has been fetching it for {patience:.0f} s without any '
            f'progress; end that one, or remove {lock.lock_file}') from error
    except (OSError, NotImplementedError) as error:
        raise FoodganError(f'{lock.lock_file}: cannot be locked ({error}); set '
                           'CHAINER_DATASET_ROOT to a folder on another disk') from error
    try:
        yield
    finally:
        lock.release()


def _outwait(lock, folder, patience):
    while True:
        before = _sizes(folder)
        try:
            return lock.acquire(timeout=patience)
        except filelock.Timeout:
            if _sizes(folder) == before:
                raise


def _sizes(folder):
    """What grows while a process fetches."""
    sizes = {}
    for path in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):
            sizes[path.name] = path.stat().st_size
    return sizes
