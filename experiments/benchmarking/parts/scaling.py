"""Time against pixels and against the batch, with the slopes of both in logarithms."""

import functools
import gc

import numpy

from benchmarking import contenders
from benchmarking.parts.train import average_of_five
from benchmarking.parts.translate import dishes, photo
from benchmarking.timing import BASELINE, alternate, line, power, row
from chainer_foodgan.visualizations import plots

_OURS, _THEIRS = '#0072b2', '#d55e00'  # told apart by people who see few colours, too


def draw(path, series, titles):
    """Draws two panels: dots are measured, lines are the fitted powers.

    Args:
        path (str or os.PathLike): The PNG.
        series (pair of dict): Contender to (x, seconds); x is in pixels, then in photos.
        titles (pair of str): What the panels show.
    """
    figure = plots.new_figure(9, 3.8)
    panels = plots.panels(figure, 2, 2)
    _draw(panels[0], series[0], lambda x: f'{x ** 0.5:.0f}²')
    panels[0].set_xlabel('photo (pixels)')
    _draw(panels[1], series[1], '{:.0f}'.format)
    panels[1].set_xlabel('batch (photos)')
    for axes, title in zip(panels, titles):
        axes.set_title(title, fontsize=11)
        axes.set_ylabel('time (seconds)')
    plots.save(figure, path)


def _draw(axes, lines, tick):
    from matplotlib.ticker import LogLocator
    axes.set_xscale('log')
    axes.set_yscale('log')
    for name in sorted(lines, key=lambda name: name == BASELINE):
        x, y = map(numpy.asarray, lines[name])
        colour, slope = _THEIRS if name == BASELINE else _OURS, power(x, y)
        # Least squares in logarithms goes through their means.
        fitted = numpy.exp(numpy.log(y).mean() + slope * (numpy.log(x) - numpy.log(x).mean()))
        axes.plot(x, fitted, color=colour, linewidth=1.2)
        axes.plot(x, y, 'o', color=colour, markersize=5,
                  label=f'{name}: slope {slope:.2f}')
    places = sorted({x for xs, _ in lines.values() for x in xs})
    axes.set_xticks(places, [tick(x) for x in places])
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter('{x:g}')
    axes.minorticks_off()
    axes.grid(alpha=0.3)
    if lines:
        axes.legend(frameon=False, fontsize=9)


NAME = 'scaling.png'


def measure(bench, sizes, batches, train_size, most, limit):
    """Rows: a side or a batch each, and two that tell the slopes; draws the figure too.

    Returns:
        list of dict: The rows. The figure is in ``bench.folder``, named :data:`NAME`.
    """
    made = {name: contenders.make_translator(name, bench)
            for name in (fastest(bench), BASELINE) if name in contenders.translators(bench)}
    pixels, times = [], []
    for size in sizes:
        x, c = photo(size), dishes(1)
        pixels.append(size ** 2)
        times.append(alternate({name: functools.partial(translate, x, c)
                                for name, translate in made.items()},
                               most, limit, synchronise=bench.synchronise))
    train_times = [_train(bench, train_size, batch, most, limit) for batch in batches]

    rows = [row(f'one photo into one dish, {size} px', 's', results)
            for size, results in zip(sizes, times)]
    rows += [row(f'iteration, {train_size} px, batch {batch}, average of five', 's',
                 results) for batch, results in zip(batches, train_times)]
    slopes = [_series(pixels, times), _series(batches, train_times)]
    rows += [row('slope of log time, ' + what, '', {
        name: {'median': power(x, y), 'repeats': len(x)} for name, (x, y) in series.items()},
        note=note, ratios=False) for what, series, note in zip(
            ('translating against pixels', 'training against the batch'), slopes,
            ('0.95 to 1.10 is the aim from 128 to 1024 px', _straight(slopes[1])))]
    draw(bench.folder / NAME, slopes, (
        'translating one photo', f'training iteration at {train_size} x {train_size} pixels'))
    return rows


def fastest(bench):
    """Of this package's, the one that Translator's ``auto`` takes; None where none runs."""
    from chainer_foodgan.translation.engines import LIBRARIES  # the fastest first
    names = contenders.translators(bench)
    return next((name for name in (f'{contenders.OURS}, {backend}'
                                   for backend in LIBRARIES) if name in names), None)


def _train(bench, size, batch, most, limit):
    steps = {name: contenders.make_trainer(name, bench, size, batch)
             for name in contenders.trainers(bench) if name in (contenders.OURS, BASELINE)}
    dis, gen = (alternate({name: functools.partial(step, with_gen) for name, step in steps.items()},
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
