"""Rendered bowls with wrong ones among them, as photos that were found by a dish's name have."""

import numpy

from chainer_foodgan import images
from chainer_foodgan.datasets.base import Photo
from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.datasets.manifest import write_manifest

RIGHT = 'right'
#: What can be wrong with a photo: it shows another dish, or hardly any of the dish.
WRONG = ('another dish', 'a corner')


def write(folder, count, size, wrong, seed):
    """Writes bowls and the list of them, ``photos.csv``.

    Args:
        folder (pathlib.Path): A folder per category is made in it.
        count (int): How many bowls, of all dishes together.
        size (int): Pixels.
        wrong (float): Share of the wrong ones, in [0, 1): two of three show another dish, the
            others a corner of the picture.
        seed (int): Of the bowls, and of which ones are wrong.

    Returns:
        dict: File, relative to the folder, to what is wrong: one of ``WRONG``, or ``RIGHT``.
    """
    bowls, large = (RenderedBowls(count, scale * size, seed, cache_size=0) for scale in (1, 3))
    photos, kinds = [], {}
    for index in range(count):
        rng = numpy.random.default_rng((seed, index))
        label, chance = int(bowls.labels[index]), rng.random()
        file = '{}/{:06d}.png'.format(bowls.categories[label], index)
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
