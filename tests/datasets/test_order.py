"""The order of the photos: full batches, every photo once, a function of seed and epoch."""

import numpy
import pytest

from chainer_foodgan.datasets.sampling import SeededOrder

import chainer  # after the package, which makes it run


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
