"""All photos of a data set with their splits, so that a list of them leaves none out."""

import csv
import os

from chainer_foodgan.datasets.base import ImageDataset, read_text
from chainer_foodgan.datasets.folder import VALIDATION, FolderDataset
from chainer_foodgan.datasets.manifest import ManifestDataset
from chainer_foodgan.datasets.opening import open_dataset


def open_all(images, list_file=None, categories=None, test=None):
    """Opens the photos of all splits as one data set.

    Args:
        images, list_file, categories, test: See
            :func:`~chainer_foodgan.datasets.opening.open_dataset`.

    Returns:
        tuple: The data set (:class:`~chainer_foodgan.datasets.base.ImageDataset`, without a
        transform) and the split of each of its photos (list of str): those of ``train`` come first,
        and where there are no splits all are. Photos that cannot be read are left out with a
        warning.

    Raises:
        FoodganError: See ``open_dataset``; there has to be a split ``train``.
    """
    options = {'skip_bad': True, 'test': test}
    train = open_dataset(images, list_file, categories=categories, **options)
    parts = {'train': train}
    for split in _others(train, images, list_file, test):
        parts[split] = open_dataset(images, list_file, split=split, categories=train.categories,
                                    **options)
    photos = [photo for part in parts.values() for photo in part.photos]
    dataset = ImageDataset(photos, train.categories, list_file or images, every_category=False)
    dataset.left_out = [line for part in parts.values() for line in part.left_out]
    return dataset, [split for split, part in parts.items() for _ in part.photos]


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
