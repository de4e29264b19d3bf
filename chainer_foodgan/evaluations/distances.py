"""How far two sets of pictures are from one another, by their features; NumPy alone, in float64.

What the numbers mean depends on the network that gave the features (see
:mod:`chainer_foodgan.evaluations.features`): figures of different networks do not compare.
"""

import numpy

from chainer_foodgan.errors import FoodganError

#: Parts of the Inception score.
SPLITS = 10


def fid(a, b):
    """Frechet distance of two Gaussians that are fitted to features (Heusel et al. 2017, FID).

    ``|mean_a - mean_b|^2 + tr(A + B - 2 (A B)^(1/2))``, with the covariances A and B of the
    unbiased estimate. The trace of the root is the sum of the singular values of the centred
    features' product, which takes no root of a matrix and holds for fewer pictures than features,
    too; it falls as the number of pictures grows, so only figures of equal numbers compare.

    Args:
        a, b (numpy.ndarray): float (N, D) and (M, D).

    Returns:
        float: 0 for equal sets, within rounding.

    Raises:
        FoodganError: Fewer than two pictures on a side.
    """
    a, b = _features('fid', a, b)
    roots = []
    for features in a, b:
        centred = features - features.mean(axis=0)
        # R^T R is the covariance, as the centred features' product with themselves is.
        roots.append(numpy.linalg.qr(centred / numpy.sqrt(len(features) - 1), mode='r'))
    shift = a.mean(axis=0) - b.mean(axis=0)
    return float(shift @ shift + sum((root ** 2).sum() for root in roots)
                 - 2 * numpy.linalg.norm(roots[0] @ roots[1].T, 'nuc'))


def kid(a, b, subsets=100, size=None, seed=0):
    """Squared maximum mean discrepancy of features (Binkowski et al. 2018, KID).

    The unbiased estimate with the kernel (x . y / D + 1)^3, on subsets drawn without replacement.
    Unlike FID it does not depend on the number of pictures, apart from its scatter.

    Args:
        a, b (numpy.ndarray): float (N, D) and (M, D).
        subsets (int): How many subsets.
        size (int): Pictures of each side in a subset; None: see :func:`subset_size`.
        seed (int): Of the draws.

    Returns:
        tuple of float: Mean and standard deviation over the subsets.

    Raises:
        FoodganError: Fewer than two pictures on a side, or fewer than ``size``.
    """
    a, b = _features('kid', a, b)
    size = subset_size(len(a), len(b)) if size is None else size
    if not 2 <= size <= min(len(a), len(b)):
        raise FoodganError(f'KID takes subsets of 2 to as many pictures as there are, not {size} '
                           f'out of {len(a)} and {len(b)}: choose other subsets')
    rng = numpy.random.default_rng(seed)

    def draw(features):
        return features[rng.choice(len(features), size, replace=False)]

    found = [_discrepancy(draw(a), draw(b)) for _ in range(subsets)]
    return float(numpy.mean(found)), float(numpy.std(found))


def subset_size(n, m):
    """Pictures in a subset of KID: 1000 as its authors have it, or half of the smaller side."""
    return max(2, min(1000, min(n, m) // 2))


def _discrepancy(a, b):
    def kernel(x, y):
        k = x @ y.T / x.shape[1] + 1
        return k * k * k  # several times as fast as ** 3

    def within(x):
        k = kernel(x, x)
        return (k.sum() - numpy.trace(k)) / (len(x) * (len(x) - 1))
    return within(a) + within(b) - 2 * kernel(a, b).mean()


def inception_score(p, splits=SPLITS, seed=0):
    """exp of the mean KL divergence of p(category | picture) from p(category).

    Salimans et al. 2016. 1 where every picture gets the same answer, the number of categories
    where all are named with certainty and equally often.

    Args:
        p (numpy.ndarray): float (N, K), probabilities; rows sum to 1.
        splits (int): Into so many parts the pictures are split, each with a score of its own.
        seed (int): Of the order in which they are split; None: as they come.

    Returns:
        tuple of float: Mean and standard deviation over the parts.

    Raises:
        FoodganError: Fewer pictures than parts.
    """
    p = numpy.asarray(p, numpy.float64)
    if len(p) < splits:
        raise FoodganError(f'an Inception score in {splits} parts takes as many pictures, not '
                           f'{len(p)}: add pictures or leave it out')
    if seed is not None:
        p = p[numpy.random.default_rng(seed).permutation(len(p))]
    ends = [number * len(p) // splits for number in range(splits + 1)]
    scores = [_score(p[start:end]) for start, end in zip(ends, ends[1:])]
    return float(numpy.mean(scores)), float(numpy.std(scores))


def _score(p):
    # Where p is 0 it adds nothing; the mean is 0 only where all of its column are.
    ratio = numpy.divide(p, p.mean(axis=0), out=numpy.ones_like(p), where=p > 0)
    return numpy.exp((p * numpy.log(ratio)).sum(axis=1).mean())


def check(metric, references, translations):
    """Raises a FoodganError where there are too few pictures of either side for ``'fid'``,
    ``'kid'`` or ``'is'``, for which the references do not count.
    """
    least = {'fid': 2, 'kid': 2, 'is': SPLITS}[metric]
    found = translations if metric == 'is' else min(references, translations)
    if found < least:
        raise FoodganError('{} takes {} pictures or more{}, not {}: add pictures or leave it '
                           'out'.format(metric, least, '' if metric == 'is' else ' on either side',
                                        found))


def _features(metric, a, b):
    check(metric, len(a), len(b))
    return numpy.asarray(a, numpy.float64), numpy.asarray(b, numpy.float64)
