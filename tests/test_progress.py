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
        shown(1)
        shown(2)
    assert capsys.readouterr() == ('', '')


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
