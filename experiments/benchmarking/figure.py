"""scaling.png: time against pixels and against the batch, in logarithms."""

import numpy

from benchmarking.arithmetic import BASELINE, power

OURS, THEIRS = '#0072b2', '#d55e00'  # told apart by people who see few colours, too


def draw(path, series, titles):
    """Draws two panels: dots are measured, lines are the fitted powers.

    Args:
        path (str or os.PathLike): The PNG.
        series (pair of dict): Contender to (x, seconds); x is in pixels, then in photos.
        titles (pair of str): What the panels show.
    """
    from matplotlib.figure import Figure
    figure = Figure(figsize=(9, 3.8), constrained_layout=True)
    panels = figure.subplots(1, 2)
    _draw(panels[0], series[0], lambda x: '{:.0f}²'.format(x ** 0.5))
    panels[0].set_xlabel('photo (pixels)')
    _draw(panels[1], series[1], '{:.0f}'.format)
    panels[1].set_xlabel('batch (photos)')
    for axes, title in zip(panels, titles):
        axes.set_title(title, fontsize=11)
        axes.set_ylabel('time (seconds)')
    figure.savefig(path, dpi=120)


def _draw(axes, lines, tick):
    from matplotlib.ticker import LogLocator
    axes.set_xscale('log')
    axes.set_yscale('log')
    for name in sorted(lines, key=lambda name: name == BASELINE):
        x, y = map(numpy.asarray, lines[name])
        colour, slope = THEIRS if name == BASELINE else OURS, power(x, y)
        # Least squares in logarithms goes through their means.
        fitted = numpy.exp(numpy.log(y).mean() + slope * (numpy.log(x) - numpy.log(x).mean()))
        axes.plot(x, fitted, color=colour, linewidth=1.2)
        axes.plot(x, y, 'o', color=colour, markersize=5,
                  label='{}: slope {:.2f}'.format(name, slope))
    places = sorted({x for xs, _ in lines.values() for x in xs})
    axes.set_xticks(places, [tick(x) for x in places])
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter('{x:g}')
    axes.minorticks_off()
    axes.grid(alpha=0.3)
    axes.spines[['top', 'right']].set_visible(False)
    if lines:
        axes.legend(frameon=False, fontsize=9)
