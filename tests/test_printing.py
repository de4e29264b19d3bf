"""Names from outside do not steer the terminal."""

import os
import select
import subprocess
import sys

import pytest

from chainer_foodgan import weights
from chainer_foodgan.errors import FoodganError, one_line
from chainer_foodgan.printing import is_text, printable

EVIL = '\x1b]0;owned\x07\x1b[2J\x9b1A\u202e.npz'
SHOWN = r'\x1b]0;owned\x07\x1b[2J\x9b1A\u202e.npz'


def test_what_steers_is_shown():
    assert printable(EVIL) == SHOWN
    assert printable('a\rb\udcff\x7f') == r'a\rb\udcff\x7f'
    assert printable('ラーメン\u3000é\t🍜\n') == 'ラーメン\u3000é\t🍜\n'
    assert one_line(FoodganError('a\x1b[2J:\n no\x00')) == r'a\x1b[2J: no\x00'


def test_text():
    assert is_text('ラーメン\x1b') and not is_text('a\udcff') and not is_text('\ud800')


CATEGORIES = [*weights.record('bowls_64').categories[:-1], EVIL]
COMMAND = [sys.executable, '-m', 'chainer_foodgan', 'convert', 'bowls_64']


def test_a_terminal_is_shown_what_names_are(tmp_path):
    pty = pytest.importorskip('pty', reason='pseudo-terminals are POSIX')
    master, slave = pty.openpty()
    with subprocess.Popen([*COMMAND, EVIL, '--categories', ','.join(CATEGORIES)], cwd=tmp_path,
                          stdin=slave, stdout=slave, stderr=slave) as process:
        os.close(slave)
        written = b''
        while process.poll() is None or select.select([master], [], [], 0)[0]:
            try:
                written += os.read(master, 4096)
            except OSError:  # Linux's word for the end
                break
    os.close(master)
    assert process.returncode == 0, written
    written = written.decode().replace('\r\n', '\n')
    assert printable(written) == written
    lines = written.split('\n')
    assert lines[1].endswith(', ' + SHOWN) and lines[2].startswith(SHOWN + ': ')


def test_a_program_is_told_the_very_name(tmp_path):
    """Also one whose bytes are no text, where Python would be strict."""
    name = os.fsencode(tmp_path) + b'/\x1b[1m\xff.npz'
    ended = subprocess.run([*COMMAND, name], capture_output=True,
                           env={**os.environ, 'LC_ALL': 'C.UTF-8', 'PYTHONIOENCODING': 'utf-8'})
    assert (ended.returncode, ended.stderr) == (0, b'')
    assert name + b': ' in ended.stdout


def test_an_encoding_that_lacks_a_name_stops_nothing(tmp_path):
    ended = subprocess.run([*COMMAND, tmp_path / '写真.npz'], capture_output=True,
                           env={**os.environ, 'PYTHONIOENCODING': 'ascii:strict'})
    assert (ended.returncode, ended.stderr) == (0, b'')
    assert b'\\u5199\\u771f.npz: ' in ended.stdout
