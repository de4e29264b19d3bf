"""The data set that a folder and, perhaps, a list stand for; photos in a folder per category."""

import csv
import os
import pathlib

from chainer_foodgan.datasets.base import (
    VALIDATION,
    ImageDataset,
    Photo,
    read_text,
    select_categories,
)
from chainer_foodgan.datasets.lists import ListDataset, ManifestDataset
from chainer_foodgan.datasets.shards import ShardDataset, has_shards
from chainer_foodgan.datasets.uec_food import NAMES_FILE, UECFoodDataset
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.images import find_images
from chainer_foodgan.parallel import ALONE


def open_dataset(images, list_file=None, transform=None, split='train', categories=None, seed=0,
                 skip_bad=False, test=None):
    """Opens photos as the kind of data set that they come as.

    Args:
        images (str or os.PathLike): The folder of the photos.
        list_file (str or os.PathLike): A file ``.csv`` for a
            :class:`~chainer_foodgan.datasets.lists.ManifestDataset`, another for a
            :class:`~chainer_foodgan.datasets.lists.ListDataset`. None for a
            :class:`~chainer_foodgan.datasets.uec_food.UECFoodDataset`, if the folder has a
            ``category.txt``, a :class:`~chainer_foodgan.datasets.shards.ShardDataset`, if it has
            tar files, or a :class:`FolderDataset`.
        transform, seed, skip_bad: See :class:`~chainer_foodgan.datasets.base.ImageDataset`.
        split (str): ``'train'``, ``'test'``, another that the data set names, or None for all
            photos. A folder without splits (``split`` of the result is None) is used whole, as in
            the original.
        categories (iterable of str): Use only these, in this label order. Default: all.
        test (int or float): See ListDataset (default: 99) and UECFoodDataset (default: 0.1); the
            others do not use it.

    Returns:
        chainer_foodgan.datasets.base.ImageDataset: ``labels`` is float32 (N, c_dim) for a list file
        (sigmoid losses), int32 (N,) for the others (softmax losses).

    Raises:
        FoodganError: See the five classes.
    """
    options = {'transform': transform, 'seed': seed, 'skip_bad': skip_bad,
               'categories': categories, 'split': split}
    held_out = {} if test is None else {'test': test}
    if list_file is None:
        if pathlib.Path(images, NAMES_FILE).is_file():
            return UECFoodDataset(images, **held_out, **options)
        if has_shards(images):
            return ShardDataset(images, **options)
        return FolderDataset(images, **options)
    if os.fspath(list_file).lower().endswith('.csv'):
        return ManifestDataset(images, list_file, **options)
    return ListDataset(images, list_file, **held_out, **options)


def open_all(images, list_file=None, categories=None, test=None, skip_bad=True):
    """Opens the photos of all splits as one data set; the arguments are those of
    :func:`open_dataset`. Returns it, an ImageDataset without a transform, and the split of each
    photo (list of str): those of ``train``, which has to be there, come first, and where there are
    no splits all are.
    """
    options = {'skip_bad': skip_bad, 'test': test}
    if list_file is None and has_shards(images):
        dataset = ShardDataset(images, skip_bad=skip_bad, categories=categories, split=None)
        return dataset, dataset.splits
    train = open_dataset(images, list_file, categories=categories, **options)
    parts = {'train': train}
    for split in _others(train, images, list_file, test):
        parts[split] = open_dataset(images, list_file, split=split, categories=train.categories,
                                    **options)
    photos = [photo for part in parts.values() for photo in part.photos]
    # The parts have been checked as far as was asked.
    dataset = ImageDataset(photos, train.categories, list_file or images, skip_bad=None,
                           every_category=False)
    dataset.left_out = [line for part in parts.values() for line in part.left_out]
    return dataset, [split for split, part in parts.items() for _ in part.photos]


def leave_out_bad(dataset, splits, source, comm=ALONE):
    """Leaves the photos that cannot be read out of what :func:`open_all` has opened with
    ``skip_bad=None``; ``splits`` has the split of each photo, ``source`` is what the warning calls
    them, and the ranks of ``comm`` share the work. Returns the split of each photo that is left; a
    FoodganError says that a category has none left to train on.
    """
    splits = [splits[index] for index in dataset.leave_out_bad(source, comm)]
    dataset.check_every_category(
        source, [index for index, split in enumerate(splits) if split == 'train'])
    return splits


def _others(train, images, list_file, test):
    """The splits with photos of these categories, besides ``train``, of what is opened as that."""
    if train.split is None:
        return []
    if isinstance(train, FolderDataset):
        return [split for split in (*VALIDATION, 'test')
                if any(os.path.isdir(os.path.join(images, split, name))
                       for name in train.categories)]
    if isinstance(train, ManifestDataset):
        rows = csv.DictReader(read_text(list_file))
        return sorted({row['split'].strip() for row in rows
                       if row['category'].strip() in train.categories} - {'train'})
    return ['test'] if test != 0 else []


class FolderDataset(ImageDataset):
    """Photos in a sub-folder per category, as in the original's "RaFD" mode.

    The sorted names are the label order.
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
            for file in find_images(part / name, recursive=True)]
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
        count = len(find_images(root))
        raise FoodganError('{}: it has {} but no sub-folders; put the photos of every category '
                           'into a sub-folder that has its name'.format(
                               root, f'{count} pictures' if count else 'no pictures'))
    return names
