"""Who runs when, on a clock of the test's own."""

import pytest
from benchmarking import timing


class Clock(object):
    """Contenders move its hands."""

    def __init__(self, monkeypatch):
        self.now, self.order = 0., []
        monkeypatch.setattr(timing.time, 'perf_counter', lambda: self.now)

    def contender(self, name, seconds):
        def run():
            self.order.append(name)
            self.now += seconds
        return run


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


def test_contenders_take_turns(clock):
    found = timing.alternate({'a': clock.contender('a', 1.), 'b': clock.contender('b', 2.)}, 3, 100)
    assert clock.order == ['a', 'b'] * 3
    assert found['a'] == {'median': 1., 'repeats': 2, 'values': [1., 1., 1.]}
    assert found['b']['median'] == 2


def test_a_slow_one_stops_before_its_limit(clock):
    found = timing.alternate({'a': clock.contender('a', 4.), 'b': clock.contender('b', 1.)}, 4, 9)
    assert clock.order == ['a', 'b', 'a', 'b', 'b', 'b']
    assert found['a']['repeats'] == 2 and found['b']['repeats'] == 3


def test_everybody_runs_once(clock):
    assert timing.alternate({'a': clock.contender('a', 50.)}, 4, 9)['a']['values'] == [50.]


def test_who_is_known_to_be_too_slow_is_left_out(clock):
    found = timing.alternate({'a': clock.contender('a', 1.), 'b': clock.contender('b', 1.)}, 2, 9,
                             {'a': 9.5, 'b': 8.5, 'c': 100.})
    assert found['a'] == {'note': 'about 10 s a run'}
    assert set(found) == {'a', 'b'} and clock.order == ['b', 'b']


def test_waiting_for_the_device_counts(clock):
    def synchronise():
        clock.now += 10.
    found = timing.alternate({'a': clock.contender('a', 1.)}, 2, 100, synchronise=synchronise)
    assert found['a']['values'] == [11., 11.]


@pytest.mark.parametrize('error', [MemoryError(), RuntimeError('CUDA out of memory')])
def test_who_lacks_memory_is_left_out(error):
    def fail():
        raise error
    assert timing.alternate({'a': fail}, 2, 9) == {'a': {'note': 'not enough memory'}}


def test_another_error_is_an_error():
    def fail():
        raise RuntimeError('shapes differ')
    with pytest.raises(RuntimeError, match='shapes'):
        timing.alternate({'a': fail}, 2, 9)
