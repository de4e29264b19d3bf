"""Parts a category by what its photos look like, and leaves a kind out: Jiro-style is not ramen.

Examples:
  python experiments/cluster_ramen.py --out runs/cluster_ramen
  python experiments/cluster_ramen.py --kinds curry,gyudon --clusters 4 --out runs/cluster_curry
  python experiments/cluster_ramen.py --config paper --images photos --out runs/cluster_paper
  python experiments/cluster_ramen.py --config paper --images photos --drop 3 \\
      --out runs/cluster_paper

Without --images rendered bowls take the place of photos: some of the category are of another kind.
They are clustered by the features of a classifier that knows neither kind, and the clusters that a
look shows to be mostly of the odd one are dropped. --config paper is the article's: VGG16, k = 8.
Leaves the lists in OUT/clusters, sheet, map and figures in OUT/results.
"""

import pathlib
import sys

import scripts
from chainer_foodgan import ClusterConfig, cluster
from chainer_foodgan.categories import NAMES
from chainer_foodgan.commands.cluster import rows
from chainer_foodgan.commands.options import add_options, names, positive, share
from chainer_foodgan.errors import FoodganError


def parse():
    parser = scripts.parser_of('cluster_ramen', __doc__, 'bowls')
    parser.add_argument('--out', default='runs/cluster_ramen', metavar='DIR', help='(%(default)s)')
    add_options(parser, ClusterConfig, leave_out=['out'], required=False)
    group = scripts.add_numbers(parser, 'bowls, where there are no --images', (
        ('bowls', positive, 800, 'how many to cluster'),
        ('train-bowls', positive, 1500, 'how many of other dishes to train the classifier on'),
        ('num-epochs', positive, 8, 'how often'),
        ('conv-dim', positive, 16, 'channels of its first convolution'),
        ('image-size', positive, 64, 'pixels')))
    group.add_argument('--kinds', type=names, default=['ramen', 'soba'], metavar='NAME,NAME',
                       help='the dish of the category, and the odd one (ramen,soba)')
    group.add_argument('--odd', type=share, default=0.25, metavar='SHARE',
                       help='of the odd kind (%(default)s)')
    return scripts.parse(parser, 'cluster_ramen')


def run(args):
    import results

    out = pathlib.Path(args.out)
    given = {**vars(args), 'out': out / 'clusters'}
    folder = results.Results(out, args)
    figures, tables, lines = (_photos if args.images else _bowls)(args, given, out)
    for name in ('sheet.png', 'map.png'):
        folder.copy(name, given['out'] / name)
    folder.figures('cluster_ramen', figures, tables, lines)


def _photos(args, given, out):
    """Photos: what kinds there are is for a person to see."""
    if not args.category:
        raise FoodganError('--images {} needs --category NAME'.format(args.images))
    found = cluster(ClusterConfig.given(given))
    return {'clusters': [one['photos'] for one in found.clusters]}, [rows(found.clusters)], [
        found.features]


def _bowls(args, given, out):
    """Bowls: the truth takes the place of a look."""
    from clustering import kinds
    from comparing import training

    if len(args.kinds) != 2 or not set(args.kinds) <= set(NAMES):
        raise FoodganError('--kinds {}: name two of {}'.format(
            ','.join(args.kinds), ', '.join(NAMES)))
    others = [name for name in NAMES if name not in args.kinds]
    photos = out / 'photos'
    given.update(images=photos, category=args.kinds[0], list=photos / 'photos.csv', drop=[])
    kinds.write(photos, args.kinds, others[0], args.bowls, args.odd, args.image_size,
                3000 + args.seed)
    if not args.classifier:
        given['classifier'] = out / 'classifier.npz'
        training.classifier(given['classifier'], {
            'categories': ','.join(others), 'bowls': args.train_bowls,
            'num-epochs': args.num_epochs, 'conv-dim': args.conv_dim,
            'image-size': args.image_size})
    result = cluster(ClusterConfig.given(given))
    truth, labels = kinds.read(given['list'], given['out'] / 'clusters.csv')
    drop = kinds.mostly(truth, labels, args.kinds[1])
    if 0 < len(drop) < args.clusters:
        cluster(ClusterConfig.given(given, drop=drop))  # which writes the list
    found = kinds.figures(truth, labels, args.kinds[1], drop)
    return found, kinds.tables(truth, labels, args.kinds, drop, found), [
        result.features, 'the classifier knows neither {} nor {}'.format(*args.kinds),
        '{} bowls of seed {}'.format(len(truth), 3000 + args.seed)]


if __name__ == '__main__':
    sys.exit(scripts.main(run, parse()))
