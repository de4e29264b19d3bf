"""A folder per category, as torchvision's ImageFolder reads it (the original's "RaFD" mode)."""

import pathlib

from chainer_foodgan import images
from chainer_foodgan.datasets.base import ImageDataset, Photo, select_categories
from chainer_foodgan.errors import FoodganError


class FolderDataset(ImageDataset):
    """Photos in a sub-folder per category; the sorted names are the label order.

    Pictures are found by suffix at any depth below a category's folder; hidden files and folders,
    and pictures beside the category folders, are ignored.

    Args:
        root (str or os.PathLike): The folder of the category folders.
        transform, seed, skip_bad: See :class:`~chainer_foodgan.datasets.base.ImageDataset`.
        categories (iterable of str): Use only these, in this label order. Default: all.

    Raises:
        FoodganError: There is no such folder, it has fewer than two category folders, or one of
            them holds no picture.
    """

    def __init__(self, root, transform=None, seed=0, skip_bad=False, categories=None):
        root = pathlib.Path(root)
        names = select_categories(categories, _folders(root), root)
        photos = [
            Photo(str(file), label)
            for label, name in enumerate(names)
            for file in images.find_images(root / name, recursive=True)]
        super().__init__(photos, names, root, transform, seed, skip_bad)


def _folders(root):
    if not root.is_dir():
        raise FoodganError('{}: it is {}; name the folder that holds a folder of photos for every '
                           'category'.format(root, 'a file' if root.exists() else 'not there'))
    try:
        names = sorted(
            entry.name for entry in root.iterdir()
            if entry.is_dir() and not entry.name.startswith('.'))
    except OSError as error:
        raise FoodganError('cannot read the folder {}: {}; check who may read it'.format(
            root, error.strerror)) from error
    if not names:
        count = len(images.find_images(root))
        raise FoodganError('{}: it has {} but no sub-folders; put the photos of every category '
                           'into a sub-folder that has its name'.format(
                               root, '{} pictures'.format(count) if count else 'no pictures'))
    return names
