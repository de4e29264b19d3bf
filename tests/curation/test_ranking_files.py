"""Lists of a ranking: training takes them as they are, and no photo is lost or there twice."""

import csv

import numpy
import pytest

from chainer_foodgan.curation import ranking
from chainer_foodgan.visualizations import curation
from chainer_foodgan.datasets.opening import open_all
from chainer_foodgan.datasets.opening import open_dataset

SPLITS = ('train', 'train', 'test', 'train', 'train', 'val')


@pytest.fixture
def ranked(tmp_path, world):
    rng = numpy.random.default_rng(1)
    rows = []
    for label, name in enumerate(world.names):
        for number, split in enumerate(SPLITS):
            file = '{}/photo {}, no. 1.png'.format(name, number)
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
    ranking.write(ranked, root, tmp_path / 'out', {})
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
    paths = ranking.write(ranked, tmp_path / 'photos', tmp_path / 'out', {'a': 1})
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
        p = ['{:.1%}'.format(value) for value in ranked.probability[places]]
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
