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
from labelling import drawing, mosaics, surviving
from lib import comparison, results

AUTO = ', label_strength auto'


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
    folder.picture('plot.png', drawing.plot(
        next(gen for gen, _ in compared.values() if hasattr(gen, 'label_position')),
        size, found, measured, sizes))
    for n, names in enumerate(dict.fromkeys(known.values())):
        folder.picture(f'mosaics_{n + 1}.png', drawing.sheet(
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
