"""A training of next to nothing, for what happens around the updates."""

import pytest


@pytest.fixture
def run(tmp_path):
    """A run folder that was started."""
    from chainer_foodgan.training.run import Run
    run = Run(tmp_path / 'run')
    run.start({})
    return run


@pytest.fixture
def make_trainer(run):
    """Makes a trainer of two tiny networks; ``update(updater)`` is what an iteration does.

    An epoch has four iterations.
    """
    import numpy

    from chainer_foodgan.datasets.sampling import SeededOrder
    from chainer_foodgan.links import Discriminator, Generator
    from chainer_foodgan.training.optimizer import Adam
    from chainer_foodgan.training.updaters.base import Updater

    import chainer

    class Photos(chainer.dataset.DatasetMixin):
        def __len__(self):
            return 8

        def get_example(self, i):
            return numpy.float32(i % 8)

    class Stub(Updater):
        def update_core(self):
            self.next_batch()
            self.update_with(self)

    def make(stop, update=lambda updater: None):
        rng = numpy.random.default_rng(0)
        optimizers = {'gen': Adam().setup(Generator(2, 3, 1, rng=rng)),
                      'dis': Adam(alpha=3e-4).setup(Discriminator(16, 2, 3, 2, rng=rng))}
        updater = Stub(chainer.iterators.SerialIterator(
            Photos(), 2, order_sampler=SeededOrder(0, 2)), optimizers)
        updater.update_with = update
        return chainer.training.Trainer(updater, stop, out=str(run.logs))
    return make
