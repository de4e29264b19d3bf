"""What is printed: names from outside (of files, of categories) do not steer the terminal."""

import contextlib
import re
import sys

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
