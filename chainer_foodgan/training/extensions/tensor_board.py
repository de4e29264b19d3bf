"""A training for TensorBoard: what the log has, as curves, and the sample grids."""

import numpy
from PIL import Image

from chainer_foodgan.errors import FoodganError

import chainer


class TensorBoard(chainer.training.Extension):
    """Writes event files into ``logs/``, beside the log (upstream: ``--use_tensorboard``).

    :meth:`__call__` belongs behind the log and :meth:`picture` behind the sample grid, by the same
    triggers. After a resumption what had been written beyond the snapshot is replaced.

    Args:
        run (Run): Where to write.
        log_report (chainer.training.extensions.LogReport): Whose log to write.

    Raises:
        FoodganError: tensorboardX is not installed.
    """

    name = 'TensorBoard'

    def __init__(self, run, log_report):
        try:
            import tensorboardX
        except ImportError as error:
            raise FoodganError(f'--use-tensorboard needs tensorboardX ({error}): pip install '
                               '"chainer_foodgan[tensorboard]"') from error
        self._make = tensorboardX.SummaryWriter
        self._run, self._log_report = run, log_report

    def initialize(self, trainer):
        done = trainer.updater.iteration
        self._written = len(self._log_report.log)
        # TensorBoard forgets what an older file has from this step on. Files are named after the
        # second that they are begun in: with the iteration none replaces another.
        self._writer = self._make(str(self._run.logs), purge_step=done + 1 if done else None,
                                  filename_suffix=f'.{done}')

    def __call__(self, trainer):
        """Writes what is new in the log."""
        for entry in self._log_report.log[self._written:]:
            for name, value in entry.items():
                if name not in ('epoch', 'iteration'):
                    self._writer.add_scalar(name, value, entry['iteration'])
        self._written = len(self._log_report.log)
        self._writer.flush()

    def picture(self, trainer):
        """Writes the sample grid of this iteration."""
        path = self._run.samples / '{}_{}_fake.png'.format(*trainer.updater.place)
        with Image.open(str(path)) as grid:
            self._writer.add_image('samples', numpy.asarray(grid), trainer.updater.iteration,
                                   dataformats='HWC')
        self._writer.flush()

    def finalize(self):
        self._writer.close()
