"""The data set that a folder and, perhaps, a list stand for."""

import os

from chainer_foodgan.datasets.folder import FolderDataset
from chainer_foodgan.datasets.list_file import ListDataset
from chainer_foodgan.datasets.manifest import ManifestDataset


def open_dataset(images, list_file=None, transform=None, split='train', categories=None, seed=0,
                 skip_bad=False, test=99):
    """Opens photos as the kind of data set that they come as.

    Args:
        images (str or os.PathLike): The folder of the photos.
        list_file (str or os.PathLike): None for a
            :class:`~chainer_foodgan.datasets.folder.FolderDataset`, a file ``.csv`` for a
            :class:`~chainer_foodgan.datasets.manifest.ManifestDataset`, another for a
            :class:`~chainer_foodgan.datasets.list_file.ListDataset`.
        transform, seed, skip_bad: See :class:`~chainer_foodgan.datasets.base.ImageDataset`.
        split (str): ``'train'`` or ``'test'``. A folder has no splits: all of it is used, as in
            the original.
        categories (iterable of str): Use only these, in this label order. Default: all.
        test (int or float): See ListDataset; the others do not use it.

    Returns:
        chainer_foodgan.datasets.base.ImageDataset: ``labels`` is float32 (N, c_dim) for a list file
        (sigmoid losses), int32 (N,) for the others (softmax losses).

    Raises:
        FoodganError: See the three classes.
    """
    options = {'transform': transform, 'seed': seed, 'skip_bad': skip_bad,
               'categories': categories}
    if list_file is None:
        return FolderDataset(images, **options)
    if os.fspath(list_file).lower().endswith('.csv'):
        return ManifestDataset(images, list_file, split=split, **options)
    return ListDataset(images, list_file, split=split, test=test, **options)
