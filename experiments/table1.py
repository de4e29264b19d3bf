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
import collections
import pathlib
import sys

import numpy

import scripts
from chainer_foodgan import categories
from chainer_foodgan.categories import dish_of
from chainer_foodgan.commands import data
from chainer_foodgan.commands.options import names, natural, positive
from chainer_foodgan.datasets.opening import open_dataset
from chainer_foodgan.visualizations import plots
from lib import results

Row = collections.namedtuple('Row', 'name category photos paper')
Row.__doc__ = """A category.

Attributes:
    name (str): What it is called here; of the paper's dishes, by the paper.
    category (str): What the data set calls it; None where it has none.
    photos (int): In the data set; None where it has none.
    paper (int): In the paper; None where it is none of its dishes.
"""


def count(dataset):
    """Category -> number of its photos (a photo of several counts for each), in label order."""
    labels = dataset.labels
    numbers = (numpy.bincount(labels, minlength=len(dataset.categories)) if labels.ndim == 1
               else labels.sum(axis=0).astype(int))
    return dict(zip(dataset.categories, numbers.tolist()))


def beside(counted, dishes):
    """Rows: the paper's dishes in its order, then what else the data set has, the most first.

    Args:
        counted (dict): See :func:`count`.
        dishes (sequence of Category): The paper's.

    Returns:
        list of Row: Of several categories that are one dish, the first is the dish's and the others
        follow with the rest.
    """
    found = {}
    for category in counted:
        found.setdefault(dish_of(category), category)
    rows = [Row(dish.title, found.get(dish), counted.get(found.get(dish)), dish.photos)
            for dish in dishes]
    taken = {row.category for row in rows}
    others = sorted((category for category in counted if category not in taken),
                    key=counted.get, reverse=True)
    return rows + [Row(category, category, counted[category], None) for category in others]


def table(rows, name):
    """The rows with their shares of the whole, as a table of text; ``name`` is the data set's."""
    ours, theirs = (sum(filter(None, column)) for column in (
        [row.photos for row in rows], [row.paper for row in rows]))

    def cells(number, total):
        return ('-', '-') if number is None else (
            f'{number:,}', f'{100 * number / total:.1f} %')

    return [('dish', 'called', name, 'share', "the paper's", 'share'),
            *((row.name, row.category or '-', *cells(row.photos, ours), *cells(row.paper, theirs))
              for row in rows),
            ('all', '', *cells(ours, ours), *cells(theirs, theirs))]


def notes(rows, dataset, files):
    """What the table does not say (list of str)."""
    found = [f'{sum(bool(row.photos) for row in rows if row.paper)} of the '
             f'{sum(row.paper is not None for row in rows)} dishes of the paper have photos']
    numbers = [row.photos for row in rows if row.photos]
    found.append('the largest category has {:.1f} times the photos of the smallest; in the paper: '
                 '{:.1f} times'.format(max(numbers) / min(numbers), *(
                     max(paper) / min(paper)
                     for paper in [[row.paper for row in rows if row.paper]])))
    if files < len(dataset.photos):
        found.append(f'{len(dataset.photos):,} examples of {files:,} files: some show several '
                     'dishes')
    return found


_OURS, _THEIRS = '#35688f', '#b9bec4'

#: Most bars of categories that the paper does not have; the rest is a line of text.
_OTHERS = 20


def bars(rows, name):
    """Draws a bar for every category: on the left the data set's, on the right the paper's.

    Args:
        rows (list of Row): See :func:`beside`.
        name (str): What the data set is called.

    Returns:
        PIL.Image.Image: Mode RGB.
    """
    dishes = [(row.name, row.photos, row.paper) for row in rows if row.paper is not None]
    others = [(row.name, row.photos, None) for row in rows if row.paper is None]
    lines, more = dishes + others[:_OTHERS], [number for _, number, _ in others[_OTHERS:]]
    figure = plots.new_figure(9, 1.1 + 0.27 * len(lines))
    panels = plots.panels(figure, 2, 2, sharey=True)
    _panel(panels[0], [number for _, number, _ in lines], _OURS, name)
    _panel(panels[1], [number for _, _, number in lines], _THEIRS, "the paper's Table 1")
    panels[0].set_yticks(range(len(lines)), [label for label, _, _ in lines])
    panels[0].set_ylim(len(lines) - 0.4, -0.6)
    rest = f'; of {len(more)} more categories {sum(more):,}' if more else ''
    figure.supxlabel('photos' + rest, fontsize=9)
    return plots.as_image(figure)


def _panel(axes, numbers, colour, title):
    known = [(place, number) for place, number in enumerate(numbers) if number is not None]
    axes.barh(*zip(*known), color=colour)
    for place, number in known:
        axes.annotate(f'{number:,}', (number, place), (4, 0), textcoords='offset points',
                      va='center', fontsize=9)
    axes.set_title(title, fontsize=10)
    axes.set_xlim(0, 1.2 * max(number for _, number in known))
    axes.xaxis.set_major_formatter('{x:,.0f}')
    axes.locator_params(axis='x', nbins=5)
    plots.horizontal_bars(axes)


def parse():
    parser = scripts.parser_of('table1', __doc__, 'bowls')
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
    folder = results.Results(args.out, args)
    if args.images is None:
        # Its name says what is in it: bowls of another run would be counted with these.
        images = pathlib.Path(args.out) / f'bowls_{args.bowls}_{args.size}_{args.seed}'
        name = 'rendered bowls'
        data.run_bowls(argparse.Namespace(
            out=images, count=args.bowls, size=args.size, seed=args.seed))
    else:
        images, name = args.images, pathlib.Path(args.images).resolve().name
    dataset = open_dataset(images, args.list, split=None, categories=args.categories,
                           skip_bad=args.skip_bad)
    rows = beside(count(dataset), categories.CATEGORIES)
    if args.list:
        name += f' ({pathlib.Path(args.list).name})'
    folder.picture('table1.png', bars(rows, name))
    files = len({photo.file for photo in dataset.photos})
    folder.figures('table1', {'rows': [row._asdict() for row in rows], 'files': files},
                   [table(rows, name)], notes(rows, dataset, files))


if __name__ == '__main__':
    sys.exit(scripts.main(run, parse()))
