"""How far a long run over photos is."""

import sys
import time

_INTERVAL = 10  # seconds between two lines


class Progress:
    """Says now and then on standard error how many photos are done, and how long the rest takes.

    Args:
        total (int): How many there are.
    """

    def __init__(self, total):
        self._total, self._first = total, None
        self._start = self._said = time.monotonic()

    def __call__(self, done):
        now = time.monotonic()
        self._first = done if self._first is None else self._first
        if now - self._said < _INTERVAL and done < self._total:
            return
        self._said = now
        rest = ''
        if self._first < done < self._total:
            rest = ', about {:.0f} minutes to go'.format(
                (now - self._start) / (done - self._first) * (self._total - done) / 60)
        print('{} of {} photos{}'.format(done, self._total, rest), file=sys.stderr, flush=True)
