"""Pictures of a training: its losses as curves, and what its generator makes of photos."""

from chainer_foodgan import images
from chainer_foodgan.visualizations import plots
from chainer_foodgan.visualizations.grids import grid

import chainer


class LossPlot(chainer.training.Extension):
    """Draws the log's losses against the iteration into ``logs/loss.png``.

    Args:
        run (Run): Where to write.
        log_report (chainer.training.extensions.LogReport): Whose log to draw.
    """

    name = 'LossPlot'

    def __init__(self, run, log_report):
        self.run = run
        self.log_report = log_report

    def __call__(self, trainer):
        plots.save(plots.losses(self.log_report.log), self.run.logs / 'loss.png', dpi=100)


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
