"""Medians, ratios and fitted lines."""

import statistics

import numpy

#: What the others are compared with.
BASELINE = 'PyTorch eager'


def summary(values):
    """Median of a contender's runs, the first of three or more left out as a warm-up.

    Args:
        values (list of float): At least one.

    Returns:
        dict: ``median``, ``repeats`` (how many it is the median of) and all ``values``.
    """
    counted = values[1:] if len(values) > 2 else values
    return {'median': statistics.median(counted), 'repeats': len(counted), 'values': values}


def row(what, unit, results, aim=None, note=None, ratios=True):
    """A measurement, with every contender's ratio to PyTorch eager where that was measured.

    Args:
        what (str): What was measured.
        unit (str): Of the medians.
        results (dict): Contender to its :func:`summary`, or to ``{'note': why it was
            left out}``.
        aim (str): The ratio to reach, as text.
        note (str): What else is to be said.
        ratios (bool): Whether ratios mean anything.

    Returns:
        dict: JSON values.
    """
    base = results.get(BASELINE, {}).get('median')
    found = {}
    for name, result in results.items():
        found[name] = dict(result)
        if ratios and base and 'median' in result:
            found[name]['ratio'] = result['median'] / base
    return {'what': what, 'unit': unit, 'results': found, 'aim': aim, 'note': note}


def power(x, y):
    """The slope b of log y = a + b log x by least squares; 1 where y is proportional to x."""
    return float(numpy.polyfit(numpy.log(x), numpy.log(y), 1)[0])


def line(x, y):
    """The straight line through measurements.

    Args:
        x, y (sequence of float): At least two; positive.

    Returns:
        tuple of float: a and b of y = a + b x by least squares of the relative deviations, and the
        greatest relative deviation.
    """
    x, y = numpy.asarray(x, float), numpy.asarray(y, float)
    columns = numpy.stack([1 / y, x / y], axis=1)
    (a, b), *_ = numpy.linalg.lstsq(columns, numpy.ones(len(y)), rcond=None)
    return float(a), float(b), float(abs((a + b * x) / y - 1).max())
