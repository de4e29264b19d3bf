"""Pairs: the same bowl twice, with two dishes."""

import numpy
import pytest

from chainer_foodgan import images
from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.datasets.bowls.dataset import BowlPairs
from chainer_foodgan.errors import FoodganError


def test_a_pair_is_one_bowl_with_two_dishes():
    pairs = BowlPairs(7, 32, seed=3, categories=('soba', 'curry'))
    bowls = RenderedBowls(7, 32, seed=3)
    assert len(pairs) == 7 and pairs.categories == ('soba', 'curry')
    for index in (0, 5):
        x, y = pairs[index]
        for array, name in ((x, 'soba'), (y, 'curry')):
            assert array.dtype == numpy.float32 and array.shape == (3, 32, 32)
            numpy.testing.assert_array_equal(
                array, images.to_array(bowls.render(index, name)))
        mask = bowls.mask(index)
        assert (x == y)[:, ~mask].all() and abs(x - y)[:, mask].mean() > 0.1


def test_every_epoch_is_the_same():
    pairs = BowlPairs(5, 16)
    for first, second in zip(pairs[2], pairs[3 * 5 + 2]):
        numpy.testing.assert_array_equal(first, second)
    assert len(list(pairs)) == 5
    with pytest.raises(IndexError):
        pairs.get_example(-1)


@pytest.mark.parametrize('categories, word', [
    (('rice',), 'fewer than two'), (('rice', 'rice'), 'twice'), (('rice', 'pizza'), 'pizza'),
    (('rice', 'soba', 'curry'), 'too many')])
def test_two_dishes_are_needed(categories, word):
    with pytest.raises(FoodganError, match=word):
        BowlPairs(5, 16, categories=categories)
