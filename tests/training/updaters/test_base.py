"""Where a training is: epoch and iteration, as the files are named."""

import numpy

from chainer_foodgan.datasets.sampling import SeededOrder
from chainer_foodgan.training.updaters.base import Updater, report

import chainer


class Photos(chainer.dataset.DatasetMixin):
    def __len__(self):
        return 11

    def get_example(self, i):
        return numpy.float32(i % 11)


class Reader(Updater):
    """Reads batches, and does nothing with them."""

    def update_core(self):
        self.before = self.batches_done
        self.numbers = self.rng().random(3)
        self.batch = self.next_batch()


def reader(seed=1):
    return Reader(chainer.iterators.SerialIterator(
        Photos(), 3, order_sampler=SeededOrder(0, 3)), {}, seed=seed)


def test_places_are_counted_from_one_and_start_anew():
    updater = reader()
    places, before = [], []
    for _ in range(7):
        updater.update()
        places.append(updater.place)
        before.append(updater.before)
    assert places == [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3), (3, 1)]
    assert before == [0, 1, 2, 0, 1, 2, 0]
    assert updater.iteration == 7 and updater.epoch == 2


def test_batches_are_arrays():
    updater = reader()
    updater.update()
    assert updater.batch.shape == (3,) and updater.batch.dtype == numpy.float32


def test_randomness_is_of_seed_and_iteration():
    first, second, other = reader(), reader(), reader(seed=2)
    drawn = []
    for updater in (first, second, other):
        for _ in range(3):
            updater.update()
            drawn.append(tuple(updater.numbers))
    assert drawn[:3] == drawn[3:6]
    assert len(set(drawn)) == 6
    # Going on from a number of iterations is all it takes.
    late = reader()
    late.iteration = 2
    late.update()
    assert tuple(late.numbers) == drawn[2]


def test_report_names_losses_after_the_link():
    link, observation = chainer.Link(), {}
    reporter = chainer.Reporter()
    reporter.add_observer('dis', link)
    with reporter.scope(observation):
        report({'gp': chainer.Variable(numpy.array(2.))}, link)
    assert observation == {'dis/loss_gp': 2}
