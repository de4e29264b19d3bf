"""The data set that a folder and, perhaps, a list stand for."""

import os
import pathlib

from chainer_foodgan.datasets.folder import FolderDataset
from chainer_foodgan.datasets.list_file import ListDataset
from chainer_foodgan.datasets.manifest import ManifestDataset
from chainer_foodgan.datasets.uec_food import NAMES_FILE, UECFoodDataset


def open_dataset(images, list_file=None, transform=None, split='train', categories=None, seed=0,
                 skip_bad=False, test=None):
    """Opens photos as the kind of data set that they come as.

    Args:
        images (str or os.PathLike): The folder of the photos.
        list_file (str or os.PathLike): A file ``.csv`` for a
            :class:`~chainer_foodgan.datasets.manifest.ManifestDataset`, another for a
            :class:`~chainer_foodgan.datasets.list_file.ListDataset`. None for a
            :class:`~chainer_foodgan.datasets.uec_food.UECFoodDataset`, if the folder has a
            ``category.txt``, or a :class:`~chainer_foodgan.datasets.folder.FolderDataset`.
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
        FoodganError: See the four classes.
    """
    options = {'transform': transform, 'seed': seed, 'skip_bad': skip_bad,
               'categories': categories, 'split': split}
    held_out = {} if test is None else {'test': test}
    if list_file is None:
        if pathlib.Path(images, NAMES_FILE).is_file():
            return UECFoodDataset(images, **held_out, **options)
        return FolderDataset(images, **options)
    if os.fspath(list_file).lower().endswith('.csv'):
        return ManifestDataset(images, list_file, **options)
    return ListDataset(images, list_file, **held_out, **options)
