"""How far long work is."""

import re

import pytest

from chainer_foodgan import progress
from chainer_foodgan.progress import Progress


@pytest.fixture
def at_once(monkeypatch):
    """Lines are written whenever something is done."""
    monkeypatch.setattr(progress, '_SECONDS', 0)


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
