"""Sample grids: names and contents."""

import numpy
from PIL import Image

from chainer_foodgan.training.extensions import SampleGrid
from chainer_foodgan.visualizations.grids import grid

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
