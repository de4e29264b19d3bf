"""Draws the paper's figure 2: a row per picture, the input first, then every dish.

Examples:
  python experiments/figure2.py --out runs/figure2
  python experiments/figure2.py --weights photos_96 --photos lunch.jpg --size 192 --out runs/lunch
  python experiments/figure2.py --config paper --photos photos --out runs/figure2_paper

Inputs have 512 pixels along a side, and every picture is shown at as many. They are translated at
the size that the weights were trained on, or at --size: what a network has learnt of texture is so
many pixels large, and in a picture of more of them it changes colours alone. (The paper trained at
256 and shows 512.) The true pictures of rendered bowls being known, a table says how near the
translations come. Leaves the figure and the table in OUT/results.
"""

import sys

import scripts
from chainer_foodgan.commands.options import positive

#: Key of the figures, title of the column, how it is written.
COLUMNS = (
    ('psnr_input', 'PSNR of the input', '{:.2f} dB'),
    ('psnr_translation', 'of the translation', '{:.2f} dB'),
    ('psnr_gain', 'gain', '{:+.2f} dB'),
    ('change_outside', 'change outside', '{:.1f}/255'),
    ('edges', 'edges (correlation)', '{:.3f}'))


def parse():
    from lib import inputs
    parser = scripts.parser_of('figure2', __doc__, 'bowls')
    inputs.add_options(parser, 4)
    parser.add_argument('--cell', type=positive, default=inputs.SIZE, metavar='N',
                        help='pixels of each picture in the figure (%(default)s)')
    return scripts.parse(parser, 'figure2')


def run(args):
    from chainer_foodgan.visualizations.grids import grid
    from lib import results
    from lib.inputs import Means, described, opened

    inputs, translator, dishes = opened(args)
    folder = results.Results(args.out, args)
    rows, found = [], Means(dishes, COLUMNS)
    for index in range(len(inputs)):
        photo = inputs.image(index)
        x = translator.prepare(photo)
        rows.append([photo, *translator.translate([x], dishes)])
        for dish, picture in zip(dishes, rows[-1][1:]):
            if dish != inputs.dish(index):
                found.add(dish, measured(inputs, index, dish, x, picture))
    folder.picture('figure2.png', grid(rows, ['input', *dishes], cell=args.cell))
    folder.figures('figure2', found.record(), [found.table()], notes=[described(
        inputs, args, translator) + ('' if args.photos else ', each into the other dishes')])


def measured(inputs, index, dish, x, picture):
    """How a picture was changed, and how near to the truth it comes, where that is known (dict)."""
    from chainer_foodgan import images
    from chainer_foodgan.evaluations.metrics import Pair, measure

    size = x.shape[1]
    pair = Pair(x, images.to_array(picture), None, inputs.truth(index, dish, size),
                inputs.mask(index, size))
    return {**measure('content')(pair), **({} if pair.answer is None else measure('psnr')(pair))}


if __name__ == '__main__':
    sys.exit(scripts.main(run, parse()))
