"""Clusters of photos by their features, in memory that hardly grows with their number.

k-means of as many features as a photo has would need them all at once. It is done among the first
principal components instead, 128 numbers a photo: the best clusters there have a sum of squared
distances that is at most k / 128 above that of the best clusters of all features (Cohen et al.
2015, "Dimensionality reduction for k-means clustering and low rank approximation").
"""

import collections
import csv
import importlib.util
import json
import warnings

import numpy

from chainer_foodgan import files
from chainer_foodgan.datasets.lists import write_manifest
from chainer_foodgan.errors import FoodganError

COMPONENTS = 128
_CHUNK = 512  # rows of features in memory
_NEIGHBOURS = 30  # t-SNE's perplexity

Clusters = collections.namedtuple('Clusters', 'labels distance')
Clusters.__doc__ = """Photos in clusters, the largest of which is number 0.

Attributes:
    labels (numpy.ndarray): int (N,), the number of each photo's cluster.
    distance (numpy.ndarray): float (N,), from the cluster's centre.
"""


def check_installed():
    """Raises a FoodganError where scikit-learn is missing."""
    if importlib.util.find_spec('sklearn') is None:
        raise FoodganError('clustering needs scikit-learn: pip install "chainer_foodgan[curation]"')


def principal_components(store, count, components=COMPONENTS):
    """The features of so many photos (a FeatureStore) along their principal components, found chunk
    by chunk (Ross et al. 2008): float32 (N, C), where C is no more than ``components``, N and D.
    """
    from sklearn.decomposition import IncrementalPCA
    from sklearn.utils import gen_batches
    from threadpoolctl import threadpool_limits

    components = min(components, count, store.read(0, 1).shape[1])
    chunks = [(chunk.start, chunk.stop)
              for chunk in gen_batches(count, _CHUNK, min_batch_size=components)]
    with threadpool_limits(1):  # sums of several threads are rounded now so, now otherwise
        pca = IncrementalPCA(components)
        for chunk in chunks:
            pca.partial_fit(store.read(*chunk))
        return numpy.concatenate([
            pca.transform(store.read(*chunk)).astype(numpy.float32) for chunk in chunks])


def cluster(points, count, seed=0):
    """k-means of points, float32 (N, C), by scikit-learn: the best of ten starts (k-means++).
    Returns Clusters, the larger, the lower its number; a FoodganError says that fewer points differ
    than there are to be clusters.
    """
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter('ignore', ConvergenceWarning)
        found = KMeans(count, n_init=10, random_state=seed).fit(points)
    sizes = numpy.bincount(found.labels_, minlength=count)
    if not sizes.all():
        raise FoodganError(f'--clusters {count}: only {(sizes > 0).sum()} kinds of photos are told '
                           'apart by their features; choose fewer')
    order = numpy.argsort(-sizes, kind='stable')
    distance = numpy.linalg.norm(points - found.cluster_centers_[found.labels_], axis=1)
    return Clusters(numpy.argsort(order)[found.labels_], distance)


def plane(points, seed=0):
    """Points, float32 (N, C), principal components, on a plane, float32 (N, 2), neighbours beside
    each other: t-SNE of the first 50 components; of fewer than ten points the first two.
    """
    points = numpy.pad(points, [(0, 0), (0, 2)])  # a single component makes no plane
    if len(points) < 10:
        return points[:, :2]
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits
    with threadpool_limits(1):
        return TSNE(perplexity=min(_NEIGHBOURS, (len(points) - 1) / 3), init='pca',
                    random_state=seed).fit_transform(points[:, :50])


def write(folder, record, clusters, root, dataset, splits, indices):
    """Writes ``clusters.csv``, the photos as a list that training takes, and ``clusters.json``.

    The photos are those of the data set at ``indices``, their files are named from ``root``;
    further columns are ``cluster``, ``distance`` from its centre, and ``features``, what they are
    of. ``record`` (dict of JSON values) is what the clusters are made of: ``clusters``, ``seed``
    and ``features``, see :func:`chainer_foodgan.curation.features.made_of`.
    """
    write_manifest(
        folder / 'clusters.csv', root, [dataset.photos[index] for index in indices],
        dataset.categories, [splits[index] for index in indices],
        {'cluster': clusters.labels,
         'distance': [f'{distance:.6g}' for distance in clusters.distance],
         'features': len(indices) * [record['features']['network']]})
    with files.replacing(folder / 'clusters.json', 'w') as file:
        json.dump(record, file, indent=2)
        file.write('\n')


def read(folder, record):
    """The Clusters that :func:`write` left in a folder, if they are made of the same, else None; a
    FoodganError says that its table is damaged.
    """
    try:
        if json.loads((folder / 'clusters.json').read_text('utf-8')) != record:
            return None
        with open(folder / 'clusters.csv', encoding='utf-8', newline='') as file:
            rows = list(csv.DictReader(file, strict=True))
        labels = numpy.array([int(row['cluster']) for row in rows])
        distance = numpy.array([float(row['distance']) for row in rows])
        if len(rows) != record['features']['photos'] or not (
                labels.min() >= 0 and labels.max() < record['clusters']):
            raise ValueError('its rows are not those of these clusters')
        return Clusters(labels, distance)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, csv.Error) as error:
        raise FoodganError(f'cannot read the clusters in {folder}: {error}; delete clusters.json '
                           'there, and they are made again') from error


def write_list(path, drop, record, clusters, root, dataset, splits, indices):
    """Writes the list of all photos of the data set, of all categories, but those of the clusters
    to drop, for ``foodgan train --list``; returns how many there are.

    The other arguments are those of :func:`write`. The further columns are ``cluster`` and
    ``features``, empty for photos that were not clustered. A FoodganError says that no photo of the
    category would be left to train on.
    """
    cluster = dict(zip(indices, clusters.labels.tolist()))
    kept = [index for index in range(len(dataset)) if cluster.get(index) not in drop]
    if not any(splits[index] == 'train' for index in kept if index in cluster):
        raise FoodganError('--drop {}: no photo of {} would be left to train on; keep a '
                           'cluster'.format(','.join(map(str, drop)),
                                            dataset.categories[dataset.labels[indices[0]]]))
    write_manifest(
        path, root, [dataset.photos[index] for index in kept], dataset.categories,
        [splits[index] for index in kept],
        {'cluster': [cluster.get(index, '') for index in kept],
         'features': [record['features']['network'] if index in cluster else ''
                      for index in kept]})
    return len(kept)
