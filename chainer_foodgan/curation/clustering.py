"""Clusters of photos by their features, in memory that hardly grows with their number.

k-means of as many features as a photo has would need them all at once. It is done among the first
principal components instead, 128 numbers a photo: the best clusters there have a sum of squared
distances that is at most k / 128 above that of the best clusters of all features (Cohen et al.
2015, "Dimensionality reduction for k-means clustering and low rank approximation").
"""

import collections
import importlib.util
import warnings

import numpy

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
    """The features along their principal components, found chunk by chunk (Ross et al. 2008).

    Args:
        store (FeatureStore): The features.
        count (int): How many photos it is of.
        components (int): How many components, at most.

    Returns:
        numpy.ndarray: float32 (N, C), where C is no more than N and D.
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
    """k-means by scikit-learn: the best of ten starts (k-means++).

    Args:
        points (numpy.ndarray): float32 (N, C).
        count (int): How many clusters, at most N.
        seed (int): Of the starts.

    Returns:
        Clusters: The larger, the lower its number.

    Raises:
        FoodganError: Fewer points differ than there are to be clusters.
    """
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter('ignore', ConvergenceWarning)
        found = KMeans(count, n_init=10, random_state=seed).fit(points)
    sizes = numpy.bincount(found.labels_, minlength=count)
    if not sizes.all():
        raise FoodganError('--clusters {}: only {} kinds of photos are told apart by their '
                           'features; choose fewer'.format(count, (sizes > 0).sum()))
    order = numpy.argsort(-sizes, kind='stable')
    distance = numpy.linalg.norm(points - found.cluster_centers_[found.labels_], axis=1)
    return Clusters(numpy.argsort(order)[found.labels_], distance)


def plane(points, seed=0):
    """Points on a plane, neighbours beside each other: t-SNE of the first 50 components.

    Args:
        points (numpy.ndarray): float32 (N, C), principal components. Of fewer than ten points the
            first two components are taken as they are.
        seed (int): Of t-SNE's random numbers.

    Returns:
        numpy.ndarray: float32 (N, 2).
    """
    points = numpy.pad(points, [(0, 0), (0, 2)])  # a single component makes no plane
    if len(points) < 10:
        return points[:, :2]
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits
    with threadpool_limits(1):
        return TSNE(perplexity=min(_NEIGHBOURS, (len(points) - 1) / 3), init='pca',
                    random_state=seed).fit_transform(points[:, :50])
