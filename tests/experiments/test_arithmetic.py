"""Medians, ratios and fits of known data."""

import numpy
import pytest
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
