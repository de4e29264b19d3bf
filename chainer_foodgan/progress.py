"""Progress of long work on standard error, by tqdm."""

import sys

_SECONDS = 10  # between two lines where there is no terminal


class Progress:
    """A bar at a terminal; elsewhere a plain line every ten seconds, and none of shorter work.

    It is a context manager, and called with the number of things that are done. Nothing is shown
    before the first call.

    Args:
        total (int): How many there will be; None: a call says so.
        unit (str): What is counted, ``'photo'``; ``'B'`` is written in kB, MB, ...
    """

    def __init__(self, total, unit):
        self._total, self._unit, self._bar = total, unit, None

    def __enter__(self):
        return self

    def __exit__(self, *error):
        if self._bar is not None:
            self._bar.close()

    def __call__(self, done, total=None):
        """Shows how many are done (int), and of how many where that has become known (int)."""
        total = total or self._total
        if self._bar is None:
            self._bar = self._start(done, total)
        self._bar.total = total
        self._bar.update(done - self._bar.n)

    def _start(self, done, total):
        from tqdm import tqdm

        # Another run may have done what is done by now: it says nothing of the speed.
        options = {'initial': done, 'total': total, 'miniters': 1, 'smoothing': 0,
                   'unit': 'B' if self._unit == 'B' else ' ' + self._unit,
                   'unit_scale': self._unit == 'B'}
        if sys.stderr.isatty():
            return tqdm(file=sys.stderr, dynamic_ncols=True, **options)
        return tqdm(file=_Lines(), mininterval=_SECONDS, delay=_SECONDS, bar_format=(
            '{n_fmt} of {total_fmt}{unit} [{elapsed}<{remaining}, {rate_fmt}]'), **options)


class _Lines:
    """A file for tqdm that makes each state of its bar a line without control characters."""

    def write(self, text):
        if text.strip():
            sys.stderr.write(text.strip() + '\n')

    def flush(self):
        sys.stderr.flush()
