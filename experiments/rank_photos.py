"""Keeps the photos of each category that a classifier is surest of, as the paper chose its photos.

Examples:
  python experiments/rank_photos.py --out runs/rank_photos
  python experiments/rank_photos.py --wrong 0.5 --threshold 0.9 --out runs/rank_half_wrong
  python experiments/rank_photos.py --config paper --images photos --classifier food.npz \\
      --out runs/rank_paper

Without --images rendered bowls take the place of photos: some of the pictures show another dish
than they are said to, or a corner of the table. A classifier that was trained on other bowls ranks
them, and how many of the kept ones are wrong is counted. Leaves the list for training in
OUT/ranked, the sheets, the histogram and the figures in OUT/results.
"""

import pathlib
import sys

import scripts
from chainer_foodgan import RankConfig, rank
from chainer_foodgan.commands.options import add_options, natural, positive, share


def parse():
    parser = scripts.parser_of('rank_photos', __doc__, 'bowls')
    parser.add_argument('--out', default='runs/rank_photos', metavar='DIR', help='(%(default)s)')
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
    import results
    from chainer_foodgan.curation.ranking import table
    from chainer_foodgan.errors import FoodganError
    from comparing import training
    from ranking import mixed, truth

    if args.images and not args.classifier:
        raise FoodganError('--images {} needs --classifier FILE, made by `foodgan '
                           'train-classifier` of other photos'.format(args.images))
    out = pathlib.Path(args.out)
    folder = results.Results(out, args)
    given = {**vars(args), 'out': out / 'ranked'}
    if not args.images:
        given.update(images=out / 'photos', list=out / 'photos' / 'photos.csv')
        kinds = mixed.write(given['images'], args.bowls, args.image_size, args.wrong, args.seed)
    if not args.classifier:
        given['classifier'] = out / 'classifier.npz'
        training.classifier(given['classifier'], {
            'bowls': args.train_bowls, 'num-epochs': args.num_epochs, 'conv-dim': args.conv_dim,
            'image-size': args.image_size})
    result = rank(RankConfig.given(given))
    figures, paths = result.figures, result.files
    tables = [table(figures['categories'])]
    if not args.images:
        orders = truth.read(given['out'] / 'scores.csv', kinds)
        figures['wrong'] = {'before': truth.wrong(orders, 1), 'kept': truth.wrong(orders)}
        tables.append(truth.table(orders))
        paths.append(given['out'] / 'wrong.png')
        truth.draw(orders, paths[-1])
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
