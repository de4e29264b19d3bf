"""The figure and the sheet of the label that instance normalisation takes out."""

from chainer_foodgan.training.updaters.base import pictures
from chainer_foodgan.visualizations import plots
from chainer_foodgan.visualizations.grids import grid
from labelling import mosaics, surviving

_COLOURS = ('#c4622d', '#35688f', '#4b8b3b', '#7d5ba6', '#b08d2e')
_GREY = '#8a8a8a'


def plot(gen, size, found, measured, sizes):
    """The label along a line; its share by size; what becomes of the bowls.

    Args:
        gen (Generator): Whose label is drawn, at ``size`` pixels.
        size (int): Side of the pictures of the training.
        found (dict): See :func:`labelling.surviving.shares`.
        measured (dict): Title to figures, see :func:`labelling.mosaics.measure`, one of each size.
        sizes (list of int): Sides of the pictures.

    Returns:
        PIL.Image.Image: RGB.
    """
    figure = plots.new_figure(13, 4.1)
    line, shares, bowls = plots.panels(figure, 3, 3)
    _line(line, surviving.response(gen, size)[0])
    _shares(shares, found, sizes)
    forms = list(dict.fromkeys(title.split(',')[0] for title in measured))
    for title, rows in measured.items():
        bowls.plot(sizes, [100 * row['accuracy'] for row in rows],
                   '--o' if title.endswith('auto') else '-o', markersize=4, label=title,
                   color=_COLOURS[forms.index(title.split(',')[0]) % len(_COLOURS)])
    bowls.set_title('bowls of a mosaic taken for the target, %', fontsize=10)
    bowls.set_ylim(0, 105)
    for axes in (shares, bowls):
        axes.set_xscale('log', base=2)
        axes.set_xticks(sizes, map(str, sizes))
        axes.minorticks_off()
        axes.set_xlabel('side of the picture, pixels', fontsize=9)
        axes.grid(alpha=0.3)
        axes.legend(frameon=False, fontsize=8)
    return plots.as_image(figure)


def _line(axes, y):
    """The channel that the label moves as much as half of the others, along the middle line."""
    side = y.shape[-1]
    middle = y[:, side // 2, side // 2]
    channel = abs(middle).argsort()[len(y) // 2]
    y = y[channel] / middle[channel]
    axes.plot(y[side // 2], color=_GREY, label='behind the convolution')
    axes.plot(y[side // 2] - y.mean(), color=_COLOURS[0], label='without the mean: what is left')
    axes.axhline(0, color='black', linewidth=0.6)
    axes.set_title(f'a label in one channel, along a line of {side} pixels', fontsize=10)
    axes.set_xlabel('pixel', fontsize=9)
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.3 * (high - low))
    axes.legend(frameon=False, fontsize=8, loc='upper center')


def _shares(axes, found, sizes):
    titles = [title for title in found if title + surviving.MEASURED in found]
    for colour, title in zip([_GREY, *_COLOURS], [surviving.EVEN, *titles]):
        axes.plot(sizes, [100 * share for share in found[title]], linewidth=1, color=colour,
                  linestyle='--' if title == surviving.EVEN else '-', label=title)
        if title in titles:
            axes.plot(sizes, [100 * share for share in found[title + surviving.MEASURED]], 'o',
                      color=colour, markersize=4)
    axes.set_yscale('log')
    low, high = axes.get_ylim()
    ticks = [tick for tick in (0.5, 1, 2, 4, 8, 16) if low < tick < high]
    axes.set_yticks(ticks, [f'{tick:g}' for tick in ticks])
    axes.set_title('share of a label that is left inside, %', fontsize=10)


def sheet(forms, bowls, n, target):
    """A mosaic of n x n bowls; what becomes of each alone, and of all as one picture.

    Args:
        forms (dict): Title to (generator, strength of the label in the mosaic).
        bowls (Tiles): See :func:`labelling.mosaics.tiles`.
        n (int): Bowls along a side.
        target (str): One of their categories.

    Returns:
        PIL.Image.Image: RGB; a row for each form.
    """
    number, size, rows = bowls.categories.index(target), bowls.x.shape[-1], []
    bowls = bowls._replace(x=bowls.x[:n * n])
    for gen, strength in forms.values():
        alone = mosaics.together(mosaics.whole(gen, bowls, 1, number), n)
        rows.append(pictures([mosaics.together(bowls.x, n)[0], alone[0],
                              mosaics.whole(gen, bowls, n, number, strength)[0]]))
    return grid(rows, ['input', f'each of {size} px alone', f'as one picture of {n * size} px'],
                names=list(forms))
