"""How a training is put together, and that it keeps nothing it does not need."""

import gc
import logging
import os
import types

import numpy
import pytest

from chainer_foodgan.commands import make_parser
from chainer_foodgan.config import TrainConfig
from chainer_foodgan.training.train import make_trainer
from chainer_foodgan.training.updaters.base import sample_indices
from chainer_foodgan.training.updaters.stargan import StarGAN

import chainer

TINY = ['--image-size', '16', '--batch-size', '8', '--g-conv-dim', '2', '--d-conv-dim', '2',
        '--g-repeat-num', '1', '--d-repeat-num', '2']


class Photos(chainer.dataset.DatasetMixin):
    """Noise in memory."""

    categories = ('ramen', 'rice', 'soba')

    def __init__(self, count=40):
        rng = numpy.random.default_rng(0)
        self.x = rng.uniform(-1, 1, (count, 3, 16, 16)).astype(numpy.float32)
        self.labels = (numpy.arange(count) % 3).astype(numpy.int32)

    def __len__(self):
        return len(self.x)

    def get_example(self, i):
        return self.x[i % len(self)], self.labels[i % len(self)]


@pytest.fixture
def make(monkeypatch, run):
    def make(*options):
        args = make_parser('train').parse_args(
            ['train', '--out', str(run.path)] + TINY + list(options))
        monkeypatch.setattr(StarGAN, 'open', lambda self: Photos())
        return make_trainer(TrainConfig.given(vars(args)), run)
    return make


def test_sample_photos_are_of_different_categories():
    def indices(labels):
        return sample_indices(types.SimpleNamespace(labels=numpy.asarray(labels),
                                                    categories=('a', 'b', 'c')))
    assert indices([0] * 5 + [1] * 5 + [2] * 5) == [0, 5, 10, 1, 6, 11, 2, 7]
    assert indices([2, 0, 0, 0, 1]) == [1, 4, 0, 2, 3]
    assert indices([[0, 1, 1], [1, 0, 0], [0, 0, 1]]) == [1, 0, 2]


def test_the_seed_is_all_there_is_to_the_start(make):
    starts = []
    for seed in ('1', '1', '2'):
        trainer = make('--seed', seed)
        links = [trainer.updater.get_optimizer(name).target for name in ('gen', 'dis')]
        starts.append(numpy.concatenate([
            param.array.ravel() for link in links for _, param in sorted(link.namedparams())]))
        trainer.updater.finalize()
    assert (starts[0] == starts[1]).all() and (starts[0] != starts[2]).any()


def test_sizes_and_rates_are_those_of_the_options(make):
    trainer = make('--g-lr', '0.01', '--d-lr', '0.02', '--beta1', '0.3', '--beta2', '0.9',
                   '--g-repeat-num', '3', '--d-conv-dim', '4', '--lambda-rec', '7')
    gen, dis = (trainer.updater.get_optimizer(name) for name in ('gen', 'dis'))
    assert (gen.alpha, dis.alpha, gen.beta1, gen.beta2) == (0.01, 0.02, 0.3, 0.9)
    assert gen.target.repeat_num == 3 and gen.target.c_dim == 3
    assert dis.target.conv_dim == 4 and dis.target.image_size == 16
    updater = trainer.updater
    assert (updater.lambda_cls, updater.lambda_rec, updater.lambda_gp) == (1, 7, 10)
    assert updater.d_train_repeat == 5
    # Nothing that the original has not.
    assert updater._augment is None and updater.lambda_idt == 0
    with pytest.raises(ValueError):
        trainer.get_extension('ExponentialAverage')


def test_an_epoch_too_short_for_a_generators_step_is_said(make, caplog):
    caplog.set_level(logging.WARNING, 'chainer_foodgan')
    make('--d-train-repeat', '5').updater.finalize()  # five batches: just enough
    assert not caplog.records
    make('--d-train-repeat', '6').updater.finalize()
    assert '--d-train-repeat' in caplog.text and 'never' in caplog.text


def resident():
    """Bytes of memory that the process holds."""
    with open('/proc/self/statm') as file:
        return int(file.read().split()[1]) * os.sysconf('SC_PAGE_SIZE')


@pytest.mark.skipif(not os.path.exists('/proc/self/statm'), reason='reads /proc/self/statm')
def test_a_thousand_iterations_leak_nothing(make):
    # One more, for the last iteration imports what draws the pictures.
    trainer = make('--num-iters', '1001', '--log-step', '500', '--sample-step', '2000',
                   '--model-save-step', '2000', '--ema', '0.9')
    held = []

    def measure(trainer):
        gc.collect()
        held.append(resident())

    trainer.extend(measure, name='measure', trigger=chainer.training.triggers.ManualScheduleTrigger(
        [200, 1000], 'iteration'))
    trainer.run()
    # A batch of photos in each of those 800 iterations would be 20 MB.
    assert 800 * Photos().x[:8].nbytes > 19e6
    assert len(held) == 2 and held[1] - held[0] < 5e6
