"""Reading ahead and writing behind: order, bounds, names."""

import concurrent.futures
import threading
import time
import types

import pytest

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.translation import pipeline
from chainer_foodgan.translation.pipeline import Writer, ahead, threads


def thing(number, nbytes=1):
    return types.SimpleNamespace(number=number, nbytes=nbytes)


@pytest.mark.parametrize('nbytes, most', [(1, 16), (2 ** 25, 4), (2 ** 40, 2), (0, 2)])
def test_things_come_in_order_and_some_are_read_ahead(nbytes, most):
    read = []

    def reading(number):
        read.append(number)
        return thing(number, nbytes)

    with threads() as pool:
        found, distances = [], []
        for item in ahead(pool, reading, range(50)):
            found.append(item.number)
            concurrent.futures.wait([pool.submit(int)])
            distances.append(len(read) - len(found))
    assert found == list(range(50)) and sorted(read) == found
    assert max(distances) <= most - 1 and (most == 2 or max(distances) >= 1)


def test_large_things_after_small_ones_are_read_less_far_ahead():
    sizes = [1] * 20 + [2 ** 30] * 20 + [1] * 20
    with threads() as pool:
        found = ahead(pool, lambda number: thing(number, sizes[number]), range(60))
        assert [item.number for item in found] == list(range(60))


def test_an_error_of_reading_comes_out_and_the_rest_is_left_undone():
    read = []

    def reading(number):
        read.append(number)
        if number == 3:
            raise FoodganError('three')
        return thing(number)

    found = []
    with pytest.raises(FoodganError, match='three'), threads() as pool:
        found.extend(item.number for item in ahead(pool, reading, range(1000)))
    assert len(read) <= 3 + 16


def test_what_has_not_begun_is_left_undone():
    begun, go_on, done = threading.Event(), threading.Event(), []

    def work(number):
        begun.set()
        go_on.wait(10)
        done.append(number)

    with pytest.raises(KeyboardInterrupt), threads() as pool:
        for number in range(1000):
            pool.submit(work, number)
        begun.wait(10)
        threading.Timer(.05, go_on.set).start()
        raise KeyboardInterrupt
    assert 0 < len(done) < 1000


@pytest.mark.parametrize('names', [('a.png', 'a.png', 'a.png'), ('a.png', 'a.png', 'a-2.png')])
def test_what_is_being_written_is_taken(tmp_path, names):
    with threads() as pool:
        writer, paths, futures = Writer(pool), [], []
        for name in names:
            paths.append(writer.fresh_path(tmp_path / name))
            futures.append(writer.submit(paths[-1], lambda path: path.write_text(path.name)))
        concurrent.futures.wait(futures)
    assert len(set(paths)) == 3 and all(path.read_text() == path.name for path in paths)
    assert [path.name for path in paths[:2]] == ['a.png', 'a-2.png']


def test_a_file_that_appears_between_two_looks_is_seen(tmp_path, monkeypatch):
    with threads() as pool:
        writer = Writer(pool)
        look, released = pipeline.fresh_path, threading.Event()

        def write(path):
            released.wait(10)
            path.touch()

        first = writer.submit(tmp_path / 'a.png', write)

        def fresh_path(path):
            found = look(path)
            released.set()
            concurrent.futures.wait([first])
            return found

        monkeypatch.setattr(pipeline, 'fresh_path', fresh_path)
        assert writer.fresh_path(tmp_path / 'a.png') == tmp_path / 'a-2.png'


def test_the_name_of_a_file_that_failed_is_free(tmp_path):
    def fail(path):
        raise FoodganError('full')

    with threads() as pool:
        writer = Writer(pool)
        future = writer.submit(tmp_path / 'a.png', fail)
        assert writer.fresh_path(tmp_path / 'A.png') == tmp_path / 'A.png'
        assert isinstance(future.exception(), FoodganError)


def test_what_is_written_is_forgotten(tmp_path):
    with threads() as pool:
        writer = Writer(pool)
        for number in range(30):
            concurrent.futures.wait([writer.submit(tmp_path / str(number), lambda path: None)])
        assert len(writer._pending) == 1


def test_ctrl_c_while_a_thread_starts_waits_for_its_work(monkeypatch):
    working, ended, start = threading.Event(), [], threading.Thread.start

    def work():
        working.set()
        time.sleep(0.2)
        ended.append(True)

    def interrupted(thread):
        start(thread)
        assert working.wait(10)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), threads(1) as pool:
        monkeypatch.setattr(threading.Thread, 'start', interrupted)
        pool.submit(work)
    assert ended
