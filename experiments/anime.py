"""Drawings and stills into dishes: what becomes of lines and of flat colour.

Examples:
  python experiments/anime.py --out runs/anime
  python experiments/anime.py --weights photos_96 --photos stills --size 256 --out runs/stills

Without --photos, rendered bowls are made into drawings of a few flat colours with black outlines.
The weights have seen no drawing. A table says which share of the lines is kept and which is new,
how dark the ink and how flat the flat colour is before and after; a second sheet shows the lines
(kept black, lost red, new blue). Leaves the sheets and the table in OUT/results.
"""

import sys

import scripts

LINE = 5  # pixels of an outline, of 512: at 128 pixels a little more than one


def parse():
    from studies import inputs
    parser = scripts.parser_of('anime', __doc__, 'bowls')
    inputs.add_options(parser, 4)
    parser.add_argument('--out', default='runs/anime', metavar='DIR', help='(%(default)s)')
    return scripts.parse(parser, 'anime')


def run(args):
    import results
    from chainer_foodgan import images
    from chainer_foodgan.visualizations.grids import grid
    from studies import lines
    from studies.drawing import draw
    from studies.inputs import described, opened
    from studies.means import Means

    inputs, translator, dishes = opened(args)
    folder = results.Results(args.out, args)
    rows, overlays, found = [], [], Means(dishes, lines.COLUMNS)
    for index in range(len(inputs)):
        drawing = inputs.image(index) if args.photos else draw(inputs.image(index), LINE)
        x = translator.prepare(drawing)
        small, made = images.to_image(x), list(translator.translate([x], dishes))
        rows.append([drawing, *made])
        overlays.append([lines.overlay(small, picture) for picture in (small, *made)])
        for dish, picture in zip(dishes, made):
            found.add(dish, lines.measure(small, picture, inputs.mask(index, translator.size)))
    cell = max(256, translator.size)
    folder.picture('anime.png', grid(rows, ['input', *dishes], cell))
    folder.picture('lines.png', grid(overlays, ['input', *dishes], cell))
    folder.figures('anime', found.record(), [found.table()], notes=[
        described(inputs, args, translator) + ('' if args.photos else ', made into drawings')])


if __name__ == '__main__':
    sys.exit(scripts.main(run, parse()))
