"""Medians, ratios and fits; contenders in turn."""

import numpy
import pytest

from benchmarking import timing
from benchmarking.timing import BASELINE, line, power, row, summary


def test_the_first_of_three_or_more_is_a_warm_up():
    assert summary([9.]) == {'median': 9., 'repeats': 1, 'values': [9.]}
    assert summary([9., 1.]) == {'median': 5., 'repeats': 2, 'values': [9., 1.]}
    assert summary([9., 1., 4., 2., 100.]) == {
        'median': 3., 'repeats': 4, 'values': [9., 1., 4., 2., 100.]}


def test_ratios_are_to_pytorch():
    found = row('x', 's', {'a': summary([1.]), BASELINE: summary([4.]), 'b': {'note': 'slow'}})
    assert found['results']['a']['ratio'] == 0.25
    assert found['results'][BASELINE]['ratio'] == 1
    assert found['results']['b'] == {'note': 'slow'}


@pytest.mark.parametrize('results', [
    {'a': summary([1.])}, {'a': summary([1.]), BASELINE: {'note': 'slow'}}])
def test_without_pytorch_there_are_no_ratios(results):
    assert row('x', 's', results)['results'] == results


@pytest.mark.parametrize('slope', [0.5, 1., 2.])
def test_a_power_law_has_its_exponent(slope):
    x = numpy.array([1, 4, 16, 64])
    assert power(x, 0.3 * x ** slope) == pytest.approx(slope)


def test_a_power_law_is_fitted_evenly_in_logarithms():
    # log2 y = 0, 1, 3 at log2 x = 0, 1, 2: least squares gives (-1 * 0 + 0 * 1 + 1 * 3) / 2.
    assert power([1, 2, 4], [1, 2, 8]) == pytest.approx(1.5)


def test_a_line_is_found():
    x = numpy.array([1, 2, 8, 16])
    assert line(x, 0.5 + 0.25 * x) == pytest.approx((0.5, 0.25, 0), abs=1e-12)


def test_a_line_tells_the_greatest_deviation():
    # y = a + b x at 1, 2, 3 with relative weights, solved by hand for y = 1, 1, 1.3: the weights
    # 1 / y^2 are 1, 1, 1 / 1.69.
    w = numpy.array([1, 1, 1 / 1.69])
    x, y = numpy.array([1., 2, 3]), numpy.array([1, 1, 1.3])
    mean_x, mean_y = (w * x).sum() / w.sum(), (w * y).sum() / w.sum()
    b = (w * (x - mean_x) * (y - mean_y)).sum() / (w * (x - mean_x) ** 2).sum()
    a = mean_y - b * mean_x
    assert line(x, y) == pytest.approx((a, b, max(abs((a + b * x) / y - 1))))


class Clock:
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
