"""A line on a terminal that says how far a download is."""

import sys
import time

_INTERVAL = 0.1  # seconds between two updates


class Progress:
    """Writes to standard error, and only where that is a terminal."""

    def __init__(self):
        self._shown = False
        self._next = 0

    def __enter__(self):
        return self

    def __exit__(self, *error):
        if self._shown:
            print(file=sys.stderr)

    def __call__(self, done, total):
        """Shows how many bytes of how many are there; ``total`` may be None, for unknown."""
        if not sys.stderr.isatty() or (time.monotonic() < self._next and done != total):
            return
        self._next = time.monotonic() + _INTERVAL
        self._shown = True
        rest = '' if total is None else ' of {} ({:3.0f} %)'.format(
            megabytes(total), 100 * done / total)
        print('\r{}{}  '.format(megabytes(done), rest), end='', file=sys.stderr, flush=True)


def megabytes(size):
    """A number of bytes, for a person: ``'33.8 MB'``."""
    return '{:.1f} MB'.format(size / 1e6)
