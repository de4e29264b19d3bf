"""Photos in tar files as WebDataset lays them out (shards), read by an index.

===============  =================================================================================
``*.tar``        photos ``KEY.jpg``, or with another suffix, each beside ``KEY.cls``, the number of
                 its category; in folders that have the names of the splits where there are several
``shards.npy``   a row per photo: which tar file, where in it, how many bytes, category, name; it is
                 mapped into memory, not read
``shards.json``  the categories; of each tar file its name, size and split
===============  =================================================================================

Photos are read where they lie: nothing is listed or unpacked, and no name is used as a path. The
folder may be on a web server, which needs nothing but to send parts of files: the index is fetched,
and each photo when it is its turn.
:mod:`chainer_foodgan.datasets.sharding` writes these files.
"""

import collections.abc
import functools
import io
import json
import os
import pathlib
import posixpath

import numpy

from chainer_foodgan import files, remote
from chainer_foodgan.datasets.base import VALIDATION, ImageDataset, Photo, select_categories
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.printing import is_text

_RECORD_BYTES = 2 ** 26  # a million tar files take less
_ROWS_BYTES = 2 ** 31  # so do 20 million photos; of a server, where they cannot be mapped

ROWS, RECORD = 'shards.npy', 'shards.json'
SPLITS = ('train', *VALIDATION, 'test')  # others come behind these


def row_type(width):
    """The dtype of a row of the index, of names of so many bytes."""
    return numpy.dtype([('shard', '<u4'), ('start', '<i8'), ('size', '<u4'), ('label', '<i4'),
                        ('name', f'S{width}')])


def is_plain(name):
    """Whether a name leads nowhere but down and can be printed (bool)."""
    return (name == posixpath.normpath(name) and name.split('/')[0] not in ('', '.', '..')
            and '\\' not in name and name.isprintable() and is_text(name))


class Index:
    """The index of a folder of shards.

    Attributes:
        categories (tuple of str): Names in label order.
        shards (list): The name (below ``root``), the bytes and the split (str or None) of each.
        rows (numpy.ndarray): (N,) of :func:`row_type`, mapped.

    A FoodganError says that it cannot be read, or that the tar files are not those that it was made
    of.
    """

    def __init__(self, root):
        self.root = os.fspath(root).rstrip('/') if remote.is_remote(root) else pathlib.Path(root)
        try:
            record, self.rows = (_fetched if remote.is_remote(root) else _mapped)(self.root)
            record = json.loads(record)
            self.categories = tuple(map(str, record['categories']))
            self.shards = [(str(name), int(size), split) for name, size, split in record['shards']]
            self._check()
        except (OSError, ValueError, TypeError, KeyError, EOFError, MemoryError) as error:
            raise FoodganError(
                'cannot use the index of the shards in {}: {}; get whole copies, or make it anew: '
                'foodgan shard {}'.format(
                    root, getattr(error, 'strerror', None) or error,
                    'DIR, where the folder lies' if remote.is_remote(root) else root)) from error

    def _check(self):
        rows = self.rows
        if rows.dtype != row_type(rows.dtype['name'].itemsize) or rows.ndim != 1 or not len(rows):
            raise ValueError(f'{ROWS} has other columns, or none')
        for name, size, _ in self.shards:
            if not is_plain(name) or not (
                    remote.is_remote(self.root) or _has(self.root / name, size)):
                raise ValueError(f'{name} is not there, or not the file that it was made of')
        sizes = numpy.array([size for _, size, _ in self.shards])
        if not (rows['shard'].max() < len(sizes) and rows['start'].min() >= 0
                and (rows['start'] <= sizes[rows['shard']] - rows['size']).all()
                and rows['label'].min() >= 0 and rows['label'].max() < len(self.categories)):
            raise ValueError(f'{ROWS} tells of bytes that are not there')

    def __reduce__(self):  # another process maps it, too
        return Index, (self.root,)

    @property
    def splits(self):
        """The splits that there are (list of str); none or several."""
        return [split for split in dict.fromkeys(split for _, _, split in self.shards) if split]

    def name(self, row):
        """A photo's name below ``root`` (str)."""
        name = self.rows['name'][row].decode('utf-8', 'replace')
        return f'{self.shards[self.rows["shard"][row]][0]}/{name}'

    def file(self, row):
        """A photo's file (:class:`~chainer_foodgan.files.Part`)."""
        shard, start, size, _, _ = self.rows[row].item()
        return files.Part(os.path.join(self.root, self.name(row)),
                          (os.path.join(self.root, self.shards[shard][0]), start, size))


def _mapped(root):
    """The record (bytes) and the rows of an index, which are mapped."""
    if (root / RECORD).stat().st_size > _RECORD_BYTES:
        raise ValueError(f'{RECORD} is too large')
    # As a plain array, whose elements come faster than a memmap's.
    return (root / RECORD).read_bytes(), numpy.asarray(numpy.load(root / ROWS, mmap_mode='r'))


def _fetched(root):
    """The same of a server, in memory."""
    rows = remote.read(f'{root}/{ROWS}', _ROWS_BYTES)
    return (remote.read(f'{root}/{RECORD}', _RECORD_BYTES),
            numpy.load(io.BytesIO(rows), allow_pickle=False))


def _has(path, size):
    return path.is_file() and path.stat().st_size == size


class ShardPhotos(collections.abc.Sequence):
    """Photos of an index (its ``rows``, int (N,), with labels, int32 (N,)), each made when it is
    asked for; see :class:`.base.Photos`.
    """

    def __init__(self, index, rows, labels):
        self.index, self.rows, self.labels = index, rows, labels

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, place):
        return Photo(self.index.file(self.rows[place]), int(self.labels[place]))

    def take(self, places):
        """Those at some places (iterable of int)."""
        places = numpy.fromiter(places, int)
        return ShardPhotos(self.index, self.rows[places], self.labels[places])

    def missing(self):
        """None: the index has seen to that."""
        return []


class ShardDataset(ImageDataset):
    """Photos in shards, split by split and category by category, in the order of the shards.

    ``foodgan shard`` keeps the order of a folder, so that training on shards goes the way of a
    training on the folder.

    Args:
        root (str or os.PathLike): The folder of the shards and their index.
        transform, seed, skip_bad: See :class:`~chainer_foodgan.datasets.base.ImageDataset`.
        categories (iterable of str): Use only these, in this label order. Default: all.
        split (str): Where there are splits, the one to use; None: all of them.

    Attributes:
        splits (list of str): The split of each photo; ``train`` where there are none.

    Raises:
        FoodganError: The index cannot be used, a split or a category is not there.
    """

    def __init__(self, root, transform=None, seed=0, skip_bad=False, categories=None,
                 split='train'):
        index = Index(root)
        names = select_categories(categories, index.categories, root)
        self.split = split if index.splits else None
        if self.split not in (None, *index.splits):
            raise FoodganError('{}: it has no split {}; choose among {}'.format(
                root, split, ', '.join(index.splits)))
        super().__init__(_choose(index, names, self.split), names, root, transform, seed, skip_bad,
                         every_category=self.split in (None, 'train'))

    @property
    def splits(self):
        index, rows = self.photos.index, self.photos.rows
        return [index.shards[shard][2] or 'train' for shard in index.rows['shard'][rows].tolist()]


def _choose(index, names, split):
    """The photos of a split (None: of all) and of categories, in the order of the labels."""
    label = numpy.array([names.index(name) if name in names else -1 for name in index.categories],
                        numpy.int32)[index.rows['label']]
    order = [name for name in SPLITS if name in index.splits]
    order += sorted(set(index.splits) - set(order))
    part = numpy.array([order.index(name) if name else 0 for _, _, name in index.shards])[
        index.rows['shard']]
    rows = numpy.flatnonzero((label >= 0) & (split is None or part == order.index(split)))
    rows = rows[numpy.lexsort((label[rows], part[rows]))]
    return ShardPhotos(index, rows, label[rows])


def has_shards(root):
    """Whether a folder holds shards (bool); a FoodganError says that these have no index. Of a
    server nothing else is read."""
    if remote.is_remote(root):
        return True
    root = pathlib.Path(root)
    if (root / RECORD).is_file():
        return True
    if any(any(folder.glob('*.tar')) for folder in (root, *map(root.joinpath, SPLITS))):
        raise FoodganError(f'{root}: the tar files in it have no index; make it: '
                           f'foodgan shard {root}')
    return False


def finder(root):
    """What makes the path of a photo of its name below a folder (callable: str -> str)."""
    if not has_shards(root):
        return functools.partial(os.path.join, root)
    index = Index(root)
    rows = {index.name(row): row for row in range(len(index.rows))}

    def find(name):
        row = rows.get(name.replace(os.sep, '/'))
        return os.path.join(root, name) if row is None else index.file(row)
    return find
