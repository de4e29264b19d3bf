"""The pool: it fills, then hands out old pictures for half of the new ones."""

import numpy
import pytest

from chainer_foodgan.training.updaters.cyclegan import ImagePool

import chainer


def pictures(*values):
    return numpy.array(values, numpy.float32)[:, None, None, None] * numpy.ones((3, 2, 2))


def values(batch):
    return batch[:, 0, 0, 0].tolist()


def test_while_it_fills_it_hands_out_what_it_gets():
    pool = ImagePool(3)
    rng = numpy.random.default_rng(0)
    for n in range(3):
        assert values(pool(pictures(n), rng)) == [n]
    assert len(pool.pictures) == 3


def test_without_a_place_it_keeps_nothing():
    pool = ImagePool(0)
    assert values(pool(pictures(1, 2), numpy.random.default_rng(0))) == [1, 2]
    assert pool.pictures == []


def test_half_of_what_it_hands_out_is_old_and_nothing_is_lost():
    pool = ImagePool(10)
    rng = numpy.random.default_rng(0)
    handed = [value for n in range(2000) for value in values(pool(pictures(n), rng))]
    old = sum(value != n for n, value in enumerate(handed[10:], start=10))
    assert old / 1990 == pytest.approx(0.5, abs=0.04)  # four standard deviations
    # What came in is inside or has been handed out; the first ten went out as they came in.
    inside = [picture[0, 0, 0] for picture in pool.pictures]
    assert sorted(handed[10:] + inside) == list(map(float, range(2000)))


def test_kept_pictures_are_copies():
    pool = ImagePool(1)
    x = pictures(1)
    pool(x, numpy.random.default_rng(0))
    x[...] = 7
    assert pool.pictures[0].max() == 1


@pytest.mark.parametrize('filled', [0, 2, 5])
def test_it_comes_back(filled):
    pool, again = ImagePool(4), ImagePool(4)
    for n in range(filled):
        pool(pictures(n), numpy.random.default_rng(n))
    saved = chainer.serializers.DictionarySerializer()
    pool.serialize(saved)
    again.serialize(chainer.serializers.NpzDeserializer(
        {name: numpy.asarray(array) for name, array in saved.target.items()}))
    for n in range(10):
        assert values(pool(pictures(n), numpy.random.default_rng(n))) == \
            values(again(pictures(n), numpy.random.default_rng(n)))
    assert saved.target['pictures'].dtype != object
