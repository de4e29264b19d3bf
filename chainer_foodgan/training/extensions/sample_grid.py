"""Pictures of how far the training is."""

import chainer
import numpy

from chainer_foodgan import images
from chainer_foodgan.translation.grid import grid


class SampleGrid(chainer.training.Extension):
    """Writes ``{epoch}_{iteration}_fake.png``: a row per photo, the input, then every category.

    Args:
        run (Run): Where to write.
        gen (Generator): Whose translations to show.
        photos (ndarray): Always the same ones, float32 (B, 3, H, W) in [-1, 1].
        categories (tuple of str): Titles of the columns, in label order.
    """

    name = 'SampleGrid'

    def __init__(self, run, gen, photos, categories):
        self.run, self.gen, self.photos, self.categories = run, gen, photos, categories

    def __call__(self, trainer):
        rows = [[images.to_image(photo)] + self.translations(photo) for photo in self.photos]
        picture = grid(rows, ('input',) + tuple(self.categories))
        images.save_image(picture, self.run.samples / '{}_{}_fake.png'.format(
            *trainer.updater.place))

    def translations(self, photo):
        """The photo as every category, PIL images."""
        device = self.gen.device
        c = device.send(numpy.eye(len(self.categories), dtype=numpy.float32))
        x = device.send(numpy.repeat(photo[None], len(c), axis=0))
        with chainer.no_backprop_mode(), chainer.using_config('train', False):
            y = self.gen(x, c).array
        return [images.to_image(array) for array in chainer.get_device('@numpy').send(y)]
