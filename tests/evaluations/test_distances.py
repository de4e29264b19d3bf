"""Distances of feature sets: closed forms, and torch-fidelity's on the same features."""

import math
import sys
import types
from unittest import mock

import numpy
import pytest

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.evaluations import distances


def normal(seed, count, D, scale=1., shift=0.):
    return numpy.random.default_rng(seed).normal(size=(count, D)) * scale + shift


def whitened(features):
    """The same with mean 0 and the identity as covariance, exactly."""
    centred = features - features.mean(axis=0)
    root = numpy.linalg.cholesky(numpy.cov(centred, rowvar=False))
    return centred @ numpy.linalg.inv(root).T


@pytest.fixture(scope='module')
def fidelity():
    """torch-fidelity's functions of features. Its import takes torchvision, they do not use it."""
    torch = pytest.importorskip('torch', reason='compares with torch-fidelity: pip install torch')
    stand_in = mock.MagicMock(CIFAR10=object, CIFAR100=object, STL10=object)
    names = ('torchvision', 'torchvision.datasets', 'torchvision.transforms',
             'torchvision.transforms.functional')
    with mock.patch.dict(sys.modules, dict.fromkeys(names, stand_in)):
        pytest.importorskip('torch_fidelity', reason='compares with it: pip install torch-fidelity')
        from torch_fidelity import metric_fid, metric_isc, metric_kid

    def fid(a, b):
        statistics = [metric_fid.fid_features_to_statistics(torch.from_numpy(x)) for x in (a, b)]
        found = metric_fid.fid_statistics_to_metric(*statistics, False)
        return found['frechet_inception_distance']

    def kid(a, b, **options):
        found = metric_kid.kid_features_to_metric(
            torch.from_numpy(a), torch.from_numpy(b), verbose=False, **options)
        return found['kernel_inception_distance_mean'], found['kernel_inception_distance_std']

    def score(logits, splits):
        found = metric_isc.isc_features_to_metric(torch.from_numpy(logits), splits, shuffle=False)
        return found['inception_score_mean'], found['inception_score_std']

    return types.SimpleNamespace(fid=fid, kid=kid, score=score)


def test_fid_of_gaussians_that_commute_is_that_of_their_deviations():
    """Covariances diag(s^2) and diag(t^2): the distance is |shift|^2 + sum (s - t)^2."""
    z = whitened(normal(0, 500, 4))
    s, t = numpy.array([1., 2., 0.5, 3.]), numpy.array([1.5, 2., 2.5, 0.])
    shift = numpy.array([1., -2., 0.5, 0.])
    expected = (shift ** 2).sum() + ((s - t) ** 2).sum()
    assert distances.fid(z * s, whitened(normal(1, 300, 4)) * t + shift) == pytest.approx(expected)


def test_fid_of_two_dimensional_gaussians_by_the_closed_form_of_the_root():
    """For 2 x 2 matrices tr (A B)^(1/2) = (tr A B + 2 sqrt(det A B))^(1/2)."""
    a, b = normal(0, 60, 2) @ [[1, 0.7], [0, 2]], normal(1, 90, 2) @ [[1, 0], [-1.5, 0.4]]
    A, B = numpy.cov(a, rowvar=False), numpy.cov(b, rowvar=False)
    root = math.sqrt(numpy.trace(A @ B) + 2 * math.sqrt(numpy.linalg.det(A @ B)))
    shift = a.mean(axis=0) - b.mean(axis=0)
    expected = shift @ shift + numpy.trace(A) + numpy.trace(B) - 2 * root
    assert distances.fid(a, b) == pytest.approx(expected)


@pytest.mark.parametrize('count, D', [(200, 8), (20, 64)])
def test_fid_of_a_set_with_itself_is_0_of_halves_small_of_categories_large(count, D):
    one, other = normal(0, 2 * count, D), normal(1, 2 * count, D, 1.5, 2.)
    itself = distances.fid(one, one[::-1])
    assert abs(itself) < 1e-9
    halves = distances.fid(one[::2], one[1::2])
    assert 0 < halves < distances.fid(one, other) / 4
    assert distances.fid(one, other) == pytest.approx(distances.fid(other, one))


def test_kid_by_its_definition():
    """All pairs of different pictures within a side, all pairs between the sides."""
    a, b = normal(0, 5, 3), normal(1, 5, 3, shift=1.)

    def k(x, y):
        return (x @ y / 3 + 1) ** 3

    within = [numpy.mean([k(s[i], s[j]) for i in range(5) for j in range(5) if i != j])
              for s in (a, b)]
    between = numpy.mean([k(x, y) for x in a for y in b])
    mean, std = distances.kid(a, b, subsets=3, size=5)
    assert mean == pytest.approx(sum(within) - 2 * between)
    assert std == pytest.approx(0, abs=1e-12)  # each subset is the whole


def test_kid_of_one_distribution_is_0_in_the_mean_and_of_two_is_not():
    found = [distances.kid(normal(2 * n, 60, 4), normal(2 * n + 1, 60, 4), subsets=4)[0]
             for n in range(60)]
    assert abs(numpy.mean(found)) < 3 * numpy.std(found) / math.sqrt(60)
    assert distances.kid(normal(0, 60, 4), normal(1, 60, 4, shift=1.))[0] > 5 * numpy.std(found)


def test_kid_is_a_function_of_its_seed():
    a, b = normal(0, 40, 4), normal(1, 30, 4, shift=0.5)
    assert distances.kid(a, b) == distances.kid(a, b, subsets=100, size=15, seed=0)
    assert distances.kid(a, b, seed=1) != distances.kid(a, b)


def test_inception_score_of_known_probabilities():
    certain = numpy.eye(4)[numpy.arange(40) % 4]
    assert distances.inception_score(certain, 1) == pytest.approx((4, 0))
    assert distances.inception_score(numpy.full((40, 4), 0.25)) == pytest.approx((1, 0))
    # Half of the pictures are category 0 for certain, half of them 1 or 2.
    p = numpy.array([[1, 0, 0], [0, 0.5, 0.5]] * 10)
    divergence = 0.5 * math.log(1 / 0.5) + 0.5 * math.log(0.5 / 0.25)
    assert distances.inception_score(p, 1)[0] == pytest.approx(math.exp(divergence))


def test_the_parts_of_the_score_are_drawn_from_all_pictures():
    p = numpy.eye(2)[numpy.repeat([0, 1], 100)]  # sorted: in parts each would be of one category
    assert distances.inception_score(p, 2, seed=None) == pytest.approx((1, 0))
    assert distances.inception_score(p, 2)[0] > 1.9


@pytest.mark.parametrize('count', [(300, 200), (30, 40)])
def test_fid_agrees_with_torch_fidelity(fidelity, count):
    a, b = (numpy.abs(normal(n, count[n], 64, 1 + n / 5)).astype(numpy.float32) for n in (0, 1))
    assert distances.fid(a, b) == pytest.approx(fidelity.fid(a, b), abs=1e-3)


def test_kid_agrees_with_torch_fidelity(fidelity):
    a, b = (numpy.abs(normal(n, 80, 64, 1 + n / 10)).astype(numpy.float32) for n in (0, 1))
    whole = fidelity.kid(a, b, kid_subsets=1, kid_subset_size=80)[0]
    assert distances.kid(a, b, 1, 80)[0] == pytest.approx(whole, abs=1e-5) and whole > 0.01
    # Their subsets are other ones, so the means agree as the means of 100 draws do.
    mean, std = distances.kid(a, b, 100, 40)
    expected_mean, expected_std = fidelity.kid(a, b, kid_subsets=100, kid_subset_size=40)
    assert mean == pytest.approx(expected_mean, abs=4 * std * math.sqrt(2 / 100))
    assert std == pytest.approx(expected_std, rel=0.3)


def test_score_agrees_with_torch_fidelity(fidelity):
    logits = normal(0, 100, 20, 3.).astype(numpy.float32)
    p = numpy.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    for splits in 1, 7, 10:
        assert distances.inception_score(p, splits, seed=None) == pytest.approx(
            fidelity.score(logits, splits), abs=1e-3)


def test_too_few_pictures():
    a = normal(0, 9, 3)
    for function in distances.fid, distances.kid:
        name = function.__name__
        with pytest.raises(FoodganError, match=name + ' takes 2 pictures or more on either side, '
                                                      'not 1: add pictures or leave it out'):
            function(a, a[:1])
    with pytest.raises(FoodganError, match='subsets of 2 to as many .* not 5 out of 9 and 4'):
        distances.kid(a, a[:4], size=5)
    with pytest.raises(FoodganError, match='in 10 parts takes as many pictures, not 9'):
        distances.inception_score(numpy.full((9, 2), 0.5))
    distances.check('is', 0, 10)
    with pytest.raises(FoodganError, match='is takes 10 pictures or more, not 9'):
        distances.check('is', 100, 9)
