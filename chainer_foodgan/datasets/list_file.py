"""The original's list file (its "CelebA" mode): any number of categories for a photo."""

import os

from chainer_foodgan.datasets.base import ImageDataset, Photo, read_text, select_categories
from chainer_foodgan.datasets.splits import part_of
from chainer_foodgan.errors import FoodganError


class ListDataset(ImageDataset):
    """Photos named in a list file.

    Line 1 of the list is the number of photos, line 2 the names of the categories, and every
    further line ``file v1 v2 ...``: a file below ``root`` and, for every category, ``1`` for yes
    or anything else for no, separated by white space.

    The split is the original's: the lines are shuffled by Python's ``random`` seeded with 1234, and
    the first 99 are the test photos (see :func:`~chainer_foodgan.datasets.splits.part_of`).

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
        names, rows = _read(list_file)
        rows = part_of(rows, split, test, list_file)
        chosen = select_categories(categories, names, list_file)
        columns = [names.index(name) for name in chosen]
        photos = [
            Photo(os.path.join(root, file), tuple(float(values[c] == '1') for c in columns))
            for file, values in rows]
        self.split = split
        super().__init__(photos, chosen, list_file, transform, seed, skip_bad,
                         every_category=split != 'test')


def _read(list_file):
    """-> (names, list of (file, values))."""
    # Numbers of lines are taken before blank ones are dropped, for the errors.
    lines = [(number, line.split()) for number, line in enumerate(read_text(list_file), 1)]
    lines = [(number, words) for number, words in lines if words]
    if len(lines) < 2 or len(lines[0][1]) != 1 or not lines[0][1][0].isdecimal():
        raise FoodganError('{}: it is no list of photos; line 1 is their number, line 2 the names '
                           'of the categories, then a line for every photo'.format(list_file))
    count = int(lines[0][1][0])
    names = lines[1][1]
    rows = []
    for number, (file, *values) in lines[2:]:
        if len(values) != len(names):
            raise FoodganError('{} line {}: {} has {} values for {} categories; give one for each '
                               '(a file name cannot hold spaces)'.format(
                                   list_file, number, file, len(values), len(names)))
        rows.append((file, values))
    if count != len(rows):
        raise FoodganError('{}: line 1 says {} photos, {} are listed; check that the list is '
                           'whole, or correct line 1'.format(list_file, count, len(rows)))
    return names, rows
