"""Names from outside do not steer the terminal; how far long work is."""

import os
import re
import select
import subprocess
import sys

import pytest

from chainer_foodgan import printing, weights
from chainer_foodgan.errors import FoodganError, one_line
from chainer_foodgan.printing import Progress, is_text, printable

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


@pytest.fixture
def at_once(monkeypatch):
    """Lines are written whenever something is done."""
    monkeypatch.setattr(printing, '_SECONDS', 0)


def test_elsewhere_short_work_says_nothing(capsys):
    with Progress(2, 'photo') as shown:
        shown.describe('lunch.jpg')
        shown(1)
        shown.write('a line')
        shown(2)
    assert capsys.readouterr() == ('a line\n', '')


def test_lines_become_rarer(capsys, at_once, monkeypatch):
    """One after each twentieth of the time so far: about fifty of an hour, a hundred of a day."""
    now = [0.]
    monkeypatch.setattr('tqdm.std.time', lambda: now[0])
    with Progress(10000, 'photo') as shown:
        for done in range(1, 10001):
            now[0] += 1
            shown(done)
    # The first hundred seconds are over before a twentieth is more than five of them.
    times = [int(found) for found in re.findall(r'^(\d+) of', capsys.readouterr().err, re.M)]
    late = [(b - a) / a for a, b in zip(times, times[1:]) if a > 1000]
    assert late and all(0.04 < gap < 0.06 for gap in late[:-1])


def test_nothing_is_said_of_what_never_began(capsys, at_once, monkeypatch):
    monkeypatch.setattr('sys.stderr.isatty', lambda: True)
    with pytest.raises(ValueError), Progress(None, 'photo'):
        raise ValueError
    assert capsys.readouterr() == ('', '')


def test_elsewhere_lines_are_plain(capsys, at_once):
    with Progress(None, 'frame') as shown:
        for done in range(1, 5):
            shown(done, 20)
    output, errors = capsys.readouterr()
    assert output == '' and re.fullmatch(r'[ -~\n]+', errors)
    assert re.search(r'^4 of 20 frame \[00:00<00:0\d, .* frame/s\]$', errors, re.M)


def test_what_was_done_before_says_nothing_of_the_speed(capsys, at_once, monkeypatch):
    clock = iter(range(1000))
    monkeypatch.setattr('tqdm.std.time', lambda: next(clock))
    with Progress(1000, 'photo') as shown:
        shown(990)
        shown(991)
    speeds = re.findall(r'99\d of 1000 photo .* ([\d.]+)(?: photo/s|s/ photo)',
                        capsys.readouterr().err)
    assert speeds and all(float(speed) < 10 for speed in speeds)
