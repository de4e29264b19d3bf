"""Sample grids: names, contents, and that they disturb nothing."""

import random

import numpy
from PIL import Image

from chainer_foodgan import images
from chainer_foodgan.training.extensions import SampleGrid
from chainer_foodgan.translation.grid import grid

import chainer  # after the package, which makes it run

CATEGORIES = ('curry', 'ramen', 'soba')
PHOTOS = numpy.random.default_rng(0).uniform(-1, 1, (2, 3, 16, 16)).astype(numpy.float32)


def test_names_and_when(run, make_trainer):
    trainer = make_trainer((7, 'iteration'))
    gen = trainer.updater.get_optimizer('gen').target
    trainer.extend(SampleGrid(run, gen, PHOTOS, CATEGORIES), trigger=(2, 'iteration'))
    trainer.run()
    # Epochs of four iterations; both numbers count from 1, the second within the epoch.
    assert sorted(path.name for path in run.samples.iterdir()) == [
        '1_2_fake.png', '1_4_fake.png', '2_2_fake.png']


def test_a_row_for_each_photo_input_first_then_every_category(run, make_trainer):
    class Painter(chainer.Chain):
        """Translations of one grey: brighter for every category, darker for the second photo."""

        def forward(self, x, c):
            level = c @ numpy.array([-0.5, 0., 0.5], numpy.float32) - (x[:, 0, 0, 0] < 0) * 0.2
            return chainer.Variable(numpy.broadcast_to(
                level[:, None, None, None], x.shape).astype(numpy.float32))

    photos = numpy.stack([abs(PHOTOS[0]), -abs(PHOTOS[1])])
    trainer = make_trainer((1, 'iteration'))
    trainer.extend(SampleGrid(run, Painter(), photos, CATEGORIES), trigger=(1, 'iteration'))
    trainer.run()
    rows = []
    for photo, shift in zip(photos, (0, -0.2)):
        flat = [numpy.full((3, 16, 16), level + shift, numpy.float32) for level in (-0.5, 0., 0.5)]
        rows.append([images.to_image(array) for array in [photo] + flat])
    expected = grid(rows, ('input',) + CATEGORIES)
    with Image.open(str(run.samples / '1_1_fake.png')) as picture:
        assert picture.size == expected.size
        difference = numpy.asarray(picture).astype(int) - numpy.asarray(expected).astype(int)
    assert abs(difference).max() <= 1


def test_the_same_picture_again_and_no_seed_touched(run, make_trainer):
    trainer = make_trainer((1, 'iteration'))
    gen = trainer.updater.get_optimizer('gen').target
    extension = SampleGrid(run, gen, PHOTOS, CATEGORIES)
    trainer.run()
    weights = [param.array.copy() for param in gen.params()]
    before = numpy.random.get_state()[1].copy(), random.getstate()
    pictures = []
    for _ in range(2):
        extension(trainer)
        path = run.samples / '1_1_fake.png'
        pictures.append(path.read_bytes())
        path.unlink()
    assert pictures[0] == pictures[1]
    assert (numpy.random.get_state()[1] == before[0]).all() and random.getstate() == before[1]
    assert chainer.config.train and chainer.config.enable_backprop
    for param, array in zip(gen.params(), weights):
        numpy.testing.assert_array_equal(param.array, array)
