"""Rendered bowls as photos come: some show the wrong thing, some another kind of their dish."""

import numpy

from chainer_foodgan import images
from chainer_foodgan.categories import NAMES
from chainer_foodgan.datasets.base import Photo
from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.datasets.lists import write_manifest

RIGHT = 'right'
#: What can be wrong with a photo: it shows another dish, or hardly any of the dish.
WRONG = ('another dish', 'a corner')


def write_wrong(folder, count, size, wrong, seed, categories=NAMES):
    """Writes bowls and the list of them, ``photos.csv``.

    Args:
        folder (pathlib.Path): A folder per category is made in it.
        count (int): How many bowls, of all dishes together.
        size (int): Pixels.
        wrong (float): Share of the wrong ones, in [0, 1): two of three show another dish, the
            others a corner of the picture.
        seed (int): Of the bowls, and of which ones are wrong.
        categories (sequence of str): Dishes.

    Returns:
        dict: File, relative to the folder, to what is wrong: one of ``WRONG``, or ``RIGHT``.
    """
    bowls, large = (RenderedBowls(count, scale * size, seed, categories, cache_size=0)
                    for scale in (1, 3))
    photos, kinds = [], {}
    for index in range(count):
        rng = numpy.random.default_rng((seed, index))
        label, chance = int(bowls.labels[index]), rng.random()
        file = f'{bowls.categories[label]}/{index:06d}.png'
        if chance >= wrong:
            kinds[file], picture = RIGHT, bowls.image(index)
        elif chance < wrong * 2 / 3:
            other = (label + int(rng.integers(1, len(bowls.categories)))) % len(bowls.categories)
            kinds[file], picture = WRONG[0], bowls.render(index, other)
        else:
            kinds[file], picture = WRONG[1], large.image(index).crop((0, 0, size, size))
        images.save_image(picture, folder / file)
        photos.append(Photo(str(folder / file), label))
    write_manifest(folder / 'photos.csv', folder, photos, bowls.categories,
                   extra={'what': list(kinds.values())})
    return kinds


def write_odd(folder, kinds, others, counts, share, size, seed):
    """Writes bowls and the list of them, ``photos.csv``, whose column ``kind`` is the truth.

    Args:
        folder (pathlib.Path): A folder per category is made in it.
        kinds (sequence of str): Two dishes: that of the category's name, and the odd one.
        others (sequence of str): Dishes of further categories, which stay as they are.
        counts (sequence of int): Bowls of the mixed category, and of each of the others.
        share (float): That of the odd kind, in (0, 1).
        size (int): Pixels.
        seed (int): Of the bowls, and of which ones are odd.
    """
    odd = numpy.random.default_rng(seed).random(counts[0]) < share
    found = [kinds[int(is_odd)] for is_odd in odd] + [
        other for other in others for _ in range(counts[1])]
    categories = (kinds[0], *others)
    bowls, photos = RenderedBowls(len(found), size, seed, cache_size=0), []
    for index, kind in enumerate(found):
        label = categories.index(kind) if kind in others else 0
        file = folder / categories[label] / f'{index:06d}.png'
        images.save_image(bowls.render(index, kind), file)
        photos.append(Photo(str(file), label))
    write_manifest(folder / 'photos.csv', folder, photos, categories, extra={'kind': found})
