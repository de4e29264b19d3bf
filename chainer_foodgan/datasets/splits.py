"""Which photos are held out where the data set does not say it."""

import random

from chainer_foodgan.errors import FoodganError


def part_of(items, split, test, source, used=None):
    """The part of a data set that a split is.

    All items are shuffled in the same way each time, whatever is used of them, and the first of
    those that are used are the test items: more of them include fewer.

    Args:
        items (sequence): All there are, in their own order.
        split (str): ``'train'`` or ``'test'``; None: all that are used, in their own order.
        test (int or float): How many the test split has; below 1 a share.
        source (str or os.PathLike): What errors call the data set.
        used (callable): ``item -> bool``. Default: all are.

    Returns:
        list: The part.

    Raises:
        FoodganError: Another split, or one that leaves nothing to train on.

    Source: ``data_loader.py`` of the original (``CelebDataset``), which has 99 test photos.
    """
    items = list(items)
    if split is not None:
        # A generator of its own gives the same sequence as random.seed(1234).
        random.Random(1234).shuffle(items)
    if used is not None:
        items = [item for item in items if used(item)]
    if not items:
        raise FoodganError('{}: no photo is left in it; leave fewer out'.format(source))
    if split is None:
        return items
    if split not in ('train', 'test'):
        raise FoodganError('{}: it has no split {!r}; choose train or test'.format(source, split))
    count = round(test * len(items)) if 0 < test < 1 else int(test)
    if not 0 <= count < len(items):
        raise FoodganError('{}: {} test photos of {} leave none to train on; choose fewer, or a '
                           'share such as 0.1'.format(source, count, len(items)))
    return items[:count] if split == 'test' else items[count:]
