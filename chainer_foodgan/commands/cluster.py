"""``foodgan cluster``: parts the photos of a category by what they look like."""

import argparse
import contextlib

from chainer_foodgan.commands.options import add_all_photos
from chainer_foodgan.commands.types import natural, positive
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.progress import Progress
from chainer_foodgan.tables import table

EPILOG = """\
examples:
  foodgan cluster --images photos --category ramen --out clusters
                                       look at clusters/sheet.png and clusters/map.png, then
  foodgan cluster --images photos --category ramen --out clusters --drop 3,5
                                       nothing is computed again
  foodgan train --images photos --list clusters/list.csv --out run
                                       ramen without the photos of clusters 3 and 5
  foodgan cluster --images photos --category ramen --out clusters --classifier food.npz
                                       without the weights of ImageNet
  mpiexec -n 4 foodgan cluster --images photos --category ramen --out clusters
                                       four processes compute the features

files in --out:
  features.npy   a row per photo; .json: what they are made of, .journal: which are there
  clusters.csv   file, cluster and distance from its centre, in the order of the features
  sheet.png      the photos in the middle of each cluster
  map.png        the photos on a plane (t-SNE)
  list.csv       with --drop: all photos of all categories, without those of these clusters

What was cut off goes on where it was, by the same command. For a second category give the first
one's list.csv as --list, and another --out.
"""


def add_parser(subparsers):
    parser = subparsers.add_parser(
        'cluster', help='part the photos of a category, and leave some of them out', epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description='Clusters the photos of a category by k-means of what VGG16 sees in them. '
                    'Photos that cannot be read are left out.')
    add_options(parser)
    parser.add_argument('--out', required=True, metavar='DIR', help='folder to write')
    return parser


def add_options(parser, required=True):
    """What to cluster, and how."""
    group = add_all_photos(parser, required)
    group.add_argument('--category', required=required, metavar='NAME',
                       help='whose photos to cluster, all splits')
    group = parser.add_argument_group('features')
    source = group.add_mutually_exclusive_group()
    source.add_argument('--start', default='imagenet', metavar='imagenet|FILE.npz',
                        help='weights of VGG16: those of ImageNet that ChainerCV fetches, or a '
                        'file of them (%(default)s)')
    source.add_argument('--classifier', metavar='FILE', help='take the features of this classifier '
                        'instead, made by `foodgan train-classifier`')
    group.add_argument('--batch-size', type=positive, default=8, metavar='N',
                       help='photos to look at at once (%(default)s)')
    group = parser.add_argument_group('clusters')
    group.add_argument('--clusters', type=positive, default=8, metavar='K',
                       help='how many (%(default)s, as the article)')
    group.add_argument('--seed', type=natural, default=0, metavar='N', help='(%(default)s)')
    group.add_argument('--drop', type=numbers, default=[], metavar='N,N',
                       help='write the list of all photos without those of these clusters')


def numbers(text):
    """``'3,5'`` -> ``[3, 5]``; each once."""
    return list(dict.fromkeys(natural(word.strip()) for word in text.split(',')))


def run(args):
    done = cluster(args)
    if done is not None:
        rows, lines = done
        print(table(rows))
        print('\n'.join(lines))


def cluster(args):
    """Clusters the photos and writes what there is to be had of it.

    Args:
        args (argparse.Namespace): The options.

    Returns:
        tuple: The sizes of the clusters as the rows of a table, and what is to be said besides
        (lists); None on other ranks than 0, which help with the features alone.

    Raises:
        FoodganError: The photos, the network or the folder cannot be used.
    """
    from chainer_foodgan import parallel
    from chainer_foodgan.commands import ranks
    from chainer_foodgan.curation import features
    from chainer_foodgan.curation.feature_store import FeatureStore

    world = parallel.join()
    ranks.only_one_speaks(world)
    with ranks.together(world):
        work = prepare(args)
    with ranks.together(world):
        _agree(work.made_of, world)
        store = FeatureStore(args.out, work.made_of) if world.rank == 0 else None
    with ranks.together(world):
        pending = world.gather(store and store.pending[:])[0]
        if pending:
            work.network.load()
    with (Progress(len(work.indices), 'photo') if world.rank == 0
          else contextlib.nullcontext()) as progress, ranks.at_once(world):
        features.compute(store, pending, work.network, work.dataset, work.indices,
                         args.batch_size, world, progress)
    return finish(args, work, store) if world.rank == 0 else None


def prepare(args):
    """What to work on (argparse.Namespace)."""
    from chainer_foodgan.curation import clustering, features
    from chainer_foodgan.datasets.opening import open_all
    from chainer_foodgan.evaluations.pictures import one_each
    from chainer_foodgan.nearest import nearest

    clustering.check_installed()
    _check_drop(args)
    dataset, splits = open_all(args.images, args.list, test=args.test)
    if args.category not in dataset.categories:
        raise FoodganError('{}: there is no category {}; {}'.format(
            args.list or args.images, args.category, nearest(args.category, dataset.categories)))
    indices = (one_each(dataset) == dataset.categories.index(args.category)).nonzero()[0].tolist()
    if len(indices) < args.clusters:
        raise FoodganError('--clusters {}: {} has {} photos that can be read; choose fewer'.format(
            args.clusters, args.category, len(indices)))
    network = (features.OfClassifier(args.classifier) if args.classifier
               else features.VGG16Features(args.start))
    made_of = features.made_of(network, args.images, [dataset.photos[i] for i in indices],
                               args.batch_size)
    return argparse.Namespace(dataset=dataset, splits=splits, indices=indices, network=network,
                              made_of=made_of)


def finish(args, work, store):
    """Clusters, or finds the clusters that are there, and writes the rest; see :func:`cluster`."""
    import pathlib

    import numpy

    from chainer_foodgan import images
    from chainer_foodgan.curation import clustering
    from chainer_foodgan.visualizations import curation as visualizations

    out = pathlib.Path(args.out)
    record = {'clusters': args.clusters, 'seed': args.seed, 'features': work.made_of}
    photos = args.images, work.dataset, work.splits, work.indices
    words = 'features of ' + work.network.words
    clusters = clustering.read(out, record)
    if clusters is None:
        points = clustering.principal_components(store, len(work.indices))
        clusters = clustering.cluster(points, args.clusters, args.seed)
        title = '{}: {:,} photos'.format(args.category, len(work.indices)), words
        sheet = visualizations.cluster_sheet(*title, clusters, work.dataset, work.indices)
        images.save_image(sheet, out / 'sheet.png')
        visualizations.draw_map(out / 'map.png', *title, points, clusters, work.dataset,
                                  work.indices, args.seed)
        clustering.write(out, record, clusters, *photos)
    rows = [['cluster', 'photos', 'share', 'mean distance', '']]
    for number, size in enumerate(numpy.bincount(clusters.labels, minlength=args.clusters)):
        mean = clusters.distance[clusters.labels == number].mean() if size else 0
        rows.append([str(number), str(size), '{:.1%}'.format(size / len(clusters.labels)),
                     '{:.3g}'.format(mean), 'dropped' if number in args.drop else ''])
    lines = [words,
             *(str(out / name) for name in ('clusters.csv', 'sheet.png', 'map.png'))]
    if args.drop:
        count = clustering.write_list(out / 'list.csv', args.drop, record, clusters, *photos)
        lines.append('{}: {} photos of all categories'.format(out / 'list.csv', count))
    return rows, lines


def _agree(made_of, world):
    for rank, there in enumerate(world.gather(made_of)):
        if there != made_of:
            raise FoodganError('rank {} does not find the same photos or weights ({} photos, not '
                               '{}): give all machines the same ones'.format(
                                   rank, there['photos'], made_of['photos']))


def _check_drop(args):
    beyond = [number for number in args.drop if number >= args.clusters]
    if beyond:
        raise FoodganError('--drop {}: there is no such cluster; they are 0 to {}'.format(
            beyond[0], args.clusters - 1))
    if len(args.drop) == args.clusters:
        raise FoodganError('--drop {}: no photo of {} would be left; keep a cluster'.format(
            ','.join(map(str, args.drop)), args.category))
