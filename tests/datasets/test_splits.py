"""What is held out of lists and of UEC FOOD."""

import random

import pytest

from chainer_foodgan.datasets.sampling import part_of
from chainer_foodgan.errors import FoodganError

ITEMS = list(range(200))


def test_the_originals_split():
    random.seed(1234)
    expected = list(ITEMS)
    random.shuffle(expected)
    assert part_of(ITEMS, 'test', 99, 'x') == expected[:99]
    assert part_of(ITEMS, 'train', 99, 'x') == expected[99:]
    assert part_of(ITEMS, None, 99, 'x') == ITEMS == list(range(200))


def test_more_test_items_include_fewer():
    few = part_of(ITEMS, 'test', 0.1, 'x')
    assert len(few) == 20 and part_of(ITEMS, 'test', 60, 'x')[:20] == few


def test_what_is_used_does_not_change_the_order():
    def used(item):
        return item % 3 == 0

    expected = [item for item in part_of(ITEMS, 'test', 199, 'x') if used(item)]
    part = part_of(ITEMS, 'test', 10, 'x', used)
    assert part == expected[:10]
    rest = part_of(ITEMS, 'train', 10, 'x', used)
    assert sorted(part + rest) == part_of(ITEMS, None, 10, 'x', used) == ITEMS[::3]


@pytest.mark.parametrize('items, split, test, message', [
    (ITEMS, 'val', 99, "no split 'val'"), (ITEMS, 'train', 200, '200 test photos of 200'),
    (ITEMS, 'test', -1, '-1 test photos'), ([], 'train', 0.1, 'no photo'),
    ([], None, 0.1, 'no photo')])
def test_splits_that_cannot_be(items, split, test, message):
    with pytest.raises(FoodganError, match='^x: .*' + message):
        part_of(items, split, test, 'x')
