"""table1.png: bars of a data set and of the paper side by side."""

import numpy
from PIL import Image

_OURS, _THEIRS = '#35688f', '#b9bec4'

#: Most bars of categories that the paper does not have; the rest is a line of text.
_OTHERS = 20


def bars(rows, name):
    """Draws a bar for every category: on the left the data set's, on the right the paper's.

    Args:
        rows (list of Row): See :func:`counting.counts.beside`.
        name (str): What the data set is called.

    Returns:
        PIL.Image.Image: Mode RGB.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    dishes = [(row.name, row.photos, row.paper) for row in rows if row.paper is not None]
    others = [(row.name, row.photos, None) for row in rows if row.paper is None]
    lines, more = dishes + others[:_OTHERS], [number for _, number, _ in others[_OTHERS:]]
    figure = Figure(figsize=(9, 1.1 + 0.27 * len(lines)), dpi=120, layout='constrained')
    canvas = FigureCanvasAgg(figure)
    panels = figure.subplots(1, 2, sharey=True)
    _panel(panels[0], [number for _, number, _ in lines], _OURS, name)
    _panel(panels[1], [number for _, _, number in lines], _THEIRS, "the paper's Table 1")
    panels[0].set_yticks(range(len(lines)), [label for label, _, _ in lines])
    panels[0].set_ylim(len(lines) - 0.4, -0.6)
    rest = '; of {} more categories {:,}'.format(len(more), sum(more)) if more else ''
    figure.supxlabel('photos' + rest, fontsize=9)
    canvas.draw()
    return Image.fromarray(numpy.asarray(canvas.buffer_rgba())).convert('RGB')


def _panel(axes, numbers, colour, title):
    known = [(place, number) for place, number in enumerate(numbers) if number is not None]
    axes.barh(*zip(*known), color=colour)
    for place, number in known:
        axes.annotate('{:,}'.format(number), (number, place), (4, 0), textcoords='offset points',
                      va='center', fontsize=9)
    axes.set_title(title, fontsize=10)
    axes.set_xlim(0, 1.2 * max(number for _, number in known))
    axes.xaxis.set_major_formatter('{x:,.0f}')
    axes.locator_params(axis='x', nbins=5)
    axes.grid(axis='x', alpha=0.3)
    axes.set_axisbelow(True)
    axes.tick_params(axis='y', length=0)
    axes.spines[['top', 'right']].set_visible(False)
