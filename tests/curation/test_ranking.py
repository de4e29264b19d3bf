"""Ranking against the formula: softmax of what a photo and its mirror image say."""

import numpy
import pytest

from chainer_foodgan.curation import ranking
from chainer_foodgan.datasets.opening import open_all
from chainer_foodgan.curation.ranking import summary, table
from chainer_foodgan.errors import FoodganError

COUNT = 11


@pytest.fixture
def photos(tmp_path, world):
    """Photos around their category's brightness; the data set and the two halves of each."""
    rng = numpy.random.default_rng(0)
    halves = []
    for label, name in enumerate(world.names):
        for number in range(COUNT):
            both = numpy.clip(world.levels[label] + rng.integers(-110, 111, 2), 0, 255)
            world.save(tmp_path / name / '{:02d}.png'.format(number), *both)
            halves.append(both)
    dataset, splits = open_all(tmp_path)
    return dataset, splits, numpy.array(halves).T


def rank(photos, classifier, rule=ranking.share(0.5), **options):
    return ranking.Ranking(photos[0], options.pop('splits', photos[1]), classifier, rule, **options)


@pytest.mark.parametrize('batch_size', [1, 4, 100])
def test_probabilities_and_order(photos, world, batch_size):
    done = []
    meter = world.Meter(('light', 'dark', 'grey'), most=batch_size)
    ranked = rank(photos, meter, batch_size=batch_size,
                  progress=lambda *counts: done.append(counts))
    expected = world.probability(*photos[2], photos[0].labels)
    assert sorted(ranked.indices) == list(range(3 * COUNT))
    numpy.testing.assert_allclose(ranked.probability, expected[ranked.indices], rtol=1e-4)
    assert ranked.labels.tolist() == sorted(photos[0].labels)
    for label in range(3):
        places = ranked.of(label)
        assert (numpy.diff(ranked.probability[places]) <= 0).all()
        assert (photos[0].labels[ranked.indices[places]] == label).all()
    every = numpy.stack([world.probability(*photos[2], numpy.full(3 * COUNT, label))
                         for label in range(3)])
    assert ranked.called == [world.names[n] for n in every.argmax(axis=0)[ranked.indices]]
    assert done[-1] == (3 * COUNT, 3 * COUNT)
    assert len(done) == -(-3 * COUNT // batch_size)


@pytest.mark.parametrize('rule, kept', [
    (ranking.share(0.2), 2), (ranking.share(0.01), 1), (ranking.share(0.5), 6),
    (ranking.number(3), 3), (ranking.number(99), COUNT)])
def test_how_many_are_kept(photos, world, rule, kept):
    ranked = rank(photos, world.Meter(), rule)
    for label in range(3):
        assert ranked.kept[ranked.of(label)].tolist() == kept * [True] + (COUNT - kept) * [False]


def test_a_threshold(photos, world):
    expected = world.probability(*photos[2], photos[0].labels)
    ranked = rank(photos, world.Meter(), ranking.threshold(0.7))
    assert 0 < ranked.kept.sum() < 3 * COUNT
    assert ranked.kept.tolist() == (expected[ranked.indices] >= 0.7).tolist()
    with pytest.raises(FoodganError) as error:
        rank(photos, world.Meter(), ranking.threshold(0.9999999))
    assert '{:.3g}'.format(expected.max()) in str(error.value)
    assert 'lower' in str(error.value) and '\n' not in str(error.value)


def test_a_threshold_that_one_category_does_not_reach(tmp_path, world):
    world.save(tmp_path / 'dark' / '0.png', 40)
    world.save(tmp_path / 'light' / '0.png', 40)
    ranked = ranking.Ranking(*open_all(tmp_path), world.Meter(), ranking.threshold(0.5))
    assert ranked.kept.tolist() == [True, False]
    figures = summary(ranked)
    assert figures['light']['lowest_kept'] is None and figures['dark']['highest_left_out'] is None
    assert '-' in table(figures)[1] and '-' in table(figures)[2]


def test_equal_photos_stay_in_order_and_saturated_ones_are_told_apart(tmp_path, world):
    class Sure(world.Meter):
        def scores(self, x):
            return 1000 * super().scores(x)

    for number, level in enumerate((50, 40, 40, 60)):
        world.save(tmp_path / 'dark' / '{}.png'.format(number), level)
    world.save(tmp_path / 'light' / '0.png', 215)
    ranked = ranking.Ranking(*open_all(tmp_path), Sure(), ranking.share(0.5))
    # All are 1 to any precision but that of the logarithm; then the order of the data set holds.
    assert (ranked.probability == 1).all()
    assert ranked.indices[ranked.of(0)].tolist() == sorted(ranked.indices[ranked.of(0)])
    milder = ranking.Ranking(*open_all(tmp_path), world.Meter(), ranking.share(0.5))
    assert milder.indices[milder.of(0)].tolist() == [1, 2, 0, 3]


def test_other_splits_are_kept(photos, world):
    splits = [('test', 'train')[number % 2] for number in range(3 * COUNT)]
    ranked = rank(photos, world.Meter(), splits=splits)
    held = [places for places in range(3 * COUNT) if splits[ranked.indices[places]] == 'test']
    assert ranked.kept[held].all() and not ranked.train[held].any()
    figures = summary(ranked)
    for label, name in enumerate(world.names):
        count = sum(split == 'train' for split in splits[label * COUNT:(label + 1) * COUNT])
        assert len(ranked.of(label)) == figures[name]['photos'] == count
        assert ranked.kept[ranked.of(label)].sum() == figures[name]['kept'] == round(count / 2)
        assert figures[name]['other_splits'] == COUNT - count


def test_the_figures(photos, world):
    ranked = rank(photos, world.Meter(), ranking.number(4))
    expected = world.probability(*photos[2], photos[0].labels)
    for label, name in enumerate(world.names):
        own = numpy.sort(expected[photos[0].labels == label])[::-1]
        figures = summary(ranked)[name]
        assert figures['lowest_kept'] == pytest.approx(own[3], rel=1e-4)
        assert figures['highest_left_out'] == pytest.approx(own[4], rel=1e-4)
        assert figures['mean'] == pytest.approx(own.mean(), rel=1e-4)
        called = [ranked.called[place] for place in ranked.of(label)]
        assert figures['taken_for_it'] == pytest.approx(called.count(name) / COUNT)


def test_categories_that_the_classifier_does_not_know(photos, world):
    ranked = rank(photos, world.Meter(('light', 'grey')))
    assert ranked.categories == ['grey', 'light'] and ranked.unknown == ['dark']
    assert sorted(ranked.indices) == list(range(COUNT, 3 * COUNT))
    names = ('light', 'grey')
    own = [names.index(world.names[label]) for label in photos[0].labels[COUNT:]]
    expected = world.probability(*photos[2][:, COUNT:], own, names)
    numpy.testing.assert_allclose(ranked.probability, expected[ranked.indices - COUNT], rtol=1e-4)

    class Other(world.Meter):
        def __init__(self):
            self.categories = ('pizza', 'pie')
    with pytest.raises(FoodganError) as error:
        rank(photos, Other())
    assert 'pizza' in str(error.value) and 'dark' in str(error.value)
