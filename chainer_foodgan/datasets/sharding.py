"""Writing photos into shards, and the index of shards of any origin; see :mod:`.shards`."""

import io
import itertools
import json
import os
import pathlib
import posixpath
import re
import shutil
import tarfile

import numpy

from chainer_foodgan import files, images
from chainer_foodgan.datasets import shards
from chainer_foodgan.datasets.base import read_text
from chainer_foodgan.datasets.sampling import one_each
from chainer_foodgan.errors import FoodganError

#: The names of the categories, a line each, as others who publish shards have it.
NAMES = 'classnames.txt'

_HEADER = 2 ** 20  # bytes that the name of a member and all that goes with it may have
_PHOTO = 2 ** 30  # bytes of a photo
_NAME = 255  # bytes of its name


def write_shards(dataset, splits, out, number=1000, progress=None):
    """Writes photos, as they are, into shards ``shard-000000.tar``, ... and their index.

    The same photos give the same bytes. All is written beside ``out`` and gets its name at the end:
    an interrupted run leaves nothing.

    Args:
        dataset (ImageDataset): Whole photos of one category each.
        splits (sequence of str): The split of each; a folder each where there are several.
        out (str or os.PathLike): The folder; not there yet, or empty.
        number (int): Photos in a shard.
        progress (callable): Called with how many photos are done and how many there are.

    Returns:
        Index: The index.

    Raises:
        FoodganError: ``out`` is in use, a photo cannot be read or is no whole one, the disk is
            full.
    """
    out, labels = pathlib.Path(out), one_each(dataset)
    _check(dataset, splits, out)
    work = out.with_name(f'.{out.name}.part')
    shutil.rmtree(work, ignore_errors=True)  # of a process that was killed
    try:
        files.make_folder(work)
        with files.replacing(work / NAMES, 'w') as file:
            file.writelines(name + '\n' for name in dataset.categories)
        several, done = len(set(splits)) > 1, 0
        for split in dict.fromkeys(splits):
            places = [place for place, other in enumerate(splits) if other == split]
            folder = work / split if several else work
            for shard, start in enumerate(range(0, len(places), number)):
                some = places[start:start + number]
                _write(folder / f'shard-{shard:06d}.tar', start, dataset, labels, some)
                done += len(some)
                if progress is not None:
                    progress(done, len(dataset))
        write_index(work)
        if out.exists():
            out.rmdir()
        os.replace(work, out)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return shards.Index(out)


def _check(dataset, splits, out):
    if out.exists() and not (out.is_dir() and not any(out.iterdir())):
        raise FoodganError(f'{out} is there already; choose another folder, or delete it')
    for name in (*dataset.categories, *set(splits)):
        if not shards.is_plain(name) or name != name.strip() or '/' in name:
            raise FoodganError(f'cannot write {out}: the name {name!r} has spaces at an end, '
                               'slashes or characters that are no text; rename it')
    for photo in dataset.photos:
        if photo.box is not None:
            raise FoodganError(f'{photo.file}: its dish has a box, and shards hold whole photos; '
                               'crop the photos first')
        if _suffix(photo.file) not in images.SUFFIXES:
            raise FoodganError(f'{photo.file}: its suffix is that of no picture; rename it')


def _suffix(path):
    return os.path.splitext(path)[1].lower()


def _write(path, first, dataset, labels, places):
    with files.replacing(path) as file, tarfile.open(
            fileobj=file, mode='w', format=tarfile.USTAR_FORMAT) as tar:
        for key, place in enumerate(places, first):
            photo = dataset.photos[place].file
            _add(tar, f'{key:09d}{_suffix(photo)}', files.read(photo))
            _add(tar, f'{key:09d}.cls', b'%d' % labels[place])


def _add(tar, name, data):
    member = tarfile.TarInfo(name)  # of nobody, of the year 1970
    member.size = len(data)
    tar.addfile(member, io.BytesIO(data))


def write_index(root):
    """Writes the index of the tar files in a folder, or in its sub-folders, by their headers.

    Sub-folders are splits, if one of them is ``train``; so are names such as
    ``food-train-000000.tar``. Names of categories are those of :data:`NAMES` or, without such a
    file, their numbers.

    Args:
        root (str or os.PathLike): The folder.

    Raises:
        FoodganError: There is no tar file, one is damaged or not of this layout, or the index
            cannot be written.
    """
    root = pathlib.Path(root)
    paths = sorted([*root.glob('*.tar'), *root.glob('*/*.tar')])
    columns = [_read(path) for path in paths]
    rows = numpy.empty(sum(map(len, columns)), shards.row_type(
        max((column.dtype['name'].itemsize for column in columns), default=1)))
    if not len(rows):
        raise FoodganError(f'{root}: there is no tar file with photos in it; name a folder of them,'
                           ' or photos and a folder to write to')
    place = 0
    for number, column in enumerate(columns):
        part = rows[place:place + len(column)]
        part[...], part['shard'] = column, number
        place += len(column)
    names = _categories(root, rows['label'])
    splits = [_split(path.relative_to(root)) for path in paths]
    record = {'categories': names, 'shards': [
        (path.relative_to(root).as_posix(), path.stat().st_size,
         split if 'train' in splits else None) for path, split in zip(paths, splits)]}
    (root / shards.RECORD).unlink(missing_ok=True)  # it is the sign that all is there
    with files.replacing(root / shards.ROWS) as file:
        numpy.save(file, rows)
    with files.replacing(root / shards.RECORD, 'w') as file:
        json.dump(record, file, indent=1)


def _split(path):
    if len(path.parts) > 1:
        return path.parts[0]
    words = re.split('[^a-z]+', path.stem.lower())
    return next((split for split in shards.SPLITS if split in words), None)


def _categories(root, labels):
    """The names in label order; labels without names are numbered anew, in place."""
    if (root / NAMES).is_file():
        names = [line.strip() for line in read_text(root / NAMES) if line.strip()]
        if labels.max() >= len(names):
            raise FoodganError(f'{root / NAMES}: there is a photo of category {labels.max()}, and '
                               f'it names {len(names)}, from 0 on; add the others')
        return names
    numbers, labels[...] = numpy.unique(labels, return_inverse=True)
    return list(map(str, numbers.tolist()))


def _read(path):
    """The rows of a tar file, (N,) of :func:`.shards.row_type`."""
    try:
        with _Headers(io.FileIO(path)) as file:
            found = list(_samples(file))
        width = max((len(name) for *_, name in found), default=1)
        return numpy.array(found, shards.row_type(width))
    except FoodganError as error:
        raise FoodganError(f'{path}: {error}') from error
    except Exception as error:  # tarfile raises all sorts of errors on damaged files
        raise FoodganError(f'cannot read {path}: it is no plain tar file, or a damaged one '
                           f'({error}); get a whole copy') from error


class _Headers(io.BufferedReader):
    """A tar file of which only headers are read, however long they say that they are."""

    def read(self, size=-1):
        if not 0 <= size <= _HEADER:
            raise tarfile.ReadError('a header is too large')
        return super().read(size)


def _samples(file):
    """Yields the rows: what of a tar file lies side by side and has the same key is a photo's."""
    for key, members in itertools.groupby(_members(file), lambda member: member[0]):
        photo = label = None
        for _, suffix, member in members:
            if suffix == 'cls':
                label = _number(file, key, member)
            elif '.' + suffix in images.SUFFIXES and photo is None:
                photo = member
        if (photo is None) != (label is None):
            raise FoodganError(f'{key} has no {"photo" if photo is None else key + ".cls"} beside '
                               'it; every photo KEY.jpg needs its category\'s number, KEY.cls')
        if photo is not None:
            if photo.size > _PHOTO:
                raise FoodganError(f'{photo.name} has more than {_PHOTO:,} bytes; leave it out')
            yield 0, photo.offset_data, photo.size, label, photo.name.encode()


def _members(file):
    """Yields key, suffix and header of the files in a tar file, in their order."""
    tar = tarfile.TarFile(fileobj=file)
    while True:
        member = tar.next()
        if member is None:
            break
        tar.members.clear()  # it would keep all of them
        if member.size < 0:
            raise tarfile.ReadError('a size is negative')
        if not member.isreg() or member.issparse():
            continue
        member.name = posixpath.normpath(member.name)
        if not shards.is_plain(member.name) or len(member.name.encode()) > _NAME:
            raise FoodganError(f'the name {member.name[:_NAME]!r} in it is none of a photo; '
                               'rename it')
        folder, name = posixpath.split(member.name)
        stem, _, suffix = name.partition('.')
        if stem:
            yield posixpath.join(folder, stem), suffix.lower(), member
    file.seek(tar.offset)
    if file.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):  # tarfile takes it for the end
        raise tarfile.ReadError('its end is missing')


def _number(file, key, member):
    file.seek(member.offset_data)
    text = file.read(min(member.size, 20))
    if len(text) < min(member.size, 20):
        raise tarfile.ReadError('its end is missing')
    if not text.strip().isdigit() or int(text) >= 2 ** 31 or member.size > 20:
        raise FoodganError(f'{key}.cls is no number of a category; correct it')
    return int(text)
