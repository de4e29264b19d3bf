"""Photos named in lists: the original's, and tables (CSV) with a row per photo."""

import csv
import os

import numpy

from chainer_foodgan import files
from chainer_foodgan.datasets.base import ImageDataset, Photo, read_text, select_categories
from chainer_foodgan.datasets.sampling import part_of
from chainer_foodgan.datasets.shards import finder
from chainer_foodgan.documents import from_csv, to_csv
from chainer_foodgan.errors import FoodganError


class ListDataset(ImageDataset):
    """Photos named in a list file ("CelebA" mode of the original).

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


class ManifestDataset(ImageDataset):
    """Photos named in a CSV file with a header row.

    ========  ====================================================================================
    column    content (others are ignored)
    ========  ====================================================================================
    file      path below ``root``
    category  its name; without ``categories`` the sorted names of the whole table, all splits, are
              the label order
    split     ``train``, ``test`` or another name
    dish_box  may be empty or missing: ``x0 y0 x1 y1``, each in [0, 1], left, top, right and bottom
              of the dish as shares of the upright photo's width and height, which is cropped to it
    ========  ====================================================================================

    Args:
        root (str or os.PathLike): The folder of the photos.
        csv_file (str or os.PathLike): The table, UTF-8.
        transform, seed, skip_bad: See :class:`~chainer_foodgan.datasets.base.ImageDataset`.
        split (str): Use the rows of this split; None: all.
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
        if not rows:
            raise FoodganError(f'{csv_file}: it lists no photo; leave fewer out')
        if split is not None and split not in splits:
            raise FoodganError('{}: no photo is in the split {}; choose among {}'.format(
                csv_file, split, ', '.join(splits)))
        names = select_categories(categories, sorted({row['category'] for row in rows}), csv_file)
        find = finder(root)
        photos = [
            Photo(find(row['file']), names.index(row['category']), row['dish_box'])
            for row in rows if split in (None, row['split']) and row['category'] in names]
        self.split = split
        super().__init__(photos, names, csv_file, transform, seed, skip_bad,
                         every_category=split in (None, 'train'))


def write_manifest(path, root, photos, categories, split='train', extra=None):
    """Writes the table that :class:`ManifestDataset` reads, a row per photo.

    Reading it with the same ``root`` and ``categories`` gives the same photos in the same order.
    Without ``categories`` it is the sorted names that number them.

    Args:
        path (str or os.PathLike): The table, ``.csv``. It is replaced once all is written.
        root (str or os.PathLike): The folder that the files are named from.
        photos (iterable of Photo): What to write; one category each.
        categories (sequence of str): Names in label order.
        split (str or sequence of str): The split of all photos, or of each.
        extra (dict): Further columns: name -> sequence of values, one for each photo.

    Raises:
        FoodganError: No photo at all, one of no category or several, a name that a table cannot
            hold, a file that cannot be written.
    """
    photos, extra = list(photos), extra or {}
    if not photos:
        raise FoodganError(f'cannot write {path}: no photo is left for it; drop fewer')
    splits = len(photos) * [split] if isinstance(split, str) else split
    columns = [
        [os.path.relpath(photo.file, root) for photo in photos],
        [categories[_label(photo)] for photo in photos],
        splits,
        [' '.join(repr(float(share)) for share in photo.box or ()) for photo in photos],
        *extra.values()]
    if any(len(column) != len(photos) for column in columns):
        raise ValueError('a column has more or fewer values than there are photos')
    _check_names(path, *columns[:3])
    with files.replacing(path, 'w') as file:
        writer = csv.writer(file, lineterminator='\n')
        writer.writerow(['file', 'category', 'split', 'dish_box', *extra])
        writer.writerows(map(to_csv, row) for row in zip(*columns))


def _label(photo):
    """The number of a photo's only category."""
    if numpy.ndim(photo.label) == 0:
        return int(photo.label)
    labels = numpy.flatnonzero(photo.label)
    if len(labels) != 1:
        raise FoodganError(f'{photo.file}: it has {len(labels)} categories, and a table holds one '
                           'for each photo; leave it out of the list')
    return int(labels[0])


def _check_names(path, *columns):
    for name in set().union(*columns):
        # What the reader takes off or splits; surrogates stand for bytes that are no text.
        if name != name.strip() or any(c in '\r\n' or '\ud800' <= c <= '\udfff' for c in name):
            raise FoodganError(f'cannot write {path}: the name {name!r} has spaces at an end, line '
                               'breaks or bytes that are no text; rename it')


def _read(csv_file):
    """-> list of dicts with file, category, split and dish_box (tuple or None)."""
    rows = read_table(csv_file, ('file', 'category', 'split'), ' and, where known, dish_box')
    return [{**row, 'dish_box': _box(row.get('dish_box', ''), where)} for where, row in rows]


def read_table(path, needed, more=''):
    """Reads a CSV table (UTF-8) with a header row, in which some columns are needed and filled in
    on every line; ``more`` is what the error says of further ones. Returns for each row the file
    and line (str, for errors) and its values (dict).
    """
    try:
        reader = csv.DictReader(read_text(path), strict=True)
        fields = reader.fieldnames or ()
        rows = [(f'{path} line {reader.line_num}', row) for row in reader]
    except csv.Error as error:
        raise FoodganError(f'{path}: it is no CSV table ({error}); save it as CSV') from error
    missing = [name for name in needed if name not in fields]
    if missing:
        raise FoodganError('{}: it has no column {}; line 1 names the columns {}{}'.format(
            path, ', '.join(missing), ', '.join(needed), more))
    for where, row in rows:
        if None in row or None in row.values():
            raise FoodganError(f'{where}: it has more or fewer values than line 1 has columns; '
                               'correct the line')
        empty = [name for name in needed if not row[name].strip()]
        if empty:
            raise FoodganError('{}: {} is empty; fill it in'.format(where, ', '.join(empty)))
        row.update((name, from_csv(row[name].strip())) for name in needed)
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
    raise FoodganError(f'{where}: the dish_box {text!r} is not left, top, right and bottom, each '
                       'in 0 to 1; correct it or leave it empty')
