"""The label that instance normalisation takes out: what is left of it, by the size of the picture.

Examples:
  python experiments/label_under_norm.py --out runs/label_under_norm
  python experiments/label_under_norm.py --config short --out runs/label_under_norm_short

What is left behind the first normalisation is computed from the filters, and measured. Then bowls
are translated alone and side by side in one picture, each in the size of the training, by
generators whose label joins at the input, in the middle, or in the normalisations: docs/label.md.
Leaves a plot, a sheet of pictures and two tables in OUT/results.
"""

import sys

import scripts
from chainer_foodgan import weights
from chainer_foodgan.training.updaters.base import pictures
from chainer_foodgan.visualizations import plots
from chainer_foodgan.visualizations.grids import grid
from labelling import mosaics, surviving
from lib import comparison, results

AUTO = ', label_strength auto'
_COLOURS = ('#c4622d', '#35688f', '#4b8b3b', '#7d5ba6', '#b08d2e')
_GREY = '#8a8a8a'


def forms(generators, size):
    """What is compared: title to (generator, strength by the side of the picture)."""
    found = {}
    for name, gen in generators.items():
        found[name] = gen, lambda side: 1
        if hasattr(gen, 'label_position'):
            found[name + AUTO] = gen, lambda side: side / size
    return found


def tables(found, measured, sizes):
    """The shares, and what becomes of the bowls: two tables."""
    def of(row, key, form):
        everywhere, inner = row[key], row[key + '_inner']
        said = form.format(everywhere)
        return said if inner is None else f'{said} ({form.format(inner)})'

    return [[['left of a label', *(f'{side} px' for side in sizes)]] + [
        [title, *(f'{share:.2%}' for share in row)] for title, row in found.items()]] + [
        [[what, *(f'{side} px' for side in sizes)]] + [
            [title, *(of(row, key, form) for row in rows)] for title, rows in measured.items()]
        for what, key, form in (
            ('taken for the target (inner ones)', 'accuracy', '{:.0%}'),
            ('change of the food (of inner ones), 1/255', 'change', '{:.1f}'))]


def plot(gen, size, found, measured, sizes):
    """The label along a line; its share by size; what becomes of the bowls.

    Args:
        gen (Generator): Whose label is drawn, at ``size`` pixels.
        size (int): Side of the pictures of the training.
        found (dict): See :func:`labelling.surviving.shares`.
        measured (dict): Title to figures, see :func:`~labelling.mosaics.measure`, one of each size.
        sizes (list of int): Sides of the pictures.

    Returns:
        PIL.Image.Image: RGB.
    """
    figure = plots.new_figure(13, 4.1)
    line, shares, bowls = plots.panels(figure, 3, 3)
    _line(line, surviving.response(gen, size)[0])
    _shares(shares, found, sizes)
    kinds = list(dict.fromkeys(title.split(',')[0] for title in measured))
    for title, rows in measured.items():
        bowls.plot(sizes, [100 * row['accuracy'] for row in rows],
                   '--o' if title.endswith('auto') else '-o', markersize=4, label=title,
                   color=_COLOURS[kinds.index(title.split(',')[0]) % len(_COLOURS)])
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


def run(args, config):
    folder = results.Results(args.out, args)
    size, sizes = config['image-size'], config['sizes']
    judge, said, rows = comparison.trainings(args, config)
    rows = list(rows)
    trained = {row.name: row.links['G'] for row in rows}
    shipped = {name: weights.load(name) for name in config['weights']}
    found = surviving.shares({name: gen for name, gen in {**shipped, **trained}.items()
                              if hasattr(gen, 'label_position')}, sizes)
    known = {row.name: row.system.categories for row in rows}
    known.update((name, shipped[name].categories) for name in config['mosaics'])
    bowls = {names: mosaics.tiles(config['tiles'], size, names) for names in set(known.values())}
    compared = forms({name: (shipped | trained)[name] for name in known}, size)
    measured = {title: [mosaics.measure(gen, judge, bowls[known[title.removesuffix(AUTO)]],
                                        side // size, strength(side)) for side in sizes]
                for title, (gen, strength) in compared.items()}
    largest = max(n for n in range(1, 5) if n * n <= config['tiles'])
    dish = config['target']
    folder.picture('plot.png', plot(
        next(gen for gen, _ in compared.values() if hasattr(gen, 'label_position')),
        size, found, measured, sizes))
    for n, names in enumerate(dict.fromkeys(known.values())):
        folder.picture(f'mosaics_{n + 1}.png', sheet(
            {title: (gen, strength(largest * size)) for title, (gen, strength) in compared.items()
             if known[title.removesuffix(AUTO)] == names}, bowls[names], largest, dish))
    folder.figures('label_under_norm', {'shares': found, 'mosaics': measured},
                   tables(found, measured, sizes), notes=[
        '{} bowls of seed {}, of {} px, side by side in pictures of the size of the column'.format(
            config['tiles'], comparison.measuring.UNSEEN, size),
        'inner ones do not touch the border of the picture', said,
        *(f'{name}: {gen.repeat_num} blocks, the padding acts directly on pixels up to '
          f'{surviving.reach(gen.repeat_num)} px from the border'
          for name, gen in {**shipped, **trained}.items())])


if __name__ == '__main__':
    sys.exit(scripts.main(run, *comparison.parse('label_under_norm', __doc__)))
