"""``foodgan rank``: keeps the photos that a classifier is surest of."""

import argparse
import os
import sys

from chainer_foodgan.commands.options import add_all_photos
from chainer_foodgan.commands.types import names, positive, share
from chainer_foodgan.progress import Progress
from chainer_foodgan.tables import table

EPILOG = """\
examples:
  foodgan rank --images photos --classifier food.npz --out ranked          a folder per category
  foodgan train --images photos --list ranked/list.csv --out run           trains on the best
  foodgan rank --images photos --list photos.csv --classifier food.npz --threshold 0.9 --out ranked
  foodgan rank --images photos --classifier food.npz --number 1000 --categories ramen,curry \\
      --out ranked

files in --out:
  list.csv       the photos that are kept; `foodgan train --list` takes it
  scores.csv     all photos that could be read, the best of each category first, as such a list
  sheet.png      the best, the border and the worst of each category (sheet-2.png, ...)
  histogram.png  how many photos have which probability, and where the line is drawn
  figures.json   the figures of the table

The classifier has to be trained on other photos: it is too sure of those that it has seen. A list's
photos of other splits than train are scored, too, but all kept, and stay in their split.
"""


def add_parser(subparsers):
    parser = subparsers.add_parser(
        'rank', help='keep the photos that a classifier is surest of', epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Scores every photo by a classifier's probability of the photo's own category, "
                    'and keeps the best of each category. Photos that cannot be read are left out.')
    add_photos(parser)
    parser.add_argument('--out', required=True, metavar='DIR', help='folder to write')
    add_rule(parser)
    return parser


def add_photos(parser, required=True):
    """What to rank, and by whose judgement."""
    group = add_all_photos(parser, required)
    group.add_argument('--classifier', required=required, metavar='FILE',
                       help='made by `foodgan train-classifier` of other photos')
    group.add_argument('--categories', type=names, metavar='NAME,NAME',
                       help='use only these, in this label order')
    group.add_argument('--batch-size', type=positive, default=64, metavar='N',
                       help='photos to look at at once (%(default)s)')


def add_rule(parser):
    """What to keep."""
    group = parser.add_argument_group('what to keep, one of').add_mutually_exclusive_group()
    group.add_argument('--keep', type=share, default=0.2, metavar='SHARE',
                       help='this share of each category (%(default)s, as the paper)')
    group.add_argument('--threshold', type=share, metavar='P',
                       help='the photos of at least this probability')
    group.add_argument('--number', type=positive, metavar='N',
                       help='so many photos of each category')


def run(args):
    from chainer_foodgan.curation import ranking

    figures, paths = rank(args)
    print(table(ranking.table(figures['categories'])))
    print('\n'.join(map(str, paths)))


def rank(args):
    """Ranks the photos and writes what there is to be had of it.

    Args:
        args (argparse.Namespace): The options.

    Returns:
        tuple: The figures (dict), and the files that were written (list of pathlib.Path).

    Raises:
        FoodganError: The classifier or the photos cannot be used, no photo is kept, or a file
            cannot be written.
    """
    from chainer_foodgan import files
    from chainer_foodgan.curation import ranking
    from chainer_foodgan.evaluations.classifier_files import load_classifier
    from chainer_foodgan.visualizations import curation as visualizations

    out = files.make_folder(args.out)  # better now than after the work
    classifier, meta = load_classifier(args.classifier)
    ranked = _ranking(args, classifier)
    figures = {
        'photos_of': os.path.basename(os.path.abspath(args.list or args.images)),
        'rule': dict([_rule(args)]),
        'classifier': {key: meta.get(key) for key in (
            'architecture', 'image_size', 'trained_on', 'tested_on', 'test_accuracy')},
        'unknown': ranked.unknown, 'unreadable': len(ranked.dataset.left_out),
        'categories': ranking.summary(ranked)}
    paths = ranking.write(ranked, args.images, out, figures)
    return figures, paths + visualizations.write_ranking(ranked, out)


def _ranking(args, classifier):
    """The ranking; what is left out is said on standard error."""
    from chainer_foodgan.curation import ranking
    from chainer_foodgan.datasets.opening import open_all

    dataset, splits = open_all(args.images, args.list, args.categories, args.test)
    name, value = _rule(args)
    with Progress(None, 'photo') as progress:
        ranked = ranking.Ranking(dataset, splits, classifier, getattr(ranking, name)(value),
                                 args.batch_size, progress)
    if ranked.unknown:
        _say('left out, since the classifier does not know them: {}; it knows {}'.format(
            ', '.join(ranked.unknown), ', '.join(classifier.categories)))
    for label, name in enumerate(ranked.categories):
        if not ranked.kept[ranked.of(label)].any():
            _say('no photo of {} to train on is kept'.format(name))
    return ranked


def _rule(args):
    """What was chosen: the name of a function of ``curation.ranking`` and its argument."""
    for name in ('threshold', 'number'):
        if getattr(args, name) is not None:
            return name, getattr(args, name)
    return 'share', args.keep


def _say(line):
    print('foodgan: ' + line, file=sys.stderr)
