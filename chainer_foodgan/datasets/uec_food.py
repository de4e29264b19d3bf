"""UEC FOOD-100 and UEC FOOD-256: a folder per category's number, and boxes around the dishes."""

import collections
import concurrent.futures
import logging
import math
import pathlib

from chainer_foodgan import images
from chainer_foodgan.categories import CATEGORIES, dish_of
from chainer_foodgan.datasets.base import ImageDataset, Photo, read_text
from chainer_foodgan.datasets.sampling import part_of
from chainer_foodgan.errors import FoodganError

#: The file that names the categories, and by which the layout is known.
NAMES_FILE = 'category.txt'

_logger = logging.getLogger('chainer_foodgan')


class UECFoodDataset(ImageDataset):
    """Photos of UEC FOOD-100 or -256, each dish in them an example, cropped to its box.

    ``category.txt`` has the lines ``id name`` below a head, the photos of a category are
    ``ID/NUMBER.jpg``, and ``ID/bb_info.txt`` has the lines ``NUMBER x1 y1 x2 y2`` (pixels of the
    upright photo) below a head. A photo with several dishes is in the folder of each of them under
    the same number, and several rows may be of the same photo.

    Not all is as it should be in such a set, and the rest can be used. One warning for every kind,
    with the number and the first, goes to the logger ``chainer_foodgan``: photos without a box and
    folders without ``bb_info.txt`` (taken whole), boxes that reach outside (cut), boxes that are
    empty or outside, rows without their photo, rows that are none, categories without a folder
    (left out).

    Categories are called as in ``category.txt``, with the number behind a name that was there
    before. They are asked for by name, by number, or, where UEC FOOD has a dish of the paper, by
    its name in :data:`chainer_foodgan.categories.CATEGORIES`, by which it is called then.

    Args:
        root (str or os.PathLike): The folder with ``category.txt``.
        transform, seed, skip_bad: See :class:`~chainer_foodgan.datasets.base.ImageDataset`.
        split (str): ``'train'``, ``'test'`` or None for both. A photo is on one side with all its
            dishes, in whatever folders they are.
        test (int or float): How many photos the test split has; below 1 a share of those with a
            category that is used. Which are the first does not depend on the categories, see
            :func:`~chainer_foodgan.datasets.sampling.part_of`.
        categories (iterable of str): Use only these, in this label order. Default: all, by number.

    Raises:
        FoodganError: No such folder or list of names, a category that is not there, a split without
            photos, a category without a photo in the train split.
    """

    draws_test = True

    def __init__(self, root, transform=None, split='train', seed=0, skip_bad=False,
                 categories=None, test=0.1):
        root = pathlib.Path(root)
        problems = collections.defaultdict(list)  # what is not as it should be: kind -> examples
        names = _named_folders(root, problems)
        files = {number: _files(root / str(number)) for number in names}
        chosen = _choose(categories, names, root)
        used = set().union(*(files[number] for number in chosen.values()))
        part = set(part_of(sorted(set().union(*files.values()), key=_natural), split, test, root,
                           used.__contains__))
        found = [
            (path, label, box)
            for label, number in enumerate(chosen.values())
            for path, box in _examples(root / str(number), files[number], part, problems)]
        self.split = split
        photos = _in_shares(found, problems)
        for problem, examples in problems.items():
            _logger.warning('%s: %s: %d, the first is %s', root, problem, len(examples),
                            examples[0])
        super().__init__(photos, chosen, root, transform, seed, skip_bad,
                         every_category=split != 'test')


def _named_folders(root, problems):
    """-> dict number -> name, of the categories that have a folder, by number."""
    path = root / NAMES_FILE
    names = {}
    for line, text in enumerate(read_text(path), 1):
        number, _, name = ' '.join(text.split()).partition(' ')
        if number.isdecimal() and name:
            again = name in names.values()
            names[int(number)] = f'{name} ({number})' if again else name
        elif number and line > 1:
            raise FoodganError(f'{path} line {line}: {text!r} is no number and name of a category; '
                               'correct it')
    there = {}
    for number, name in sorted(names.items()):
        if (root / str(number)).is_dir():
            there[number] = name
        else:
            problems['categories without a folder, left out'].append(name)
    return there


def _choose(categories, names, root):
    """-> dict name -> number, in label order."""
    numbers = {name: number for number, name in names.items()}
    if categories is None:
        return numbers
    # The paper's dishes, where the folder of the number is of them.
    dishes = {dish.name: dish.uec_food[0] for dish in CATEGORIES
              if dish_of(names.get(dish.uec_food[0], '')) == dish}
    chosen = {}
    for name in categories:
        if name not in numbers and name.isdecimal() and int(name) in names:
            name = names[int(name)]
        number = numbers.get(name, dishes.get(name))
        if number is None:
            raise FoodganError(f'{root}: it has no category {name} with a folder; choose names '
                               f'or numbers of {root / NAMES_FILE}')
        if number in chosen.values():
            raise FoodganError(f'{root}: category {number} ({name}) is named twice; name it once')
        chosen[name] = number
    return chosen


def _natural(number):
    """Sorts 2 before 10."""
    return len(number), number


def _files(folder):
    """-> dict number of the photo (str) -> its path, by number."""
    files = {path.stem: path for path in images.find_images(folder)}
    return {number: files[number] for number in sorted(files, key=_natural)}


# Most of the time is waiting for a disk, so more than there are cores.
_THREADS = 16


def _examples(folder, files, part, problems):
    """Yields path and box (pixels, or None) of the examples in a folder whose number is wanted."""
    rows = _rows(folder, files, problems)
    for number, path in files.items():
        if number in part:
            if rows is not None and number not in rows:
                problems['photos without a box, taken whole'].append(str(path))
            for box in (rows or {}).get(number, [None]):
                yield path, box


def _rows(folder, files, problems):
    """-> dict number of a photo -> boxes in pixels; None where there is no list of them."""
    path = folder / 'bb_info.txt'
    if not path.exists():
        problems['folders without bb_info.txt, whose photos are taken whole'].append(str(folder))
        return None
    rows = collections.defaultdict(list)
    for line, text in enumerate(read_text(path), 1):
        words = text.split()
        if not words or line == 1 and words[0] == 'img':
            continue
        try:
            number, *box = words
            box = left, top, right, bottom = tuple(map(float, box))
            if not all(map(math.isfinite, box)):
                raise ValueError
        except ValueError:
            problems['rows that are no number and box, left out'].append(
                f'{path} line {line}')
            continue
        if number in files:
            rows[number].append(box)
        else:
            problems['rows whose photo is not there, left out'].append(
                f'{path} line {line}')
    return rows


def _in_shares(found, problems):
    """-> list of Photo, of (path, label, box in pixels or None); heads of the files are read."""
    boxed = list(dict.fromkeys(path for path, _, box in found if box))
    with concurrent.futures.ThreadPoolExecutor(_THREADS) as pool:
        sizes = dict(zip(boxed, pool.map(_size, boxed)))
    photos = []
    for path, label, box in found:
        # A photo that cannot be read is what the data set makes of such photos in any layout.
        shares = None
        if box and sizes[path]:
            given = [place / side for place, side in zip(box, 2 * sizes[path])]
            left, top, right, bottom = shares = tuple(min(max(x, 0.), 1.) for x in given)
            if left >= right or top >= bottom:
                problems['boxes that are empty or outside the photo, left out'].append(
                    _described(path, box))
                continue
            if list(shares) != given:
                problems['boxes that reach outside the photo, cut'].append(_described(path, box))
        photos.append(Photo(str(path), label, shares))
    return photos


def _size(path):
    try:
        return images.read_size(path)
    except FoodganError:
        return None


def _described(path, box):
    return '{} ({})'.format(path, ' '.join(f'{place:g}' for place in box))
