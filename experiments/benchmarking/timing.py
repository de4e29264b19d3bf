"""Contenders in turn, so that whatever the machine does meets all of them; medians and fits."""

import statistics
import time

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


def alternate(contenders, most, limit, expected=None, synchronise=None):
    """Times contenders round after round.

    Args:
        contenders (dict): Name to a function without arguments.
        most (int): Rounds.
        limit (float): Seconds for each contender in all. It stops before the run that would
            exceed them, but has one in any case.
        expected (dict): Name to the seconds that a run is thought to take: a contender is left
            out where they exceed the limit.
        synchronise (callable): Waits until what was asked for is done, before the clock is read.

    Returns:
        dict: Name to :func:`~benchmarking.timing.summary` of its seconds, or to
        ``{'note': why it was left out}``.
    """
    seconds = {name: [] for name in contenders}
    notes = {name: f'about {guess:.0f} s a run'
             for name, guess in (expected or {}).items() if name in seconds and guess > limit}
    for _ in range(most):
        for name, run in contenders.items():
            spent = seconds[name]
            if name in notes or spent and sum(spent) * (1 + 1 / len(spent)) > limit:
                continue
            try:
                start = time.perf_counter()
                run()
                if synchronise is not None:
                    synchronise()
                spent.append(time.perf_counter() - start)
            except (MemoryError, RuntimeError) as error:
                # PyTorch says it with a RuntimeError, whose text alone tells.
                if isinstance(error, RuntimeError) and 'memory' not in str(error):
                    raise
                notes[name] = 'not enough memory'
    return {name: {'note': notes[name]} if name in notes else summary(values)
            for name, values in seconds.items()}
