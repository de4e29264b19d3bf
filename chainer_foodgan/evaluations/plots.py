"""The figures as pictures, PNG."""

import numpy

from chainer_foodgan import files
from chainer_foodgan.evaluations.figures import groups

_BAR, _CONTROL, _DOT = '#35688f', '#8a8a8a', '#c4622d'

#: What the panels show, where it was measured: key of the figures, title, factor, key of the dots.
PANELS = (
    ('accuracy', 'taken for the target, %', 100, 'untouched'),
    ('edges', 'edges kept (correlation)', 1, None),
    ('change_outside', 'change outside the food, 1/255', 1, None),
    ('cycle', 'error there and back, 1/255', 1, None),
    ('psnr_translation', 'PSNR to the truth, dB', 1, 'psnr_input'),
    ('ssim_translation', 'SSIM to the truth', 1, 'ssim_input'),
    ('difference', 'difference from the truth, 1/255', 1, None),
    ('psnr', 'PSNR to the truth, dB', 1, None),
    ('ssim', 'SSIM to the truth', 1, None),
    ('lpips_truth', 'LPIPS to the truth', 1, None),
    ('lpips_change', 'LPIPS to the photo', 1, None),
    ('texture', 'distance of the textures', 1, None),
    ('fid_classifier', 'FID (classifier)', 1, None),
    ('kid_classifier', 'KID (classifier)', 1, None),
    ('is_classifier', 'Inception score (classifier)', 1, None),
    ('fid_inception', 'FID (Inception)', 1, None),
    ('kid_inception', 'KID (Inception)', 1, None),
    ('is_inception', 'Inception score (Inception)', 1, None))
_COLUMNS = 4


def bars(record, path):
    """Draws a panel for everything that was measured: a bar per category, for all and per control.

    Lines are 95 % bootstrap intervals; where there are any, dots are the untouched pictures.

    Args:
        record (dict): See :func:`chainer_foodgan.evaluations.figures.summary`.
        path (str or os.PathLike): The PNG file.

    Raises:
        FoodganError: It cannot be written.
    """
    rows = groups(record)
    panels = [panel for panel in PANELS if record['all'].get(panel[0]) is not None]
    columns = max(1, min(_COLUMNS, len(panels)))
    lines = max(1, -(-len(panels) // columns))
    figure = _figure(1.4 + 2.7 * columns, lines * (1.1 + 0.26 * len(rows)))
    grid = figure.subplots(lines, columns, sharey=True, squeeze=False)
    for axes in grid.flat[len(panels):]:
        axes.set_axis_off()
    for axes, (key, title, factor, dots) in zip(grid.flat, panels):
        _panel(axes, rows, key, factor, dots)
        axes.set_title(title, fontsize=10)
    dotted = any(record['all'].get(dots) is not None for _, _, _, dots in panels)
    figure.supxlabel('line: 95 % interval' + dotted * '     dot: untouched pictures', fontsize=9)
    grid[0, 0].set_yticks(range(len(rows)), [name for name, _ in rows])
    grid[0, 0].set_ylim(len(rows) - 0.4, -0.6)
    _save(figure, path)


def _panel(axes, rows, key, factor, dots):
    for place, (name, figures) in enumerate(rows):
        value = figures.get(key)
        # How far no texture at all is from one would leave the others no room.
        if value is None or (key, name) == ('texture', 'all: mean colour'):
            continue
        color, alpha = ((_BAR, 1) if name in ('all', 'all: translation')
                        else (_CONTROL if name.startswith('all: ') else _BAR, 0.65))
        axes.barh(place, factor * value, color=color, alpha=alpha)
        interval = figures['intervals'].get(key)
        if interval:
            axes.plot([factor * end for end in interval], [place, place], color='black',
                      linewidth=1.5, solid_capstyle='butt')
        if dots and figures.get(dots) is not None:
            axes.plot(factor * figures[dots], place, 'o', color=_DOT, markersize=4)
    axes.spines[['top', 'right']].set_visible(False)
    axes.grid(axis='x', alpha=0.3)
    axes.set_axisbelow(True)
    axes.tick_params(axis='y', length=0)


def confusion(counts, categories, path, rows, columns):
    """Draws how often pictures of a category (row) were taken for another (column).

    Args:
        counts (array): int (c_dim, c_dim), see
            :func:`chainer_foodgan.evaluations.figures.confusion`.
        categories (sequence of str): Names in label order.
        path (str or os.PathLike): The PNG file.
        rows, columns (str): What rows and columns are.

    Raises:
        FoodganError: It cannot be written.
    """
    counts = numpy.asarray(counts)
    shares = counts / numpy.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure = _figure(2.2 + 0.55 * len(categories), 1.6 + 0.48 * len(categories))
    axes = figure.subplots()
    picture = axes.imshow(shares, cmap='Blues', vmin=0, vmax=1, aspect='auto')
    for row, column in zip(*numpy.nonzero(counts)):
        axes.text(column, row, counts[row, column], ha='center', va='center', fontsize=8,
                  color='white' if shares[row, column] > 0.5 else 'black')
    axes.set_xticks(range(len(categories)), categories, rotation=45, ha='right',
                    rotation_mode='anchor')
    axes.set_yticks(range(len(categories)), categories)
    axes.set_xlabel(columns)
    axes.set_ylabel(rows)
    axes.tick_params(length=0)
    figure.colorbar(picture, label='share of the row')
    _save(figure, path)


def _figure(width, height):
    from matplotlib.figure import Figure
    figure = Figure(figsize=(width, height), layout='constrained')
    figure.get_layout_engine().set(h_pad=0.08)
    return figure


def _save(figure, path):
    with files.replacing(path) as file:
        figure.savefig(file, format='png', dpi=120)
