"""``foodgan evaluate``: measures how well weights change the dish."""

import argparse
import json
import math
import os
import sys

from chainer_foodgan.commands.tables import columns
from chainer_foodgan.commands.types import names, natural, positive
from chainer_foodgan.errors import FoodganError

EPILOG = """\
examples:
  foodgan evaluate --weights bowls_64 --classifier bowls.npz
  foodgan evaluate --weights run/models/20_50_G.npz --classifier photos.npz --images photos \\
      --list photos.csv --out figures.json
"""

#: Column of the table, key of the figures, how a figure is written.
COLUMNS = (
    ('translations', 'translations', '{}'),
    ('accuracy', 'accuracy', '{:.1%}'),
    ('95 % interval', 'interval', '{0[0]:.1%} - {0[1]:.1%}'),
    ('untouched', 'untouched', '{:.1%}'),
    ('inputs', 'inputs', '{:.1%}'),
    ('outside', 'change_outside', '{:.2f}/255'),
    ('input', 'psnr_input', '{:.2f} dB'),
    ('translation', 'psnr_translation', '{:.2f} dB'),
    ('gain', 'psnr_gain', '{:+.2f} dB'))

LEGEND = """\
accuracy: share of the translations that the classifier takes for their target
untouched: share of the same pictures, before they were translated, that it takes for the target
inputs: share of the untouched pictures of the category itself that it names right"""

LEGEND_OF_TRUTH = """\
outside: mean absolute change outside the food
input, translation, gain: PSNR to the true picture of the target, inside the food"""


def add_parser(subparsers):
    parser = subparsers.add_parser(
        'evaluate', help='measure how well weights change the dish', epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description='Translates pictures that the weights have not seen into every other category '
                    'and lets a classifier name the results.')
    parser.add_argument('--weights', required=True, metavar='NAME|FILE',
                        help='weights that ship, or a file')
    parser.add_argument('--classifier', required=True, metavar='FILE',
                        help='made by `foodgan train-classifier`')
    parser.add_argument('--images', metavar='DIR',
                        help='folder of the photos (default: rendered bowls, whose true '
                        'translations are known)')
    parser.add_argument('--list', metavar='FILE',
                        help="the original's list file, or a manifest .csv, of which the split "
                        'test is used (default: a sub-folder per category, all photos)')
    parser.add_argument('--skip-bad', action='store_true',
                        help='leave out photos that cannot be read')
    parser.add_argument('--bowls', type=positive, default=500, metavar='N',
                        help='number of rendered bowls where there are no --images (%(default)s)')
    parser.add_argument('--bowls-seed', type=natural, default=2000, metavar='N',
                        help='which bowls; `foodgan train` and `foodgan train-classifier` see '
                        'others by default (%(default)s)')
    parser.add_argument('--categories', type=names, metavar='NAME,...',
                        help="the weights' categories in label order, in place of those stored "
                        'with them')
    parser.add_argument('--image-size', type=positive, metavar='N',
                        help='pixels (default: that which the weights were trained on)')
    parser.add_argument('--crop-size', type=positive, metavar='N',
                        help='side of the centre crop, pixels of the photo (default: the largest '
                        'square)')
    parser.add_argument('--batch-size', type=positive, default=32, metavar='N',
                        help='(%(default)s)')
    parser.add_argument('--out', metavar='FILE.json', help='write the figures to this file too')
    return parser


def run(args):
    from chainer_foodgan import files
    from chainer_foodgan.evaluations import judging
    from chainer_foodgan.evaluations.classifier import load_classifier

    gen = generator(args)
    classifier, meta = load_classifier(args.classifier)
    pictures, truth, judged_on = data(args, gen)

    def progress(done):
        print('{} of {} pictures'.format(done, len(pictures)), file=sys.stderr, flush=True)

    judgement = judging.judge(gen, classifier, pictures, truth, args.batch_size, progress)
    record = {
        'weights': os.path.basename(args.weights), 'judged_on': judged_on,
        'image_size': gen.image_size,
        'classifier': {key: meta.get(key) for key in (
            'image_size', 'trained_on', 'tested_on', 'test_accuracy')},
        **judging.summary(judgement, gen.categories)}
    if args.out:
        with files.replacing(args.out, 'w') as file:
            json.dump(record, file, indent=2)
            file.write('\n')
    print(text(record))


def generator(args):
    """The generator, with ``categories`` and ``image_size``."""
    from chainer_foodgan import weights
    from chainer_foodgan.categories import NAMES

    gen = weights.load(args.weights, **({'categories': args.categories} if args.categories else {}))
    if gen.categories is None and gen.c_dim == len(NAMES):
        gen.categories = NAMES
    if gen.categories is None or not (args.image_size or gen.image_size):
        raise FoodganError('{}: the file does not say which categories or image size it is for: '
                           'name them by --categories and --image-size'.format(args.weights))
    gen.image_size = args.image_size or gen.image_size
    if gen.image_size % 4:
        raise FoodganError('--image-size {} is no multiple of 4'.format(gen.image_size))
    return gen


def data(args, gen):
    """-> (pictures, the bowls that know the truth or None, what they are)."""
    from chainer_foodgan.datasets import transforms
    from chainer_foodgan.datasets.bowls import RenderedBowls
    from chainer_foodgan.datasets.opening import open_dataset
    from chainer_foodgan.evaluations.pictures import Pictures

    if args.images is None:
        bowls = RenderedBowls(args.bowls, gen.image_size, args.bowls_seed, gen.categories)
        return bowls, bowls, '{} rendered bowls of seed {}'.format(len(bowls), bowls.seed)
    dataset = open_dataset(args.images, args.list, split='test', categories=gen.categories,
                           skip_bad=args.skip_bad)
    pictures = Pictures(dataset, transforms.Test(gen.image_size, args.crop_size or math.inf))
    source = os.path.basename(os.path.abspath(args.list or args.images))
    return pictures, None, '{} photos of {}{}'.format(
        len(pictures), source, ', split test' if args.list else '')


def text(record):
    """The figures as a table with its legend."""
    columns_ = [column for column in COLUMNS if column[1] in record['all']]
    rows = [('target', *(title for title, _, _ in columns_))]
    for name, figures in [*record['targets'].items(), ('all', record['all'])]:
        rows.append((name, *('-' if figures.get(key) is None else form.format(figures[key])
                             for _, key, form in columns_)))
    judge = record['classifier']
    return '\n'.join([
        columns(rows), LEGEND, *([LEGEND_OF_TRUTH] if 'psnr_gain' in record['all'] else []),
        'judged on {} at {} pixels, by a classifier trained on {} and right on {:.1%} of {}'.format(
            record['judged_on'], record['image_size'], judge['trained_on'],
            judge['test_accuracy'] or float('nan'), judge['tested_on'])])
