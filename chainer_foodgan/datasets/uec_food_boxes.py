"""The boxes of UEC FOOD (``bb_info.txt``), and what becomes of those that are none."""

import collections
import concurrent.futures
import math

from chainer_foodgan import images
from chainer_foodgan.datasets.base import Photo, read_text
from chainer_foodgan.errors import FoodganError

# Most of the time is waiting for a disk, so more than there are cores.
_THREADS = 16


def find(folder, files, part, problems):
    """The examples of a category.

    Args:
        folder (pathlib.Path): Its folder.
        files (dict): Number of a photo (str) -> its path.
        part (set of str): Numbers of the photos that are wanted.
        problems (collections.defaultdict): What is not as it should be is added: kind -> examples.

    Yields:
        tuple: The path of a photo, and a box in pixels or None.

    Raises:
        FoodganError: ``bb_info.txt`` cannot be read.
    """
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
                '{} line {}'.format(path, line))
            continue
        if number in files:
            rows[number].append(box)
        else:
            problems['rows whose photo is not there, left out'].append(
                '{} line {}'.format(path, line))
    return rows


def in_shares(found, problems):
    """Boxes in pixels as shares of the upright photos; only the heads of the files are read.

    Args:
        found (list): Tuples of path, label, and box in pixels or None.
        problems (collections.defaultdict): See :func:`find`.

    Returns:
        list of Photo: In this order, without those whose box is empty.
    """
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
    return '{} ({})'.format(path, ' '.join('{:g}'.format(place) for place in box))
