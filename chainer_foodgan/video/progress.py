"""How far a video is: frames a second and the time left, on standard error."""

import shutil
import sys
import time

_ON_TERMINAL, _ELSEWHERE = 0.2, 60  # seconds between two lines


class Progress:
    """Counts frames: a line that is written anew on a terminal, a line a minute elsewhere.

    Args:
        total (int): How many there will be, likely.
        clock (callable): The time in seconds.
    """

    def __init__(self, total, clock=time.monotonic):
        self._total, self._clock, self._done = total, clock, 0
        self._start = self._shown = clock()
        self._terminal = sys.stderr.isatty()

    def __call__(self):
        """Another frame is done."""
        self._done += 1
        now = self._clock()
        if now - self._shown >= (_ON_TERMINAL if self._terminal else _ELSEWHERE):
            self._shown = now
            left = max(0, self._total - self._done) * (now - self._start) / self._done
            self._say('frame {} of {}, {}, {} left'.format(
                self._done, self._total, self._speed(now), duration(left)))

    def finish(self):
        """Says how it went."""
        now = self._clock()
        self._say('{} frames in {}, {}'.format(
            self._done, duration(now - self._start), self._speed(now)))
        if self._terminal:
            sys.stderr.write('\n')

    def _speed(self, now):
        return '{:.3g} frames a second'.format(self._done / max(now - self._start, 1e-3))

    def _say(self, text):
        if self._terminal:
            text = '\r\x1b[K' + text[:shutil.get_terminal_size().columns - 1]
        else:
            text += '\n'
        sys.stderr.write(text)
        sys.stderr.flush()


def duration(seconds):
    """Seconds for a person: ``'1:02:03'``, ``'2:03'``."""
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return '{}:{:02}:{:02}'.format(hours, minutes, seconds) if hours else '{}:{:02}'.format(
        minutes, seconds)
