"""Rankings: the order, the rules, and the lists and pictures that are left of them."""

import csv

import numpy
import pytest

from chainer_foodgan.curation import rank as ranking
from chainer_foodgan.curation.rank import summary, table, write
from chainer_foodgan.datasets.opening import open_all, open_dataset
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.visualizations import curation

COUNT = 11


@pytest.fixture
def photos(tmp_path, world):
    """Photos around their category's brightness; the data set and the two halves of each."""
    rng = numpy.random.default_rng(0)
    halves = []
    for label, name in enumerate(world.names):
        for number in range(COUNT):
            both = numpy.clip(world.levels[label] + rng.integers(-110, 111, 2), 0, 255)
            world.save(tmp_path / name / f'{number:02d}.png', *both)
            halves.append(both)
    dataset, splits = open_all(tmp_path)
    return dataset, splits, numpy.array(halves).T


HALF = ranking.share(0.5)


def rank(photos, classifier, rule=HALF, **options):
    return ranking.Ranking(photos[0], options.pop('splits', photos[1]), classifier, rule,
                              **options)


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
    assert f'{expected.max():.3g}' in str(error.value)
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
        world.save(tmp_path / 'dark' / f'{number}.png', level)
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


SPLITS = ('train', 'train', 'test', 'train', 'train', 'val')


@pytest.fixture
def ranked(tmp_path, world):
    rng = numpy.random.default_rng(1)
    rows = []
    for label, name in enumerate(world.names):
        for number, split in enumerate(SPLITS):
            file = f'{name}/photo {number}, no. 1.png'
            world.save(tmp_path / 'photos' / file,
                       *numpy.clip(world.levels[label] + rng.integers(-110, 111, 2), 0, 255))
            rows.append([file, name, split, '0.1 0.25 0.5 1' if number % 2 else ''])
    with open(str(tmp_path / 'all.csv'), 'w', newline='') as file:
        csv.writer(file).writerows([['file', 'category', 'split', 'dish_box'], *rows])
    dataset, splits = open_all(tmp_path / 'photos', tmp_path / 'all.csv')
    return ranking.Ranking(dataset, splits, world.Meter(), ranking.share(0.5))


def rows(path):
    with open(str(path), encoding='utf-8', newline='') as file:
        return list(csv.DictReader(file))


def test_a_round_trip_keeps_every_photo_once(tmp_path, ranked):
    root = tmp_path / 'photos'
    write(ranked, root, tmp_path / 'out', {})
    for split in ('train', 'test', 'val'):
        before = open_dataset(root, tmp_path / 'all.csv', split=split)
        after = open_dataset(root, tmp_path / 'out' / 'scores.csv', split=split)
        assert sorted(before.photos) == sorted(after.photos)
        assert len(set(after.photos)) == len(after.photos)
        kept = open_dataset(root, tmp_path / 'out' / 'list.csv', split=split)
        assert kept.categories == before.categories
        if split == 'train':
            assert len(kept) == 3 * 2 and set(kept.photos) < set(before.photos)
        else:
            assert sorted(kept.photos) == sorted(before.photos)


def test_the_columns(tmp_path, ranked, world):
    paths = write(ranked, tmp_path / 'photos', tmp_path / 'out', {'a': 1})
    assert [path.name for path in paths] == ['list.csv', 'scores.csv', 'figures.json']
    scores, kept = rows(paths[1]), rows(paths[0])
    assert len(scores) == 18 and kept == [row for row in scores if row['kept'] == '1']
    for label, name in enumerate(world.names):
        of_it = [row for row in scores if row['category'] == name]
        train = [float(row['probability']) for row in of_it if row['split'] == 'train']
        assert len(train) == 4 and train == sorted(train, reverse=True)
        assert [row['kept'] for row in of_it if row['split'] == 'train'] == ['1', '1', '0', '0']
        assert all(row['kept'] == '1' for row in of_it if row['split'] != 'train')
        assert {row['taken_for'] for row in of_it} <= set(world.names)
        # The first place is the best photo.
        best = ranked.dataset.photos[ranked.indices[ranked.of(label)[0]]]
        assert best.file.endswith(of_it[0]['file'])
    numpy.testing.assert_allclose([float(row['probability']) for row in scores],
                                  ranked.probability, rtol=1e-5)


def test_sheets(tmp_path, ranked, world, monkeypatch):
    """Of each category the best, those around the border and the worst, with a rule between."""
    drawn = []
    monkeypatch.setattr(curation, '_COLUMNS', 2)
    real = curation.contact_sheet
    monkeypatch.setattr(curation, 'contact_sheet',
                        lambda *args: drawn.append(args) or real(*args))
    monkeypatch.setattr(curation, 'PER_SHEET', 2)
    paths = curation.write_ranking(ranked, tmp_path / 'out')
    assert [path.name for path in paths] == ['sheet.png', 'sheet-2.png', 'histogram.png']
    assert all(path.read_bytes().startswith(b'\x89PNG') for path in paths)
    pictures, names, _, captions, _, rules = (drawn[0][n] + drawn[1][n] if n not in (2, 4) else None
                                              for n in range(6))
    assert len(names) == 9 and rules == 3 * [None, 1, None]
    for label, name in enumerate(world.names):
        places = ranked.of(label)
        p = [f'{value:.1%}' for value in ranked.probability[places]]
        assert captions[3 * label:3 * label + 3] == [p[:2], p[1:3], p[2:]]
        assert all(name in text for text in names[3 * label:3 * label + 3])
        assert '2 kept and 2 left out' in names[3 * label + 1]
        first = ranked.dataset.image(ranked.indices[places[0]])
        assert pictures[3 * label][0].tobytes() == first.tobytes()


def test_a_histogram_counts_every_photo(tmp_path, ranked, monkeypatch):
    from matplotlib.axes import Axes
    seen, lines = [], []
    real = Axes.hist
    monkeypatch.setattr(Axes, 'hist', lambda self, values, bins, **options: seen.append(
        values) or real(self, values, bins, **options))
    monkeypatch.setattr(Axes, 'axvline', lambda self, x, **options: lines.append(x))
    curation.draw_histogram(ranked, tmp_path / 'histogram.png')
    for label, (kept, others) in enumerate(seen):
        assert sorted([*others, *kept]) == sorted(ranked.probability[ranked.of(label)])
        assert min(kept) == lines[label] >= max(others)
