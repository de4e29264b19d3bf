"""What is printed: names from outside (of files, of categories) do not steer the terminal; progress
of long work, by tqdm."""

import contextlib
import re
import shutil
import sys

_SECONDS = 10  # between two lines where there is no terminal
_SHARE = 0.05  # of the time that has passed, where that is more: a day has a hundred lines

# All control characters but tab and line feed; what turns the direction of writing or ends lines;
# surrogates, which stand for bytes that are no text.
_STEERS = re.compile('[\0-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]')


def printable(text):
    """The text with its control characters as Python writes them: ``\\x1b`` (str)."""
    return _STEERS.sub(lambda found: ascii(found[0])[1:-1], text)


def is_text(text):
    """Whether a text can be written as UTF-8 (bool); surrogates cannot be."""
    return not any('\ud800' <= character <= '\udfff' for character in text)


@contextlib.contextmanager
def guarded():
    """Within it all that is printed at a terminal is printable.

    Where standard output is no terminal, names stay as they are, byte by byte, for programs. What
    an encoding other than UTF-8 lacks is written as Python would: ``\\u5199``.
    """
    streams = sys.stdout, sys.stderr
    with contextlib.suppress(AttributeError, ValueError):  # a stream of another kind, or closed
        bytes_stay = not sys.stdout.isatty() and sys.stdout.encoding.lower() == 'utf-8'
        sys.stdout.reconfigure(errors='surrogateescape' if bytes_stay else 'backslashreplace')
    sys.stdout, sys.stderr = (
        _Terminal(stream) if stream is not None and stream.isatty() else stream
        for stream in streams)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = streams


class _Terminal:
    """A text stream that writes printable text alone."""

    def __init__(self, stream):
        self._stream = stream

    def __getattr__(self, name):
        return getattr(self._stream, name)

    def write(self, text):
        begin = '\r' if text.startswith('\r') else ''  # of a bar, which tqdm writes anew
        return self._stream.write(begin + printable(text[len(begin):]))

    def writelines(self, lines):
        for line in lines:
            self.write(line)


class Progress:
    """A bar at a terminal; elsewhere a plain line every so often, and none of short work.

    It is a context manager, and called with the number of things that are done, of ``total`` (None:
    a call says so). ``unit`` is what is counted, ``'photo'``; ``'B'`` is written in kB, MB, ...
    ``leave``: whether the bar stays at the end. Nothing is shown before the first call.
    """

    def __init__(self, total, unit, leave=True):
        self._total, self._unit, self._leave, self._bar = total, unit, leave, None

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def __call__(self, done, total=None):
        """Shows how many are done (int), and of how many where that has become known (int)."""
        total = total or self._total
        if self._bar is None:
            self._bar = self._start(done, total)
        self._bar.total = total
        if not sys.stderr.isatty():
            self._bar.mininterval = max(_SECONDS, _SHARE * self._bar.format_dict['elapsed'])
        self._bar.update(done - self._bar.n)

    def describe(self, text):
        """Has the bar begin with what is being done (str), shortened to half of the line."""
        if not sys.stderr.isatty():
            return
        if self._bar is None:
            self._bar = self._start(0, self._total)
        half = shutil.get_terminal_size().columns // 2
        self._bar.set_description_str(text if len(text) <= half else '..' + text[2 - half:])

    def clear(self):
        """Makes room for a line that is printed; the bar comes back with the next thing done."""
        if self._bar is not None:
            self._bar.clear()

    def write(self, text, file=None):
        """Prints lines (str) above the bar, on standard output or another stream."""
        from tqdm import tqdm

        file = file or sys.stdout
        tqdm.write(text, file=file)
        file.flush()

    def close(self):
        """Leaves the last state; nothing more is shown."""
        if self._bar is not None:
            self._bar.close()

    def _start(self, done, total):
        from tqdm import tqdm

        # Another run may have done what is done by now: it says nothing of the speed.
        options = {'initial': done, 'total': total, 'miniters': 1, 'smoothing': 0,
                   'leave': self._leave,
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
