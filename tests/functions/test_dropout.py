"""Dropout: half of the numbers, doubled, from a generator of its own."""

import random

import numpy

from chainer_foodgan.functions import Dropout

import chainer
import chainer.functions as F


def test_half_is_dropped_and_half_doubled():
    x = numpy.random.default_rng(0).uniform(1, 2, (50, 400)).astype(numpy.float32)
    y = Dropout(numpy.random.default_rng(1))(x)
    assert y.dtype == numpy.float32
    kept = y.array != 0
    numpy.testing.assert_array_equal(y.array, numpy.where(kept, 2 * x, 0))
    # 20,000 fair coins: within 4 standard deviations (0.0035 each), whatever the row or column.
    assert abs(kept.mean() - 0.5) < 0.015
    assert kept.mean(axis=1).min() > 0.35 and kept.mean(axis=1).max() < 0.65
    assert kept.mean(axis=0).min() > 0.2 and kept.mean(axis=0).max() < 0.8
    # Neighbours are independent of each other.
    assert abs((kept[:, 1:] == kept[:, :-1]).mean() - 0.5) < 0.015
    assert abs((kept[1:] == kept[:-1]).mean() - 0.5) < 0.015


def test_gradients_follow_what_is_kept():
    x = chainer.Variable(numpy.random.default_rng(0).uniform(1, 2, (3, 40)))
    y = Dropout(numpy.random.default_rng(1))(x)
    g, = chainer.grad([F.sum(y)], [x])
    numpy.testing.assert_array_equal(g.array, numpy.where(y.array != 0, 2, 0))
    assert g.dtype == numpy.float64


def test_nothing_is_dropped_in_testing():
    x = numpy.random.default_rng(0).standard_normal((3, 40))
    rng = numpy.random.default_rng(1)
    state = rng.bit_generator.state
    with chainer.using_config('train', False):
        numpy.testing.assert_array_equal(Dropout(rng)(x).array, x)
    assert rng.bit_generator.state == state  # nor anything drawn


def test_randomness_is_its_own():
    x = numpy.ones((3, 40), numpy.float32)
    before = numpy.random.get_state()[1].copy(), random.getstate()
    dropout = Dropout(numpy.random.default_rng(1))
    first, second = dropout(x).array, dropout(x).array
    assert (first != second).any()
    dropout.rng = numpy.random.default_rng(1)
    numpy.testing.assert_array_equal(dropout(x).array, first)
    assert (numpy.random.get_state()[1] == before[0]).all() and random.getstate() == before[1]
