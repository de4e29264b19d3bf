"""Downloads from a server that is slow, cut off, wrong, redirected or endless."""

import pathlib
import random
import types

import pytest

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.weights.download import download

CONTENT = random.Random(0).randbytes(300000)
HALF = len(CONTENT) // 2


@pytest.fixture
def place(tmp_path, server):
    """``get()`` downloads to ``path``; ``part`` is the partial file."""
    server.content = CONTENT
    path = tmp_path / 'file'

    def check(candidate):
        return None if candidate.read_bytes() == CONTENT else 'another file'

    def get(*addresses, limit=400000, **network):
        download(addresses or [server.address], path, check, limit,
                 **{'timeout': 5, 'attempts': 3, 'pause': 0.01, **network})

    return types.SimpleNamespace(path=path, part=tmp_path / '.file.part', get=get,
                                 files=lambda: [file.name for file in tmp_path.iterdir()])


def make(server, *names):
    """Answers by their names: ``'whole'``, ``('cut', 10)``."""
    server.answers = [server.kinds[name] if isinstance(name, str)
                      else server.kinds[name[0]](*name[1:]) for name in names]


@pytest.mark.parametrize('answers, ranges', [
    (['ranged'], [None]),
    (['whole'], [None]),
    (['unannounced'], [None]),
    ([('slow', 10, 0.3)], [None]),
    ([('cut', HALF), 'ranged'], [None, HALF]),
    ([('cut', HALF), ('cut', 1000), 'ranged'], [None, HALF, HALF + 1000]),
    ([('cut', HALF), 'whole'], [None, HALF]),  # ranges are not supported: all of it again
    ([('cut', 0), 'ranged'], [None, None]),
    ([('status', 500), 'ranged'], [None, None]),
    ([('status', 429), ('status', 503), 'ranged'], [None, None, None]),
    ([('cut', HALF), ('status', 502), 'ranged'], [None, HALF, HALF]),
    ([('cut', HALF), 'other_range', 'ranged'], [None, HALF, None])])
def test_it_arrives(place, server, answers, ranges):
    make(server, *answers)
    place.get()
    assert place.path.read_bytes() == CONTENT
    assert place.files() == ['file']
    assert server.ranges == [start and f'bytes={start}-' for start in ranges]


def test_a_server_that_falls_silent_is_given_up_and_asked_again(place, server):
    make(server, ('stall', HALF), 'ranged')
    place.get(timeout=0.3)
    assert place.path.read_bytes() == CONTENT
    assert server.ranges == [None, f'bytes={HALF}-']


def test_a_slow_server_is_not_taken_for_a_silent_one(place, server):
    make(server, ('slow', 12, 1.2))
    place.get(timeout=0.6)
    assert server.ranges == [None]


def test_pauses_grow(place, server, monkeypatch):
    pauses = []
    monkeypatch.setattr('time.sleep', pauses.append)
    make(server, ('status', 500))
    with pytest.raises(FoodganError, match=r'answers 500 .*tried 5 times'):
        place.get(attempts=5, pause=2)
    assert pauses == [2, 4, 8, 16]


def test_a_later_call_goes_on_where_the_last_one_stopped(place, server):
    make(server, ('cut', 1000), ('cut', 1000), 'ranged')
    with pytest.raises(FoodganError, match='cut off after 2000 of 300000 bytes'):
        place.get(attempts=2)
    assert place.files() == ['.file.part']
    place.get()
    assert place.path.read_bytes() == CONTENT
    assert server.ranges == [None, 'bytes=1000-', 'bytes=2000-']


@pytest.mark.parametrize('part', [CONTENT, CONTENT + b'more', b'other' * 100])
def test_a_partial_file_may_be_whole_or_of_another_file(place, server, part):
    place.part.write_bytes(part)
    place.get()
    assert place.path.read_bytes() == CONTENT
    assert len(server.ranges) == 1 + (part != CONTENT)


@pytest.mark.parametrize('answer, says', [
    ('page', 'another file'),
    (('status', 404), 'answers 404 Not Found'),
    (('redirect', 'ftp://127.0.0.1/file'), 'sends on to ftp://127.0.0.1/file, which is not'),
    (('redirect', 'file:///etc/hostname'), 'not allowed'),
    (('redirect', '/again'), 'infinite loop'),
    (('redirect', 'http://[::1/'), 'no address that can be asked: Invalid IPv6 URL'),
    (('redirect', '//['), 'no address that can be asked'),
    (('redirect', f'http://{70 * "a"}.example/'), 'no address that can be asked'),
    (('raw', b'HTTP/1.1 404 \x1b[2J' + 500 * b'a' + b'\r\n\r\n'), r'answers 404 \\x1b\[2Ja{,95}$'),
    ('endless', 'more than the 0.4 MB')])
def test_what_will_not_change_is_asked_for_once(place, server, answer, says):
    make(server, answer)
    with pytest.raises(FoodganError, match=says) as caught:
        place.get()
    assert str(caught.value).startswith(f'127.0.0.1:{server.server_port}: ')
    assert place.files() == []
    assert len(server.ranges) == (5 if says == 'infinite loop' else 1)


@pytest.mark.parametrize('head', [
    b'', b'Content-Range: bytes 5-9/300000\r\n', b'Content-Range: x\r\n'])
def test_a_part_that_nobody_asked_for_is_not_taken(place, server, head):
    server.answers = [server.kinds['raw'](b'HTTP/1.1 206 OK\r\n' + head + b'\r\n' + CONTENT),
                      server.kinds['ranged']]
    place.get()
    assert place.path.read_bytes() == CONTENT
    assert server.ranges == [None, None]


HEAD = b'HTTP/1.1 200 OK\r\n'


@pytest.mark.parametrize('begin, again', [
    (HEAD + b'A: ', b'a'), (HEAD, b'A: a\r\n'), (HEAD + b'\r\n', b'a'),
    (HEAD + b'Content-Length: 300000\r\n\r\n', b'a'),
    (HEAD + b'Transfer-Encoding: chunked\r\n\r\n', b'0'),
    (HEAD + b'Transfer-Encoding: chunked\r\n\r\n', b'1\r\na\r\n')])
def test_a_server_that_sends_a_byte_now_and_then_is_given_up(place, server, begin, again):
    make(server, ('drip', begin, again))
    with pytest.raises(FoodganError, match=r'fewer than 1000 bytes a second \(tried 2 times\)'):
        place.get(timeout=0.4, attempts=2)


def test_all_attempts_together_have_an_end(place, server):
    # 4,000 bytes a second are enough for every window, and never the file.
    make(server, ('drip', HEAD + b'\r\n', 200 * b'a'))
    with pytest.raises(FoodganError, match=r'takes too long \(tried 1 times\)'):
        place.get(timeout=0.2, total=0.5)
    assert len(server.ranges) == 1


def test_a_length_beyond_the_limit_is_not_even_begun(place, server):
    make(server, 'whole')
    with pytest.raises(FoodganError, match='more than the 0.2 MB'):
        place.get(limit=200000)
    assert place.files() == []


def test_a_redirect_is_followed_with_its_range(place, server):
    make(server, ('cut', HALF), ('redirect', '/elsewhere'), 'ranged')
    place.get()
    assert place.path.read_bytes() == CONTENT
    assert server.ranges == [None] + 2 * [f'bytes={HALF}-']


def test_the_next_address_is_asked_when_one_fails(place, server):
    make(server, ('status', 404), 'ranged')
    place.get(server.address, server.address + '2')
    assert place.path.read_bytes() == CONTENT


def test_nobody_there_is_said_with_the_reason(place, server):
    server.server_close()
    with pytest.raises(FoodganError, match='Connection refused') as caught:
        place.get(server.address, server.address + '2')
    assert str(caught.value).count('refused') == 1


def test_what_was_there_stays_until_the_new_file_is_complete(place, server):
    place.path.write_bytes(b'old')
    make(server, ('cut', 1000))
    with pytest.raises(FoodganError):
        place.get()
    assert place.path.read_bytes() == b'old'


@pytest.mark.skipif(not pathlib.Path('/dev/full').exists(), reason='the system has no /dev/full')
def test_a_full_disk_is_one_line_and_nothing_is_left(place):
    place.part.symlink_to('/dev/full')
    with pytest.raises(FoodganError, match='cannot write .*No space left on device; make room'):
        place.get()
    assert place.files() == []


@pytest.mark.parametrize('terminal', [True, False])
def test_progress_is_shown_on_a_terminal_alone(place, server, monkeypatch, capsys, terminal):
    monkeypatch.setattr('sys.stderr.isatty', lambda: terminal)
    make(server, ('cut', HALF), 'ranged')
    place.get()
    output, error = capsys.readouterr()
    assert output == ''
    assert '300k/300k' in error and error.endswith('\n') if terminal else error == ''
