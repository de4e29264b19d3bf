"""The line that says how far it is."""

import sys

import pytest

pytest.importorskip('av', reason='makes and reads videos: pip install av')

from chainer_foodgan.video.progress import Progress, duration  # noqa: E402  as above


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


def test_a_line_a_minute_where_there_is_no_terminal(capsys):
    clock = Clock()
    progress = Progress(100, clock)
    for _ in range(25):
        clock.now += 4
        progress()
    progress.finish()
    assert capsys.readouterr().err.splitlines() == [
        'frame 15 of 100, 0.25 frames a second, 5:40 left',
        '25 frames in 1:40, 0.25 frames a second']


def test_one_line_that_is_written_anew_on_a_terminal(capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, 'isatty', lambda: True)
    monkeypatch.setenv('COLUMNS', '30')
    clock = Clock()
    progress = Progress(2, clock)
    for _ in range(2):
        clock.now += 0.25
        progress()
    progress.finish()
    shown = capsys.readouterr().err
    assert shown.startswith('\r\x1b[Kframe 1 of 2, 4 frames a seco\r')
    assert shown.count('\n') == 1 and shown.endswith('\n')


@pytest.mark.parametrize('seconds, text', [
    (0, '0:00'), (59.6, '1:00'), (61, '1:01'), (3600, '1:00:00'), (86399, '23:59:59')])
def test_durations(seconds, text):
    assert duration(seconds) == text
