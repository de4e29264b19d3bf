"""A folder per category, as torchvision's ImageFolder reads it (the original's "RaFD" mode)."""

import pathlib

from chainer_foodgan import images
from chainer_foodgan.datasets.base import ImageDataset, Photo, select_categories
from chainer_foodgan.errors import FoodganError

#: What a split that is neither for training nor for the test is called.
VALIDATION = ('val', 'valid', 'validation')


class FolderDataset(ImageDataset):
    """Photos in a sub-folder per category; the sorted names are the label order.

    Pictures are found by suffix at any depth below a category's folder; hidden files and folders,
    and pictures beside the category folders, are ignored.

    Where ``root`` has the sub-folders ``train`` and ``test``, or ``train`` and one of
    :data:`VALIDATION`, with folders in them, these are splits, each with a folder per category.
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
        raise FoodganError('cannot read the folder {}: {}; check who may read it'.format(
            root, error.strerror)) from error
    if not names:
        count = len(images.find_images(root))
        raise FoodganError('{}: it has {} but no sub-folders; put the photos of every category '
                           'into a sub-folder that has its name'.format(
                               root, '{} pictures'.format(count) if count else 'no pictures'))
    return names
