"""Keeps the photos of each category that a classifier is surest of, as the paper chose its photos.

Examples:
  python experiments/rank_photos.py --out runs/rank_photos
  python experiments/rank_photos.py --wrong 0.5 --threshold 0.9 --out runs/rank_half_wrong
  python experiments/rank_photos.py --config paper --images photos --classifier food.npz \
      --out runs/rank_paper

Without --images rendered bowls take the place of photos: some of the pictures show another dish
than they are said to, or a corner of the table. A classifier that was trained on other bowls ranks
them, and how many of the kept ones are wrong is counted. Leaves the list for training in
OUT/ranked, the sheets, the histogram and the figures in OUT/results.
"""

import csv
import pathlib
import sys

import numpy

import scripts
from chainer_foodgan import RankConfig, rank
from chainer_foodgan.commands.options import add_options, natural, positive, share
from chainer_foodgan.curation.rank import table
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.visualizations import plots
from lib import comparison, results
from lib.uncurated import WRONG, write_wrong

_COLOURS = ('#35688f', '#c4622d')
SHARES = numpy.arange(1, 101) / 100


def read(scores, kinds):
    """The photos in the order of their ranking.

    Args:
        scores (str or os.PathLike): ``scores.csv`` of ``foodgan rank``.
        kinds (dict): File to what it is, see :func:`lib.uncurated.write_wrong`.

    Returns:
        dict: Category to (what each photo is, list of str, best first; how many are kept).
    """
    found = {}
    with open(scores, encoding='utf-8', newline='') as file:
        for row in csv.DictReader(file):
            order, kept = found.get(row['category'], ([], 0))
            found[row['category']] = order + [kinds[row['file']]], kept + int(row['kept'])
    return found


def wrong(orders, share=None):
    """Shares of wrong photos among the best of each category.

    Args:
        orders (dict): See :func:`read`.
        share (float): How many of each category, rounded, at least one; None: those that were
            kept.

    Returns:
        dict: Each of ``WRONG`` to its share of those photos; None where there are none.
    """
    best = [kind for order, kept in orders.values() for kind in
            order[:kept if share is None else max(1, round(share * len(order)))]]
    return {kind: best.count(kind) / len(best) if best else None for kind in WRONG}


def wrong_table(orders):
    """Rows for each category and all: photos, wrong, kept, wrong of those."""
    rows = [['category', 'photos', 'wrong', 'kept', 'wrong of those']]
    for name, group in [*((name, {name: of_it}) for name, of_it in orders.items()),
                        ('all', orders)]:
        kept = sum(kept for _, kept in group.values())
        rows.append([
            name, str(sum(len(order) for order, _ in group.values())),
            f'{sum(wrong(group, 1).values()):.1%}', str(kept),
            f'{sum(wrong(group).values()):.1%}' if kept else '-'])
    return rows


def draw(orders, path):
    """Draws the share of wrong photos against the share that is kept.

    Args:
        orders (dict): See :func:`read`.
        path (str or os.PathLike): The PNG file.
    """
    figure = plots.new_figure(6.4, 4)
    axes, = plots.panels(figure, 1, 1)
    shares = [wrong(orders, share) for share in SHARES]
    axes.stackplot(100 * SHARES, [[100 * of_them[kind] for of_them in shares] for kind in WRONG],
                   labels=WRONG, colors=_COLOURS)
    before = 100 * sum(wrong(orders, 1).values())
    axes.axhline(before, color='black', linestyle='--', linewidth=1, label='photos drawn by lot')
    total, kept = (sum(column) for column in zip(*(
        (len(order), kept) for order, kept in orders.values())))
    axes.axvline(100 * kept / total, color='black', linewidth=1.5, label='kept')
    axes.set_xlim(0, 100)
    axes.set_ylim(0, 1.1 * before or 1)
    axes.set_xlabel('best photos of each category, %')
    axes.set_ylabel('wrong among them, %')
    axes.legend(frameon=False, loc='center', fontsize=9)
    plots.save(figure, path)


def parse():
    parser = scripts.parser_of('rank_photos', __doc__, 'bowls')
    add_options(parser, RankConfig, leave_out=['out'], required=False)
    scripts.add_numbers(parser, 'bowls, where there are no --images', (
        ('bowls', positive, 2000, 'how many to rank'),
        ('wrong', share, 0.3, 'share of the wrong ones'),
        ('train-bowls', positive, 1500, 'how many to train the classifier on'),
        ('num-epochs', positive, 8, 'how often'),
        ('conv-dim', positive, 16, 'channels of its first convolution'),
        ('image-size', positive, 64, 'pixels'),
        ('seed', natural, 3000, 'which bowls')))
    return scripts.parse(parser, 'rank_photos')


def run(args):
    if args.images and not args.classifier:
        raise FoodganError(f'--images {args.images} needs --classifier FILE, made by `foodgan '
                           'train-classifier` of other photos')
    out = pathlib.Path(args.out)
    folder = results.Results(out, args)
    given = {**vars(args), 'out': out / 'ranked'}
    if not args.images:
        given.update(images=out / 'photos', list=out / 'photos' / 'photos.csv')
        kinds = write_wrong(given['images'], args.bowls, args.image_size, args.wrong, args.seed)
    if not args.classifier:
        given['classifier'] = out / 'classifier.npz'
        comparison.classifier(given['classifier'], {
            'bowls': args.train_bowls, 'num-epochs': args.num_epochs, 'conv-dim': args.conv_dim,
            'image-size': args.image_size})
    result = rank(RankConfig.given(given))
    figures, paths = result.figures, result.files
    tables = [table(figures['categories'])]
    if not args.images:
        orders = read(given['out'] / 'scores.csv', kinds)
        figures['wrong'] = {'before': wrong(orders, 1), 'kept': wrong(orders)}
        tables.append(wrong_table(orders))
        paths.append(given['out'] / 'wrong.png')
        draw(orders, paths[-1])
    for path in paths:
        if path.suffix == '.png':
            folder.copy(path.name, path)
    judge = figures['classifier']
    folder.figures('rank_photos', figures, tables, [
        'the classifier is trained on {} and right on {} of {}'.format(
            judge['trained_on'], '?' if judge['test_accuracy'] is None
            else '{:.1%}'.format(judge['test_accuracy']), judge['tested_on'])])


if __name__ == '__main__':
    sys.exit(scripts.main(run, parse()))
