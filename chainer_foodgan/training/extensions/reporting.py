"""What a training shows: its log, how far it is, curves, sample grids, and what would be faster."""

import shutil
import sys
import textwrap
import time

import numpy
from PIL import Image

from chainer_foodgan import images, kernels
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.printing import Progress
from chainer_foodgan.training import stopping
from chainer_foodgan.visualizations import plots
from chainer_foodgan.visualizations.grids import grid

import chainer

_AFTER = 10  # seconds of training: in shorter ones the number of threads is not worth a word
_ROUNDS, _SECONDS = 3, 0.1  # of measuring threads, by turns
_FASTER = 1.5  # times, before it is said


class Printing(chainer.training.Extension):
    """Prints entries of the log, and a bar, or a line now and then where there is no terminal.

    The entries are the rows of a table, or running text on a terminal that is too narrow for it.
    Where nobody reads it any more the training is saved and ends.
    """

    def __init__(self, entries, log_report):
        self.entries, self.log_report = entries, log_report
        self._progress = None

    @staticmethod
    def trigger(trainer):
        """Every iteration, without a state that a snapshot would have."""
        return True

    def initialize(self, trainer):
        self._printed, self._head = len(self.log_report.log), True
        self._progress = Progress(trainer.stop_trigger.iterations(trainer), 'iteration')

    def __call__(self, trainer):
        try:
            for entry in self.log_report.log[self._printed:]:
                self._progress.write(self._text(entry))
            self._printed = len(self.log_report.log)
            self._progress(trainer.updater.iteration, self._total(trainer))
        except OSError:
            stopping.nobody_reads(trainer)

    def finalize(self):
        if self._progress is not None:
            self._progress.close()

    def _total(self, trainer):
        """Iterations in all, as far as can be told where time ends the training."""
        end, iteration = trainer.stop_trigger, trainer.updater.iteration
        total = end.iterations(trainer)
        if end.minutes is None:
            return total
        return min(total, max(iteration, round(
            iteration * 60 * end.minutes / trainer.elapsed_time)))

    def _text(self, entry):
        values = [f'{entry[name]:g}' if name in entry else '' for name in self.entries]
        widths = [max(10, len(name)) for name in self.entries]
        columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        if columns is not None and sum(widths) + 2 * len(widths) > columns:
            return textwrap.fill(', '.join(
                f'{name}\xa0{value}' for name, value in zip(self.entries, values) if value),
                columns - 1, subsequent_indent='  ').replace('\xa0', ' ')
        rows = ([self.entries] if self._head else []) + [values]
        self._head = False
        return '\n'.join('  '.join(map(str.ljust, row, widths)).rstrip() for row in rows)


class LossPlot(chainer.training.Extension):
    """Draws the losses of a LogReport's log against the iteration into ``logs/loss.png`` of a run.
    """

    def __init__(self, run, log_report):
        self.run = run
        self.log_report = log_report

    def __call__(self, trainer):
        plots.save(plots.losses(self.log_report.log), self.run.logs / 'loss.png', dpi=100)


class SampleGrid(chainer.training.Extension):
    """Writes ``{epoch}_{iteration}_fake.png`` of a run: what ``rows()`` returns, see
    :meth:`chainer_foodgan.training.updaters.base.System.rows`."""

    def __init__(self, run, rows):
        self.run, self.rows = run, rows

    def __call__(self, trainer):
        images.save_image(grid(*self.rows()), self.run.samples / '{}_{}_fake.png'.format(
            *trainer.updater.place))


class TensorBoard(chainer.training.Extension):
    """Writes event files into ``logs/`` of a run, beside the log of a LogReport (upstream:
    ``--use_tensorboard``); a FoodganError where tensorboardX is not installed.

    :meth:`__call__` belongs behind the log and :meth:`picture` behind the sample grid, by the same
    triggers. After a resumption what had been written beyond the snapshot is replaced.
    """

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


class ThreadAdvice(chainer.training.Extension):
    """Says once, in a line on standard error, that fewer threads would be faster.

    It does not choose their number: sums are rounded differently by it, so that the same command
    would not give the same weights twice.
    """

    @staticmethod
    def trigger(trainer):
        """Every iteration, without a state that a snapshot would have."""
        return True

    def initialize(self, trainer):
        self._done = kernels.threads() in (None, 1)

    def __call__(self, trainer):
        if self._done or trainer.elapsed_time < _AFTER:
            return
        self._done = True
        threads = kernels.threads()
        one, all_ = speeds(1, threads)
        if one > _FASTER * all_:
            print(f'one thread computes {one / all_:.1f} times as fast as {threads} here, since '
                  'other programs keep the processor busy: OMP_NUM_THREADS=1 before the command '
                  'makes it so (sums are then rounded differently)', file=sys.stderr)


def speeds(*numbers):
    """How fast numbers of threads compute: convolutions in the same time (list of int)."""
    torch = kernels.torch()
    before, done = torch.get_num_threads(), dict.fromkeys(numbers, 0)
    x, w = torch.zeros(4, 32, 32, 32), torch.zeros(32, 32, 3, 3)
    try:
        for _ in range(_ROUNDS):
            for number in numbers:
                torch.set_num_threads(number)
                end = time.perf_counter() + _SECONDS
                while time.perf_counter() < end:
                    torch.conv2d(x, w, padding=1)
                    done[number] += 1
    finally:
        torch.set_num_threads(before)
    return [done[number] for number in numbers]
