"""One category of a data set, and two sets side by side."""

import numpy
import pytest

from chainer_foodgan.datasets.pairs import OneCategory, Unpaired

import chainer  # after the package, which makes it run


class Numbers(chainer.dataset.DatasetMixin):
    """Photo i of epoch e is 100 e + i, plus ``start``."""

    def __init__(self, labels, start=0):
        self.labels = numpy.array(labels, numpy.int32)
        self.start = start

    @property
    def categories(self):
        return tuple('abc'[:self.labels.max() + 1])

    def __len__(self):
        return len(self.labels)

    def get_example(self, i):
        epoch, index = divmod(i, len(self))
        return self.start + 100 * epoch + index, self.labels[index]


def test_one_category():
    dataset = OneCategory(Numbers([0, 1, 1, 2, 1]), 1)
    assert len(dataset) == 3
    assert [dataset[i] for i in range(3)] == [(1, 1), (2, 1), (4, 1)]
    assert dataset[3 * 7 + 1] == (702, 1)  # the same photo, seven epochs later
    assert dataset.labels.tolist() == [1, 1, 1] and dataset.categories == ('b',)
    assert len(list(dataset)) == 3


@pytest.mark.parametrize('sizes', [(3, 8), (8, 3), (5, 5)])
def test_as_long_as_the_longer_and_the_first_in_order(sizes):
    first, second = (Numbers([label] * size, start) for label, size, start in
                     zip((0, 1), sizes, (0, 1000)))
    pairs = Unpaired(first, second, seed=1)
    assert len(pairs) == max(sizes) == len(list(pairs))
    assert pairs.categories == ('a', 'a', 'b')
    for epoch in (0, 4):
        for i in range(len(pairs)):
            a, label_a, b, label_b = pairs[epoch * len(pairs) + i]
            assert (label_a, label_b) == (0, 1)
            assert a == 100 * epoch + i % sizes[0]
            assert 1000 + 100 * epoch <= b < 1000 + 100 * epoch + sizes[1]


def test_the_second_is_drawn_evenly_anew_in_every_epoch():
    pairs = Unpaired(Numbers([0] * 200), Numbers([1] * 4), seed=1)
    drawn = numpy.array([[pairs[epoch * 200 + i][2] % 100 for i in range(200)]
                         for epoch in range(3)])
    assert (drawn[0] != drawn[1]).any()
    counts = numpy.bincount(drawn.ravel(), minlength=4)
    assert (abs(counts - 150) < 4 * (600 * 0.25 * 0.75) ** 0.5).all()
    again = Unpaired(Numbers([0] * 200), Numbers([1] * 4), seed=1)
    assert [again[i][2] % 100 for i in range(200)] == drawn[0].tolist()
    other = Unpaired(Numbers([0] * 200), Numbers([1] * 4), seed=2)
    assert [other[i][2] % 100 for i in range(200)] != drawn[0].tolist()
