"""The order of photos, and which of them are held out."""

import pickle
import random

import numpy
import pytest

from chainer_foodgan.datasets.sampling import Cache, SeededOrder, part_of
from chainer_foodgan.errors import FoodganError

import chainer


def epochs(sampler, N, number):
    """Orders of epochs 1, 2, ... as an iterator gets them."""
    order = numpy.arange(N)
    orders = []
    for _ in range(number):
        order = sampler(order, 0)
        orders.append(order)
    return orders


@pytest.mark.parametrize('N, batch_size', [(10, 3), (12, 4), (7, 7), (5, 1)])
def test_full_batches_of_different_photos(N, batch_size):
    for epoch, order in enumerate(epochs(SeededOrder(0, batch_size), N, 4), 1):
        assert len(order) == N // batch_size * batch_size
        assert (order // N == epoch).all()
        assert len(set(order)) == len(order)


def test_over_the_epochs_every_photo_is_left_out_now_and_then():
    left_out = [set(range(10)) - set(order % 10)
                for order in epochs(SeededOrder(0, 4), 10, 60)]
    assert all(len(indices) == 2 for indices in left_out)
    assert set.union(*left_out) == set(range(10))


def test_a_function_of_seed_and_epoch():
    first = epochs(SeededOrder(3, 2), 20, 5)
    numpy.testing.assert_array_equal(first, epochs(SeededOrder(3, 2), 20, 5))
    assert (first[0] % 20 != epochs(SeededOrder(4, 2), 20, 1)[0] % 20).any()
    assert all((a % 20 != b % 20).any() for a, b in zip(first, first[1:]))
    # Whatever came before: the fifth epoch alone, after an order of the fourth.
    sampler = SeededOrder(3, 2)
    sampler(numpy.arange(20), 0)
    numpy.testing.assert_array_equal(sampler(4 * 20 + numpy.arange(20), 0), first[4])


@pytest.mark.parametrize('counts', [(2, 30, 8), (1, 1, 1, 97), (10, 10)])
def test_even_drawing(counts):
    labels = numpy.repeat(numpy.arange(len(counts)), counts)
    N = len(labels)
    for order in epochs(SeededOrder(0, 1, labels), N, 3):
        index = order % N
        drawn = numpy.bincount(labels[index], minlength=len(counts))
        # ceil(N / categories) of each, less what is cut off at the end.
        share = -(-N // len(counts))
        cut = share * len(counts) - N
        assert drawn.max() <= share and drawn.sum() == N
        assert drawn.min() >= share - cut
        # Within a category, all photos equally often (once more or less).
        for label, count in enumerate(counts):
            times = numpy.bincount(index[labels[index] == label], minlength=N)[labels == label]
            assert times.min() >= share // count - cut
            assert times.max() <= -(-share // count)


def test_even_drawing_changes_with_the_epoch():
    first, second = epochs(SeededOrder(0, 1, numpy.repeat([0, 1], [5, 20])), 25, 2)
    assert (first % 25 != second % 25).any()


@pytest.mark.parametrize('stop', [1, 3, 4, 9])
@pytest.mark.parametrize('make', [
    chainer.iterators.SerialIterator, chainer.iterators.MultithreadIterator])
def test_an_iterator_goes_on_from_where_it_was_saved(make, stop):
    def iterator():
        return make(numpy.arange(11 * 9) % 11, 3, order_sampler=Sampler())

    class Sampler(SeededOrder):
        """Of a data set of eleven, whose array is as long as all its epochs."""

        def __init__(self):
            super().__init__(5, 3)
            self._size = 11

    straight = iterator()
    batches = [next(straight) for _ in range(14)]
    before = iterator()
    for _ in range(stop):
        next(before)
    saved = chainer.serializers.DictionarySerializer()
    saved.save(before)
    after = iterator()
    chainer.serializers.NpzDeserializer(saved.target).load(after)
    numpy.testing.assert_array_equal([next(after) for _ in range(14 - stop)], batches[stop:])
    for used in (straight, before, after):
        used.finalize()


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


def test_made_once_while_there_is_room():
    memory = Cache(25)
    made = []

    def make(key):
        made.append(key)
        return numpy.full(10, key, numpy.uint8)

    for key in (1, 2, 1, 3, 2, 3):
        assert (memory(key, lambda key=key: make(key)) == key).all()
    assert made == [1, 2, 3, 3]  # the third would not fit


def test_another_process_gets_the_room_and_nothing_in_it():
    memory = Cache(25)
    memory(1, lambda: numpy.zeros(20, numpy.uint8))
    copy = pickle.loads(pickle.dumps(memory))
    assert copy(1, lambda: numpy.ones(20, numpy.uint8)).all()
    assert copy(1, lambda: None).all()  # there was room for it
    assert not memory(1, lambda: None).any()


def test_bowls_are_drawn_once(monkeypatch):
    from chainer_foodgan.datasets import bowls as module
    from chainer_foodgan.datasets.bowls import RenderedBowls
    scenes = []

    class Scene(module.Scene):
        def __init__(self, seed, index, shapes):
            scenes.append(index)
            super().__init__(seed, index, shapes)

    monkeypatch.setattr(module, 'Scene', Scene)
    bowls, forgetful = RenderedBowls(3, 16), RenderedBowls(3, 16, cache_size=0)
    for held in (bowls, forgetful):
        pictures = [numpy.asarray(held.render(index, dish))
                    for _ in range(2) for index, dish in ((1, 'soba'), (1, None), (2, 'soba'))]
        for first, second in zip(pictures[:3], pictures[3:]):
            numpy.testing.assert_array_equal(first, second)
    assert scenes == [1, 1, 2] + 2 * [1, 1, 2]


def test_what_a_user_does_to_a_picture_stays_outside():
    from chainer_foodgan.datasets.bowls import RenderedBowls
    bowls = RenderedBowls(1, 16, categories=('rice', 'soba'))
    before = numpy.asarray(bowls.image(0)).copy()
    bowls.image(0).paste((1, 2, 3), (0, 0, 16, 16))
    numpy.testing.assert_array_equal(numpy.asarray(bowls.image(0)), before)
