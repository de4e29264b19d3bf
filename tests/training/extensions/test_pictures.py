"""The plot of the losses and the sample grids."""

import numpy
from PIL import Image

from chainer_foodgan.training.extensions import LossPlot, SampleGrid
from chainer_foodgan.visualizations.grids import grid

import chainer


def plot(run, make_trainer, update):
    trainer = make_trainer((8, 'iteration'), update)
    report = chainer.training.extensions.LogReport(trigger=(2, 'iteration'))
    trainer.extend(report)
    trainer.extend(LossPlot(run, report), trigger=(8, 'iteration'))
    trainer.run()
    with Image.open(str(run.logs / 'loss.png')) as picture:
        assert picture.format == 'PNG'
        return numpy.asarray(picture.convert('RGB')).astype(int)


def test_curves(run, make_trainer):
    def update(updater):
        t = updater.iteration
        optimizers = updater.get_all_optimizers()
        chainer.report({'loss_real': t, 'loss_gp': 1 / (1 + t), 'accuracy': 0.5},
                       optimizers['dis'].target)
        if t % 4 == 3:
            chainer.report({'loss_rec': t ** 2}, optimizers['gen'].target)

    picture = plot(run, make_trainer, update)
    height, width, _ = picture.shape
    assert 200 <= height <= 1000 and 800 <= width <= 2500
    # Three panels, each with a coloured curve on white.
    for panel in numpy.array_split(picture, 3, axis=1):
        coloured = numpy.ptp(panel, axis=2) > 60
        assert coloured.sum() > 50
    assert (picture.min(axis=2) > 250).mean() > 0.5


def test_nothing_logged_yet(run, make_trainer):
    picture = plot(run, make_trainer, lambda updater: None)
    assert picture.shape[0] >= 200


TITLES = ('input', 'curry')


def rows(level):
    return [[Image.new('RGB', (16, 16), (level, row, 200)) for _ in TITLES] for row in range(2)]


def test_names_and_when(run, make_trainer):
    trainer = make_trainer((7, 'iteration'))
    trainer.extend(SampleGrid(run, lambda: (rows(0), TITLES)), trigger=(2, 'iteration'))
    trainer.run()
    # Epochs of four iterations; both numbers count from 1, the second within the epoch.
    assert sorted(path.name for path in run.samples.iterdir()) == [
        '1_2_fake.png', '1_4_fake.png', '2_2_fake.png']


def test_what_is_shown_is_asked_for_each_time(run, make_trainer):
    trainer = make_trainer((2, 'iteration'))
    levels = [40, 90]
    trainer.extend(SampleGrid(run, lambda: (rows(levels[trainer.updater.iteration - 1]), TITLES)),
                   trigger=(1, 'iteration'))
    trainer.run()
    for name, level in (('1_1', 40), ('1_2', 90)):
        with Image.open(str(run.samples / (name + '_fake.png'))) as picture:
            numpy.testing.assert_array_equal(
                numpy.asarray(picture), numpy.asarray(grid(rows(level), TITLES)))
