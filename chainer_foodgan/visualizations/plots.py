"""Plots: how a figure is made and saved, and those of an evaluation and of a training."""

import io

import numpy
from PIL import Image

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


def new_figure(width, height):
    """A Matplotlib figure of so many inches whose parts keep clear of each other."""
    from matplotlib.figure import Figure
    return Figure(figsize=(width, height), layout='constrained')


def panels(figure, count, columns, **options):
    """The panels of a figure (``count`` of them, so many side by side), row by row, without a
    border above and on the right; those beyond the count are left blank. ``options`` are those of
    ``Figure.subplots``.
    """
    lines = max(1, -(-count // columns))
    found = list(figure.subplots(lines, columns, squeeze=False, **options).flat)
    for axes in found[count:]:
        axes.set_axis_off()
    for axes in found[:count]:
        axes.spines[['top', 'right']].set_visible(False)
    return found[:count]


def save(figure, path, dpi=120):
    """Writes a figure as PNG."""
    with files.replacing(path) as file:
        _write(figure, file, dpi)


def as_image(figure, dpi=120):
    """A figure as a picture (PIL.Image.Image, RGB)."""
    file = io.BytesIO()
    _write(figure, file, dpi)
    return Image.open(file).convert('RGB')


def _write(figure, file, dpi):
    from matplotlib.text import Text

    for text in figure.findobj(Text):
        text.set_parse_math(False)  # a $ in the name of a category is a $
    figure.savefig(file, format='png', dpi=dpi)


def horizontal_bars(axes):
    """How axes of horizontal bars look: light lines behind them, no ticks beside their names."""
    axes.grid(axis='x', alpha=0.3)
    axes.set_axisbelow(True)
    axes.tick_params(axis='y', length=0)


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
    shown = [panel for panel in PANELS if record['all'].get(panel[0]) is not None]
    columns = max(1, min(_COLUMNS, len(shown)))
    lines = max(1, -(-len(shown) // columns))
    figure = _roomy(1.4 + 2.7 * columns, lines * (1.1 + 0.26 * len(rows)))
    drawn = panels(figure, max(1, len(shown)), columns, sharey=True)
    for axes, (key, title, factor, dots) in zip(drawn, shown):
        _panel(axes, rows, key, factor, dots)
        axes.set_title(title, fontsize=10)
    dotted = any(record['all'].get(dots) is not None for _, _, _, dots in shown)
    figure.supxlabel('line: 95 % interval' + dotted * '     dot: untouched pictures', fontsize=9)
    drawn[0].set_yticks(range(len(rows)), [name for name, _ in rows])
    drawn[0].set_ylim(len(rows) - 0.4, -0.6)
    save(figure, path)


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
    horizontal_bars(axes)


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
    figure = _roomy(2.2 + 0.55 * len(categories), 1.6 + 0.48 * len(categories))
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
    save(figure, path)


def _roomy(width, height):
    figure = new_figure(width, height)
    figure.get_layout_engine().set(h_pad=0.08)
    return figure


#: Titles and the beginnings of the names that belong under them.
LOSSES = (('generator', 'gen/'), ('discriminator', 'dis/loss'),
          ('accuracy on photos', 'dis/acc'))


def names(log, prefix):
    """The names in a log that begin with ``prefix``, sorted (list of str)."""
    return sorted({name for entry in log for name in entry if name.startswith(prefix)})


def losses(log, parts=LOSSES):
    """Draws a log as curves against the iteration, a panel for each part that the log knows.

    Args:
        log (list of dict): Entries of Chainer's LogReport: names to numbers, ``iteration`` among
            them.
        parts (sequence): ``(title, prefix)``.

    Returns:
        matplotlib.figure.Figure: To be saved.
    """
    parts = [part for part in parts if names(log, part[1])] or parts
    figure = new_figure(4 * len(parts), 3.6)
    for axes, (title, prefix) in zip(panels(figure, len(parts), len(parts)), parts):
        for name in names(log, prefix):
            points = [(entry['iteration'], entry[name]) for entry in log if name in entry]
            axes.plot(*zip(*points), label=name.split('/')[1], linewidth=1)
        axes.set_title(title)
        axes.set_xlabel('iteration')
        axes.grid(alpha=0.3)
        if names(log, prefix):
            axes.legend(frameon=False)
    return figure
