"""Pictures of how far the training is."""

import chainer

from chainer_foodgan import images
from chainer_foodgan.translation.grid import grid


class SampleGrid(chainer.training.Extension):
    """Writes ``{epoch}_{iteration}_fake.png``.

    Args:
        run (Run): Where to write.
        rows (callable): ``rows()`` -> (rows of PIL images, titles of the columns), see
            :meth:`chainer_foodgan.training.systems.base.System.rows`.
    """

    name = 'SampleGrid'

    def __init__(self, run, rows):
        self.run, self.rows = run, rows

    def __call__(self, trainer):
        images.save_image(grid(*self.rows()), self.run.samples / '{}_{}_fake.png'.format(
            *trainer.updater.place))
