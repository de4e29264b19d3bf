"""Photos in a folder per category ("RaFD" mode of the original) or in a list ("CelebA" mode)."""

import pathlib

from chainer_foodgan import images
from chainer_foodgan.datasets.base import (
    VALIDATION,
    ImageDataset,
    Photo,
    read_text,
    select_categories,
)
from chainer_foodgan.datasets.sampling import part_of
from chainer_foodgan.datasets.shards import finder
from chainer_foodgan.errors import FoodganError


class FolderDataset(ImageDataset):
    """Photos in a sub-folder per category; the sorted names are the label order.

    Pictures are found by suffix at any depth below a category's folder; hidden files and folders,
    and pictures beside the category folders, are ignored.

    Where ``root`` has the sub-folders ``train`` and ``test``, or ``train`` and one of
    :data:`.base.VALIDATION`, with folders in them, these are splits, each with a folder per
    category.
    Without splits all photos are used, whatever split is asked for, as in the original.

    Args:
        root (str or os.PathLike): The folder of the category folders, or of the splits.
        transform, seed, skip_bad: See :class:`~chainer_foodgan.datasets.base.ImageDataset`.
        categories (iterable of str): Use only these, in this label order. Default: all, of all
            splits.
        split (str): Where there are splits, the one to use; None: all of them.

    Raises:
        FoodganError: There is no such folder, it has fewer than two category folders, a split is
            not there, a category without a picture (in the train split, where there are splits).
    """

    def __init__(self, root, transform=None, seed=0, skip_bad=False, categories=None,
                 split='train'):
        root = pathlib.Path(root)
        splits = _splits(root)
        if not splits:
            split, parts = None, [root]
        elif split in (None, *splits):
            parts = [root / name for name in splits if split in (None, name)]
        else:
            raise FoodganError('{}: it has no split {}; choose among {}'.format(
                root, split, ', '.join(splits)))
        there = sorted(set().union(*(_folders(root / name) for name in splits or ('',))))
        names = select_categories(categories, there, root)
        photos = [
            Photo(str(file), label)
            for part in parts
            for label, name in enumerate(names) if (part / name).is_dir()
            for file in images.find_images(part / name, recursive=True)]
        self.split = split
        super().__init__(photos, names, root, transform, seed, skip_bad,
                         every_category=split in (None, 'train'))


def _splits(root):
    """Names of the sub-folders that are splits, not categories; often none."""
    # A glob finds nothing in a folder that is not there or cannot be read.
    found = [name for name in ('train', 'test', *VALIDATION)
             if any(path.is_dir() for path in (root / name).glob('[!.]*'))]
    return found if 'train' in found and len(found) > 1 else []


def _folders(root):
    if not root.is_dir():
        raise FoodganError('{}: it is {}; name the folder that holds a folder of photos for every '
                           'category'.format(root, 'a file' if root.exists() else 'not there'))
    try:
        names = sorted(
            entry.name for entry in root.iterdir()
            if entry.is_dir() and not entry.name.startswith('.'))
    except OSError as error:
        raise FoodganError(f'cannot read the folder {root}: {error.strerror}; check who may read '
                           'it') from error
    if not names:
        count = len(images.find_images(root))
        raise FoodganError('{}: it has {} but no sub-folders; put the photos of every category '
                           'into a sub-folder that has its name'.format(
                               root, f'{count} pictures' if count else 'no pictures'))
    return names


class ListDataset(ImageDataset):
    """Photos named in a list file.

    Line 1 of the list is the number of photos, line 2 the names of the categories, and every
    further line ``file v1 v2 ...``: a file below ``root`` and, for every category, ``1`` for yes
    or anything else for no, separated by white space.

    The split is the original's: the lines are shuffled by Python's ``random`` seeded with 1234, and
    the first 99 are the test photos (see :func:`~chainer_foodgan.datasets.sampling.part_of`).

    Args:
        root (str or os.PathLike): The folder of the photos.
        list_file (str or os.PathLike): The list.
        transform, seed, skip_bad: See :class:`~chainer_foodgan.datasets.base.ImageDataset`.
        split (str): ``'train'``, ``'test'`` or None for both.
        test (int or float): How many photos the test split has; below 1 a share of all of them.
        categories (iterable of str): Use only these columns, in this label order; the photos stay
            the same. Default: all.

    Raises:
        FoodganError: A file that is not such a list (a wrong count, a line with another number of
            columns, fewer than two categories), photos that do not exist, a split without photos,
            a category without a photo in the train split.

    Source: ``data_loader.py`` of the original (``CelebDataset``).
    """

    draws_test = True

    def __init__(self, root, list_file, transform=None, split='train', test=99, seed=0,
                 skip_bad=False, categories=None):
        names, rows = _read_list(list_file)
        rows = part_of(rows, split, test, list_file)
        chosen = select_categories(categories, names, list_file)
        columns = [names.index(name) for name in chosen]
        find = finder(root)
        photos = [
            Photo(find(file), tuple(float(values[c] == '1') for c in columns))
            for file, values in rows]
        self.split = split
        super().__init__(photos, chosen, list_file, transform, seed, skip_bad,
                         every_category=split != 'test')


def _read_list(list_file):
    """-> (names, list of (file, values))."""
    # Numbers of lines are taken before blank ones are dropped, for the errors.
    lines = [(number, line.split()) for number, line in enumerate(read_text(list_file), 1)]
    lines = [(number, words) for number, words in lines if words]
    if len(lines) < 2 or len(lines[0][1]) != 1 or not lines[0][1][0].isdecimal():
        raise FoodganError(f'{list_file}: it is no list of photos; line 1 is their number, line 2 '
                           'the names of the categories, then a line for every photo')
    count = int(lines[0][1][0])
    names = lines[1][1]
    rows = []
    for number, (file, *values) in lines[2:]:
        if len(values) != len(names):
            raise FoodganError(f'{list_file} line {number}: {file} has {len(values)} values for '
                               f'{len(names)} categories; give one for each (a file name cannot '
                               'hold spaces)')
        rows.append((file, values))
    if count != len(rows):
        raise FoodganError(f'{list_file}: line 1 says {count} photos, {len(rows)} are listed; '
                           'check that the list is whole, or correct line 1')
    return names, rows
