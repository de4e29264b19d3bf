"""What a training prints: its log on standard output, how far it is on standard error."""

import shutil
import sys
import textwrap

from chainer_foodgan.progress import Progress
from chainer_foodgan.training import stopping

import chainer


class Printing(chainer.training.Extension):
    """Prints the entries of the log, and a bar, or a line now and then where there is no terminal.

    The entries are the rows of a table, or running text on a terminal that is too narrow for it.
    Where nobody reads it any more the training is saved and ends.

    Args:
        entries (sequence of str): Which values of an entry to print.
        log_report (chainer.training.extensions.LogReport): Whose log to print.
    """

    name = 'Printing'

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
