"""Clusters and principal components, where the answer is known."""

import types

import numpy
import pytest

from chainer_foodgan.curation import kmeans
from chainer_foodgan.errors import FoodganError

pytest.importorskip('sklearn', reason='clusters: pip install scikit-learn')


def store(features):
    """Features as a store gives them, read in no more than so many rows at once."""
    def read(start, stop):
        assert stop - start <= 512 + 128
        return features[start:stop].copy()
    return types.SimpleNamespace(read=read)


def blobs(sizes, dimension=20, seed=0):
    """Well separated heaps of these sizes, in a random order, and which is which."""
    rng = numpy.random.default_rng(seed)
    truth = rng.permutation(numpy.repeat(numpy.arange(len(sizes)), sizes))
    centres = 20 * numpy.eye(len(sizes), dimension)
    return (centres[truth] + rng.standard_normal((len(truth), dimension))).astype('f'), truth


def test_clusters_are_the_heaps_the_largest_first():
    points, truth = blobs([10, 40, 25])
    found = kmeans.cluster(points, 3)
    assert (found.labels == numpy.array([2, 0, 1])[truth]).all()
    for number in range(3):
        mine = points[found.labels == number]
        numpy.testing.assert_allclose(
            found.distance[found.labels == number],
            numpy.linalg.norm(mine - mine.mean(axis=0), axis=1), rtol=1e-4)


def test_the_seed_says_all():
    points = numpy.random.default_rng(0).standard_normal((300, 5)).astype(numpy.float32)
    state = numpy.random.get_state()[1].copy()
    first, again = kmeans.cluster(points, 7, 3), kmeans.cluster(points, 7, 3)
    assert (first.labels == again.labels).all() and (first.distance == again.distance).all()
    assert (kmeans.plane(points, 1) == kmeans.plane(points, 1)).all()
    assert (numpy.random.get_state()[1] == state).all()


@pytest.mark.parametrize('count, kinds', [(4, 3), (5, 1)])
def test_fewer_kinds_than_clusters(count, kinds):
    points = numpy.repeat(numpy.eye(kinds, 5, dtype=numpy.float32), 6, axis=0)
    with pytest.raises(FoodganError, match=f'--clusters {count}: only {kinds} kinds'):
        kmeans.cluster(points, count)


def test_principal_components():
    """Of heaps in five dimensions, turned into 60, they are those of a whole decomposition."""
    rng = numpy.random.default_rng(0)
    wide = rng.standard_normal((1300, 5)) * [9, 7, 5, 3, 1] @ rng.standard_normal((5, 60))
    wide = wide.astype(numpy.float32)
    found = kmeans.principal_components(store(wide), len(wide), 5)
    centred = wide - wide.mean(axis=0)
    left, values, _ = numpy.linalg.svd(centred, full_matrices=False)
    expected = (left * values)[:, :5]
    assert found.shape == (1300, 5) and found.dtype == numpy.float32
    signs = numpy.sign((found * expected).sum(axis=0))  # which are free
    numpy.testing.assert_allclose(found * signs, expected, atol=1e-3 * abs(expected).max())


def test_no_distance_is_lost_where_there_are_components_enough():
    wide = blobs([30, 20], 40)[0]
    found = kmeans.principal_components(store(wide), 50)
    assert found.shape == (50, 40)
    numpy.testing.assert_allclose(
        numpy.linalg.norm(found[:, None] - found, axis=2),
        numpy.linalg.norm(wide[:, None] - wide, axis=2), atol=1e-3)


@pytest.mark.parametrize('count, dimension', [(1, 4), (2, 1), (9, 3), (12, 1), (40, 60)])
def test_any_number_of_points_has_a_place(count, dimension):
    points = numpy.random.default_rng(0).standard_normal((count, dimension)).astype('f')
    xy = kmeans.plane(points)
    assert xy.shape == (count, 2) and numpy.isfinite(xy).all()


def test_neighbours_are_together_on_the_plane():
    points, truth = blobs([30, 30, 30])
    xy = kmeans.plane(points)
    apart = numpy.linalg.norm(xy[:, None] - xy, axis=2)
    numpy.fill_diagonal(apart, numpy.inf)
    assert (truth[apart.argmin(axis=1)] == truth).all()
