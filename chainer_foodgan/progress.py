"""Progress of long work on standard error, by tqdm."""

import sys

_SECONDS = 10  # between two lines where there is no terminal


class Progress:
    """A bar at a terminal; elsewhere a plain line every ten seconds, and none of shorter work.

    It is a context manager, and called with the number of things that are done.

    Args:
        total (int): How many there will be; None: not known yet.
        unit (str): What is counted, ``'photo'``; ``'B'`` is written in kB, MB, ...
    """

    def __init__(self, total, unit):
        from tqdm import tqdm

        if unit == 'B':
            options = {'unit': unit, 'unit_scale': True}
        else:
            options = {'unit': ' ' + unit}
        if sys.stderr.isatty():
            options.update(file=sys.stderr, dynamic_ncols=True)
        else:
            options.update(file=_Lines(), mininterval=_SECONDS, delay=_SECONDS, bar_format=(
                '{n_fmt} of {total_fmt}{unit} [{elapsed}<{remaining}, {rate_fmt}]'))
        self._bar = tqdm(total=total, miniters=1, smoothing=0, **options)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._bar.close()

    def __call__(self, done, total=None):
        """Shows how many are done (int), and of how many where that has become known (int)."""
        bar = self._bar
        bar.total = total or bar.total
        if not bar.n:
            bar.initial = done  # another run may have done these: they say nothing of the speed
        bar.update(done - bar.n)


class _Lines:
    """A file for tqdm that makes each state of its bar a line without control characters."""

    def write(self, text):
        if text.strip():
            sys.stderr.write(text.strip() + '\n')

    def flush(self):
        sys.stderr.flush()
