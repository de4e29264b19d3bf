"""The schedule of the learning rate and the moving average of the weights."""

import types

import numpy
import pytest

from chainer_foodgan.training.extensions import ExponentialAverage, LearningRate
from chainer_foodgan.training.optimizer import Adam

import chainer


def rates(num_epochs, num_epochs_decay, alpha=1e-4):
    """The learning rate during epochs 1, 2, ..."""
    optimizer = Adam(alpha=alpha)
    extension = LearningRate({'gen': optimizer}, num_epochs, num_epochs_decay)
    found = []
    for done in range(num_epochs):
        extension(types.SimpleNamespace(updater=types.SimpleNamespace(epoch=done)))
        found.append(optimizer.alpha)
    return found


def test_twenty_epochs_of_the_original():
    found = rates(20, 10)
    assert found[:11] == [1e-4] * 11
    assert found[11:] == pytest.approx([9e-5, 8e-5, 7e-5, 6e-5, 5e-5, 4e-5, 3e-5, 2e-5, 1e-5])


@pytest.mark.parametrize('num_epochs, num_epochs_decay', [(20, 10), (7, 3), (5, 5), (9, 1), (4, 0)])
def test_the_released_loop(num_epochs, num_epochs_decay):
    """``if (e + 1) > num_epochs - num_epochs_decay: lr -= lr0 / num_epochs_decay``."""
    lr, expected = 2e-4, []
    for e in range(num_epochs):
        expected.append(lr)
        if e + 1 > num_epochs - num_epochs_decay:
            lr -= 2e-4 / num_epochs_decay
    assert rates(num_epochs, num_epochs_decay, 2e-4) == pytest.approx(expected, abs=1e-12)


def test_in_a_training_and_resumed(make_trainer):
    """Every optimizer from its own rate; after a resume the rate is that of the epoch."""
    seen = []

    def update(updater):
        optimizers = updater.get_all_optimizers()
        seen.append((optimizers['gen'].alpha, optimizers['dis'].alpha))

    def make(stop):
        trainer = make_trainer((stop, 'iteration'), update)
        trainer.extend(LearningRate(trainer.updater.get_all_optimizers(), 5, 4))
        return trainer

    make(20).run()
    shares = [1, 1, 0.75, 0.5, 0.25]
    expected = [(1e-4 * share, 3e-4 * share) for share in shares for _ in range(4)]
    assert [gen for gen, _ in seen] == pytest.approx([gen for gen, _ in expected])
    assert [dis for _, dis in seen] == pytest.approx([dis for _, dis in expected])

    from chainer_foodgan.training.extensions import snapshots
    del seen[:]
    first, second = make(14), make(20)
    first.run()
    path = str(first.out) + '/state.npz'
    snapshots.save(first, path)
    snapshots.load(second, path)
    second.run()
    assert [gen for gen, _ in seen] == pytest.approx([gen for gen, _ in expected])


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
