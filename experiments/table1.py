"""Counts the photos of a data set's categories, next to the paper's Table 1.

Examples:
  python experiments/table1.py
  python experiments/table1.py --images photos --out runs/table1_photos
  python experiments/table1.py --images photos --list photos/manifest.csv --out runs/table1_list
  python experiments/table1.py --images UECFOOD100 --out runs/table1_uec_food

Photos come as for `foodgan train`: a folder per category (in splits or not), a list, or UEC FOOD in
its own layout; all splits are counted. Without --images rendered bowls are written below OUT and
counted. Categories are matched with the paper's dishes by their names. Leaves the table and a bar
plot in OUT/results.
"""

import argparse
import pathlib
import sys

import scripts
from chainer_foodgan.commands.options import names, natural, positive


def parse():
    parser = scripts.parser_of('table1', __doc__, 'bowls')
    parser.add_argument('--out', default='runs/table1', metavar='DIR', help='(%(default)s)')
    group = parser.add_argument_group('photos')
    group.add_argument('--images', metavar='DIR', help='their folder (default: rendered bowls)')
    group.add_argument('--list', metavar='FILE',
                       help="the original's list file, or a manifest .csv")
    group.add_argument('--categories', type=names, metavar='NAME,NAME', help='count only these')
    group.add_argument('--skip-bad', action='store_true', help='count what can be read')
    group = parser.add_argument_group('bowls, where there are no --images')
    group.add_argument('--bowls', type=positive, default=200, metavar='N', help='(%(default)s)')
    group.add_argument('--size', type=positive, default=64, metavar='N',
                       help='pixels (%(default)s)')
    group.add_argument('--seed', type=natural, default=0, metavar='N', help='(%(default)s)')
    return scripts.parse(parser, 'table1')


def run(args):
    import results
    from chainer_foodgan import categories
    from chainer_foodgan.commands import bowls
    from chainer_foodgan.datasets.opening import open_dataset
    from counting import counts, figure

    folder = results.Results(args.out, args)
    if args.images is None:
        # Its name says what is in it: bowls of another run would be counted with these.
        images = pathlib.Path(args.out) / 'bowls_{}_{}_{}'.format(args.bowls, args.size, args.seed)
        name = 'rendered bowls'
        bowls.run(argparse.Namespace(
            out=images, count=args.bowls, size=args.size, seed=args.seed))
    else:
        images, name = args.images, pathlib.Path(args.images).resolve().name
    dataset = open_dataset(images, args.list, split=None, categories=args.categories,
                           skip_bad=args.skip_bad)
    rows = counts.beside(counts.count(dataset), categories.CATEGORIES)
    if args.list:
        name += ' ({})'.format(pathlib.Path(args.list).name)
    folder.picture('table1.png', figure.bars(rows, name))
    files = len({photo.file for photo in dataset.photos})
    folder.figures('table1', {'rows': [row._asdict() for row in rows], 'files': files},
                   [counts.table(rows, name)], counts.notes(rows, dataset, files))


if __name__ == '__main__':
    sys.exit(scripts.main(run, parse()))
