"""A table (CSV) with a row per photo: its file, category and split, and where the dish is."""

import csv
import os

from chainer_foodgan.datasets.base import ImageDataset, Photo, read_text, select_categories
from chainer_foodgan.errors import FoodganError


class ManifestDataset(ImageDataset):
    """Photos named in a CSV file with a header row.

    .. list-table:: Columns (others are ignored)
       :header-rows: 1

       * - name
         - content
       * - file
         - path below ``root``
       * - category
         - its name; without ``categories`` the sorted names of the whole table, all splits, are the
           label order
       * - split
         - ``train``, ``test`` or another name
       * - dish_box
         - may be empty or missing: ``x0 y0 x1 y1``, each in [0, 1], left, top, right and bottom of
           the dish as shares of the upright photo's width and height; the photo is cropped to it

    Args:
        root (str or os.PathLike): The folder of the photos.
        csv_file (str or os.PathLike): The table, UTF-8.
        transform, seed, skip_bad: See :class:`~chainer_foodgan.datasets.base.ImageDataset`.
        split (str): Use the rows of this split.
        categories (iterable of str): Use only these, in this label order. Default: all.

    Raises:
        FoodganError: A file that is not such a table, a row without file, category or split, a box
            that is none, photos that do not exist, a split without photos, a category without a
            photo in the train split.
    """

    def __init__(self, root, csv_file, transform=None, split='train', seed=0, skip_bad=False,
                 categories=None):
        rows = _read(csv_file)
        splits = sorted({row['split'] for row in rows})
        if split not in splits:
            raise FoodganError('{}: no photo is in the split {}; choose among {}'.format(
                csv_file, split, ', '.join(splits) or '(none)'))
        names = select_categories(categories, sorted({row['category'] for row in rows}), csv_file)
        photos = [
            Photo(os.path.join(root, row['file']), names.index(row['category']), row['dish_box'])
            for row in rows if row['split'] == split and row['category'] in names]
        super().__init__(photos, names, csv_file, transform, seed, skip_bad,
                         every_category=split == 'train')


def _read(csv_file):
    """-> list of dicts with file, category, split and dish_box (tuple or None)."""
    try:
        reader = csv.DictReader(read_text(csv_file), strict=True)
        fields = reader.fieldnames or ()
        lines = [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise FoodganError('{}: it is no CSV table ({}); save it as CSV'.format(
            csv_file, error)) from error
    needed = ('file', 'category', 'split')
    missing = [name for name in needed if name not in fields]
    if missing:
        raise FoodganError('{}: it has no column {}; line 1 names the columns file, category, '
                           'split and, where known, dish_box'.format(csv_file, ', '.join(missing)))
    rows = []
    for number, row in lines:
        where = '{} line {}'.format(csv_file, number)
        if None in row or None in row.values():
            raise FoodganError('{}: it has more or fewer values than line 1 has columns; correct '
                               'the line'.format(where))
        empty = [name for name in needed if not row[name].strip()]
        if empty:
            raise FoodganError('{}: {} is empty; fill it in'.format(where, ', '.join(empty)))
        values = {name: row[name].strip() for name in needed}
        values['dish_box'] = _box(row.get('dish_box', ''), where)
        rows.append(values)
    return rows


def _box(text, where):
    if not text.strip():
        return None
    try:
        left, top, right, bottom = box = tuple(float(word) for word in text.split())
        if 0 <= left < right <= 1 and 0 <= top < bottom <= 1:
            return box
    except ValueError:
        pass
    raise FoodganError('{}: the dish_box {!r} is not left, top, right and bottom, each in 0 to 1; '
                       'correct it or leave it empty'.format(where, text))
