"""The losses as curves."""

import chainer

from chainer_foodgan import files
from chainer_foodgan.training import curves


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
        with files.replacing(self.run.logs / 'loss.png') as file:
            curves.figure(self.log_report.log).savefig(file, format='png', dpi=100)
