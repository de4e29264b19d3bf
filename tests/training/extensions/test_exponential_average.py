"""The moving average: its formula, and that it is saved."""

import types

import numpy
import pytest

from chainer_foodgan.training.extensions import ExponentialAverage
from chainer_foodgan.training.optimizer import Adam

import chainer


def make(decay=0.8):
    link = chainer.Link()
    with link.init_scope():
        link.w = chainer.Parameter(numpy.array([1., 10.]))
    optimizer = Adam().setup(link)
    return link, optimizer, ExponentialAverage(optimizer, decay)


TRAINER = types.SimpleNamespace()


@pytest.mark.parametrize('decay', [0.25, 0.8])
def test_formula(decay):
    link, optimizer, average = make(decay)
    expected = numpy.array([1., 10.])
    for t in range(1, 60):
        optimizer.t = t
        link.w.array[...] = [t ** 2, -t]
        average(TRAINER)
        kept = min(decay, (1 + t) / (10 + t))
        expected = kept * expected + (1 - kept) * numpy.array([t ** 2, -t])
        numpy.testing.assert_allclose(average.link.w.array, expected, rtol=1e-12)
    numpy.testing.assert_array_equal(link.w.array, [59 ** 2, -59])  # untouched


def test_only_a_step_of_the_network_counts():
    link, optimizer, average = make()
    optimizer.t = 1
    link.w.array[...] = 0
    average(TRAINER)
    once = average.link.w.array.copy()
    average(TRAINER)  # an iteration in which the generator took no step
    numpy.testing.assert_array_equal(average.link.w.array, once)
    optimizer.t = 2
    average(TRAINER)
    assert (average.link.w.array != once).all()


def test_it_goes_on_from_where_it_was_saved():
    def go(link, optimizer, average, first, last):
        for t in range(first, last):
            optimizer.t = t
            link.w.array[...] = [t, t ** 0.5]
            average(TRAINER)

    straight, before, after = make(), make(), make()
    go(*straight, 1, 9)
    go(*before, 1, 5)
    saved = chainer.serializers.DictionarySerializer()
    saved.save(before[2])
    chainer.serializers.NpzDeserializer(saved.target).load(after[2])
    after[1].t = 4
    after[2](TRAINER)  # the step that it knows already
    go(*after, 5, 9)
    numpy.testing.assert_array_equal(after[2].link.w.array, straight[2].link.w.array)


def test_running_statistics_are_those_of_the_network():
    network = chainer.Sequential(chainer.links.BatchNormalization(2))
    optimizer = Adam().setup(network)
    average = ExponentialAverage(optimizer, 0.9)
    norm, averaged = network[0], average.link[0]
    for t in (1, 2):
        optimizer.t = t
        norm(numpy.random.default_rng(t).normal(t, 1, (5, 2)).astype(numpy.float32))
        average(TRAINER)
        for name in ('avg_mean', 'avg_var'):
            numpy.testing.assert_array_equal(getattr(averaged, name), getattr(norm, name))
    assert averaged.avg_mean is not norm.avg_mean and averaged.avg_mean.any()
