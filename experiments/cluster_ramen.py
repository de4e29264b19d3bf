"""Parts a category by what its photos look like, and leaves a kind out: Jiro-style is not ramen.

Examples:
  python experiments/cluster_ramen.py --out runs/cluster_ramen
  python experiments/cluster_ramen.py --kinds curry,gyudon --clusters 4 --out runs/cluster_curry
  python experiments/cluster_ramen.py --config paper --images photos --out runs/cluster_paper
  python experiments/cluster_ramen.py --config paper --images photos --drop 3 \
      --out runs/cluster_paper

Without --images rendered bowls take the place of photos: some of the category are of another kind.
They are clustered by the features of a classifier that knows neither kind, and the clusters that a
look shows to be mostly of the odd one are dropped. --config paper is the article's: VGG16, k = 8.
Leaves the lists in OUT/clusters, sheet, map and figures in OUT/results.
"""

import csv
import pathlib
import sys

import numpy

import scripts
from chainer_foodgan import ClusterConfig, cluster
from chainer_foodgan.categories import NAMES
from chainer_foodgan.commands.curation import rows as sizes
from chainer_foodgan.commands.options import add_options, names, positive, share
from chainer_foodgan.errors import FoodganError
from lib import comparison, results
from lib.uncurated import write_odd


def read(list_file, clusters):
    """The kind and the cluster of each photo that was clustered.

    Args:
        list_file (pathlib.Path): See :func:`lib.uncurated.write_odd`.
        clusters (pathlib.Path): ``clusters.csv`` of ``foodgan cluster``.

    Returns:
        tuple: str (N,) and int (N,).
    """
    truth = {row['file']: row['kind'] for row in _rows(list_file)}
    rows = _rows(clusters)
    return (numpy.array([truth[row['file']] for row in rows]),
            numpy.array([int(row['cluster']) for row in rows]))


def mostly(kinds, labels, odd):
    """The clusters that are made mostly of a kind (list of int)."""
    return [number for number in sorted(set(labels.tolist()))
            if (kinds[labels == number] == odd).mean() > 0.5]


def figures(kinds, labels, odd, drop):
    """How well clusters tell the kinds apart, and what is left without some of them (dict).

    ``purity``: share of the photos that are of the kind that most of their cluster are of;
    ``rand_clusters`` and ``rand_dropped``: adjusted Rand index of the truth and the clusters, and
    of the truth and what is dropped; ``odd_before``, ``odd_after``: share of the odd kind;
    ``kept``: share of the other kind that is kept.
    """
    from sklearn.metrics import adjusted_rand_score
    dropped = numpy.isin(labels, drop)
    most = sum(max((kinds[labels == number] == kind).sum() for kind in set(kinds.tolist()))
               for number in set(labels.tolist()))
    return {'purity': float(most / len(kinds)),
            'rand_clusters': float(adjusted_rand_score(kinds, labels)),
            'rand_dropped': float(adjusted_rand_score(kinds, dropped)),
            'odd_before': float((kinds == odd).mean()),
            'odd_after': float((kinds[~dropped] == odd).mean()),
            'kept': float((~dropped[kinds != odd]).mean())}


def tables(kinds, labels, names, drop, found):
    """What is in each cluster, and the figures, as rows (two lists of list of str)."""
    counts = [['cluster', *names, '']]
    for number in sorted(set(labels.tolist())):
        inside = kinds[labels == number]
        counts.append([str(number), *(str((inside == name).sum()) for name in names),
                       'dropped' if number in drop else ''])
    words = (('purity of the clusters', 'purity', '{:.1%}'),
             ('adjusted Rand index of the clusters', 'rand_clusters', '{:.3f}'),
             ('adjusted Rand index of kept and dropped', 'rand_dropped', '{:.3f}'),
             (f'{names[1]} before', 'odd_before', '{:.1%}'),
             (f'{names[1]} in the list', 'odd_after', '{:.1%}'),
             (f'{names[0]} kept', 'kept', '{:.1%}'))
    return counts, [['', ''], *([title, form.format(found[key])] for title, key, form in words)]


def _rows(path):
    with open(path, encoding='utf-8', newline='') as file:
        return list(csv.DictReader(file))


def parse():
    parser = scripts.parser_of('cluster_ramen', __doc__, 'bowls')
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
        raise FoodganError(f'--images {args.images} needs --category NAME')
    found = cluster(ClusterConfig.given(given))
    return {'clusters': [one['photos'] for one in found.clusters]}, [sizes(found.clusters)], [
        found.features]


def _bowls(args, given, out):
    """Bowls: the truth takes the place of a look."""
    if len(args.kinds) != 2 or not set(args.kinds) <= set(NAMES):
        raise FoodganError('--kinds {}: name two of {}'.format(
            ','.join(args.kinds), ', '.join(NAMES)))
    others = [name for name in NAMES if name not in args.kinds]
    photos = out / 'photos'
    given.update(images=photos, category=args.kinds[0], list=photos / 'photos.csv', drop=[])
    write_odd(photos, args.kinds, others[:1], (args.bowls, max(1, args.bowls // 10)), args.odd,
              args.image_size, 3000 + args.seed)
    if not args.classifier:
        given['classifier'] = out / 'classifier.npz'
        comparison.classifier(given['classifier'], {
            'categories': ','.join(others), 'bowls': args.train_bowls,
            'num-epochs': args.num_epochs, 'conv-dim': args.conv_dim,
            'image-size': args.image_size})
    result = cluster(ClusterConfig.given(given))
    truth, labels = read(given['list'], given['out'] / 'clusters.csv')
    drop = mostly(truth, labels, args.kinds[1])
    if 0 < len(drop) < args.clusters:
        cluster(ClusterConfig.given(given, drop=drop))  # which writes the list
    found = figures(truth, labels, args.kinds[1], drop)
    return found, tables(truth, labels, args.kinds, drop, found), [
        result.features, 'the classifier knows neither {} nor {}'.format(*args.kinds),
        f'{len(truth)} bowls of seed {3000 + args.seed}']


if __name__ == '__main__':
    sys.exit(scripts.main(run, parse()))
