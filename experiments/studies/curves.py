"""Figures against the number of pictures that were trained on."""

import numpy
from PIL import Image

#: Key of the figures, title of the panel, factor.
PANELS = (
    ('accuracy', 'taken for the target, %', 100),
    ('psnr_gain', 'gain in PSNR to the truth, dB', 1),
    ('change_outside', 'change outside the food, 1/255', 1),
    ('fid_classifier', 'FID (classifier)', 1),
    ('colour', 'colour distance, 1/255', 1),
    ('texture', 'texture distance', 1))
_LINE, _REAL, _UNTOUCHED = '#35688f', '#4b8b3b', '#c4622d'


def curves(sizes, rows, known, what):
    """Draws a panel for everything that was measured; the number of pictures on a log axis.

    Args:
        sizes (list of int): How many pictures each row was trained on.
        rows (list of Row): What was measured of each.
        known (dict): ``untouched`` and one that begins with ``real``: figures that do not depend
            on the training; others are left alone.
        what (str): The pictures in a word.

    Returns:
        PIL.Image.Image: RGB.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    panels = [panel for panel in PANELS if rows[0].figures.get(panel[0]) is not None]
    columns = 3 if len(panels) > 4 else 2
    lines = -(-len(panels) // columns)
    figure = Figure(figsize=(0.6 + 3.2 * columns, 0.7 + 2.6 * lines), layout='constrained', dpi=120)
    canvas = FigureCanvasAgg(figure)
    grid = figure.subplots(lines, columns, squeeze=False)
    for axes in grid.flat[len(panels):]:
        axes.set_axis_off()
    for axes, (key, title, factor) in zip(grid.flat, panels):
        _panel(axes, sizes, [row.figures for row in rows], key, factor, known)
        axes.set_title(title, fontsize=10)
        axes.set_xlabel(what + ' trained on', fontsize=9)
    handles, labels = grid.flat[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc='outside lower center', ncols=3, frameon=False, fontsize=9)
    canvas.draw()
    return Image.fromarray(numpy.asarray(canvas.buffer_rgba())).convert('RGB')


def _panel(axes, sizes, figures, key, factor, known):
    axes.plot(sizes, [factor * row[key] for row in figures], 'o-', color=_LINE,
              label='translations (line: 95 % interval)')
    for size, row in zip(sizes, figures):
        interval = row['intervals'].get(key)
        if interval:
            axes.plot([size, size], [factor * end for end in interval], color=_LINE, linewidth=1.5)
    for name, row in known.items():
        if key in row and (name == 'untouched' or name.startswith('real')):
            real = name != 'untouched'
            axes.axhline(factor * row[key], color=_REAL if real else _UNTOUCHED, linewidth=1,
                         linestyle='--' if real else ':', label=name)
    axes.set_xscale('log')
    axes.set_xlim(sizes[0] / 1.5, sizes[-1] * 1.5)
    axes.set_xticks(sizes, ['{:,}'.format(size) for size in sizes])
    axes.minorticks_off()
    low, high = axes.get_ylim()
    axes.set_ylim(min(low, 0), max(high, 0) * 1.05)
    axes.spines[['top', 'right']].set_visible(False)
    axes.grid(axis='y', alpha=0.3)
