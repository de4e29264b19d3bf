"""Time against pixels and against the batch, with the slopes of both in logarithms."""

import gc

from benchmarking import contenders, figure, trainers, translators
from benchmarking.arithmetic import BASELINE, line, power, row
from benchmarking.parts.train import average_of_five
from benchmarking.parts.translate import dishes, photo
from benchmarking.timing import alternate

NAME = 'scaling.png'


def measure(bench, sizes, batches, train_size, most, limit):
    """Rows: a side or a batch each, and two that tell the slopes; draws the figure too.

    Returns:
        list of dict: The rows. The figure is in ``bench.folder``, named :data:`NAME`.
    """
    made = {name: translators.make(name, bench)
            for name in (fastest(bench), BASELINE) if name in contenders.translators(bench)}
    pixels, times = [], []
    for size in sizes:
        x, c = photo(size), dishes(1)
        pixels.append(size ** 2)
        times.append(alternate({name: lambda translate=translate: translate(x, c)
                                for name, translate in made.items()},
                               most, limit, synchronise=bench.synchronise))
    train_times = [_train(bench, train_size, batch, most, limit) for batch in batches]

    rows = [row('one photo into one dish, {} px'.format(size), 's', results)
            for size, results in zip(sizes, times)]
    rows += [row('iteration, {} px, batch {}, average of five'.format(train_size, batch), 's',
                 results) for batch, results in zip(batches, train_times)]
    slopes = [_series(pixels, times), _series(batches, train_times)]
    rows += [row('slope of log time, ' + what, '', {
        name: {'median': power(x, y), 'repeats': len(x)} for name, (x, y) in series.items()},
        note=note, ratios=False) for what, series, note in zip(
            ('translating against pixels', 'training against the batch'), slopes,
            ('0.95 to 1.10 is the aim from 128 to 1024 px', _straight(slopes[1])))]
    figure.draw(bench.folder / NAME, slopes, (
        'translating one photo', 'training iteration at {0} x {0} pixels'.format(train_size)))
    return rows


def fastest(bench):
    """Of this package's, the one that Translator's ``auto`` takes; None where none runs."""
    from chainer_foodgan.translation.engines import LIBRARIES  # the fastest first
    names = contenders.translators(bench)
    return next((name for name in ('{}, {}'.format(contenders.OURS, backend)
                                   for backend in LIBRARIES) if name in names), None)


def _train(bench, size, batch, most, limit):
    steps = {name: trainers.make(name, bench, size, batch)
             for name in contenders.trainers(bench) if name in (contenders.OURS, BASELINE)}
    dis, gen = (alternate({name: lambda step=step: step(with_gen) for name, step in steps.items()},
                          most, limit, synchronise=bench.synchronise)
                for with_gen in (False, True))
    del steps
    gc.collect()  # Chainer's graphs hold themselves
    return {name: average_of_five(dis[name], gen[name]) for name in dis}


def _series(x, times):
    """Contender to (x, seconds) of what was measured of it, at two places or more."""
    found = {}
    for name in times[0]:
        points = [(each, results[name]['median']) for each, results in zip(x, times)
                  if 'median' in results[name]]
        if len(points) > 1:
            found[name] = tuple(zip(*points))
    return found


def _straight(series):
    """The straight lines of the time against the batch, in words."""
    return '; '.join('{}: {:.2g} s + {:.2g} s a photo, {:.0%} off at most'.format(
        name, *line(x, y)) for name, (x, y) in series.items())
