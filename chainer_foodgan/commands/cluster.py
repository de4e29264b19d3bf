"""``foodgan cluster``: parts the photos of a category by what they look like."""

from chainer_foodgan.commands import options
from chainer_foodgan.config import ClusterConfig
from chainer_foodgan.progress import Progress
from chainer_foodgan.tables import table

DESCRIPTION = ('Clusters the photos of a category by k-means of what VGG16 sees in them. Photos '
               'that cannot be read are left out.')

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


def add_options(parser):
    options.add_options(parser, ClusterConfig)


def run(args):
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
