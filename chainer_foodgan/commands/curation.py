"""``foodgan rank`` and ``cluster``: choose the photos to train on."""

from chainer_foodgan.commands import complain, options
from chainer_foodgan.config import ClusterConfig, RankConfig
from chainer_foodgan.documents import table
from chainer_foodgan.printing import Progress

RANK_DESCRIPTION = (
    "Scores every photo by a classifier's probability of the photo's own category, and keeps the "
    'best of each category. Photos that cannot be read are left out.')

RANK_EPILOG = """\
examples:
  foodgan rank --images photos --classifier food.npz --out ranked          a folder per category
  foodgan train --images photos --list ranked/list.csv --out run           trains on the best
  foodgan rank --images photos --list photos.csv --classifier food.npz --threshold 0.9 --out ranked
  mpiexec -n 4 foodgan rank --images photos --classifier food.npz --out ranked
                                                     four processes share the photos
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


def add_rank_options(parser):
    options.add_options(parser, RankConfig)


def run_rank(args):
    from chainer_foodgan.curation.rank import rank, table as rank_rows

    with Progress(None, 'photo') as progress:
        result = rank(RankConfig.given(vars(args)), progress)
    if result is None:
        return
    if result.figures['unknown']:
        complain('left out, since the classifier does not know them: {}; it knows {}'.format(
            ', '.join(result.figures['unknown']), ', '.join(result.known)))
    for name, found in result.figures['categories'].items():
        if not found['kept']:
            complain(f'no photo of {name} to train on is kept')
    print(table(rank_rows(result.figures['categories'])))
    print('\n'.join(map(str, result.files)))


CLUSTER_DESCRIPTION = (
    'Clusters the photos of a category by k-means of what VGG16 sees in them. Photos that cannot '
    'be read are left out.')

CLUSTER_EPILOG = """\
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


def add_cluster_options(parser):
    options.add_options(parser, ClusterConfig)


def run_cluster(args):
    from chainer_foodgan.curation.cluster import cluster

    with Progress(None, 'photo') as progress:
        result = cluster(ClusterConfig.given(vars(args)), progress)
    if result is None:
        return
    print(table(rows(result.clusters)))
    print('\n'.join([result.features, *map(str, result.files)]))
    if result.list is not None:
        print(f'{result.list}: {result.kept} photos of all categories')


def rows(clusters):
    """The sizes of clusters as rows (list of list of str), the first the head."""
    return [['cluster', 'photos', 'share', 'mean distance', '']] + [
        [str(number), str(found['photos']), '{:.1%}'.format(found['share']),
         '{:.3g}'.format(found['mean_distance']), 'dropped' if found['dropped'] else '']
        for number, found in enumerate(clusters)]
