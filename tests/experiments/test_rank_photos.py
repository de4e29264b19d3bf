"""The ranking of bowls of which some are wrong, and the counting of these."""

import csv
import json

import numpy
import pytest
from PIL import Image

import rank_photos
from chainer_foodgan.commands import main
from chainer_foodgan.datasets.bowls import RenderedBowls
from lib import uncurated


def test_what_is_wrong(tmp_path):
    kinds = uncurated.write_wrong(tmp_path, 40, 16, 0.6, seed=5)
    bowls, wrong = RenderedBowls(40, 16, 5), []
    with open(str(tmp_path / 'photos.csv'), newline='') as file:
        rows = list(csv.DictReader(file))
    assert [row['file'] for row in rows] == list(kinds)
    for index, row in enumerate(rows):
        label = int(bowls.labels[index])
        assert row['category'] == bowls.categories[label] == row['file'].split('/')[0]
        with Image.open(str(tmp_path / row['file'])) as picture:
            pixels = numpy.asarray(picture)
        shows = [name for name in bowls.categories
                 if (pixels == numpy.asarray(bowls.render(index, name))).all()]
        what = kinds[row['file']]
        assert row['what'] == what and (what == uncurated.RIGHT) == (row['category'] in shows)
        assert (what == 'another dish') == (len(shows) == 1 and shows != [row['category']])
        wrong.append(what != uncurated.RIGHT)
    assert 0.4 < numpy.mean(wrong) < 0.8 and set(kinds.values()) == {
        uncurated.RIGHT, *uncurated.WRONG}


def test_counting_the_wrong_ones(tmp_path):
    kinds = {'a1': 'right', 'a2': 'another dish', 'a3': 'right', 'a4': 'a corner',
             'b1': 'right', 'b2': 'a corner'}
    rows = [(file, file[0], int(file in ('a1', 'a2', 'b1'))) for file in kinds]
    with open(str(tmp_path / 'scores.csv'), 'w', newline='') as file:
        csv.writer(file).writerows([('file', 'category', 'kept'), *rows])
    orders = rank_photos.read(tmp_path / 'scores.csv', kinds)
    assert rank_photos.wrong(orders) == {'another dish': pytest.approx(1 / 3), 'a corner': 0}
    assert rank_photos.wrong(orders, 1) == {'another dish': pytest.approx(1 / 6),
                                            'a corner': pytest.approx(1 / 3)}
    assert rank_photos.wrong(orders, 0.25) == {'another dish': 0, 'a corner': 0}
    assert rank_photos.wrong_table(orders)[1:] == [
        ['a', '4', '50.0%', '2', '50.0%'], ['b', '2', '50.0%', '1', '0.0%'],
        ['all', '6', '50.0%', '3', '33.3%']]
    rank_photos.draw(orders, tmp_path / 'wrong.png')
    Image.open(str(tmp_path / 'wrong.png')).verify()


def test_a_category_of_which_none_is_kept():
    orders = {'a': (['right', 'a corner'], 0), 'b': (['right'], 1)}
    assert rank_photos.wrong_table(orders)[1] == ['a', '2', '50.0%', '0', '-']


def test_the_script(script, tmp_path):
    out = script('rank_photos', '--config', 'tiny', '--number', '2', '--out', tmp_path)
    record = json.loads((tmp_path / 'results' / 'rank_photos.json').read_text('utf-8'))
    assert record['rule'] == {'number': 2} and record['arguments']['config'] == 'tiny'
    assert sum(of_it['kept'] for of_it in record['categories'].values()) == 20
    with open(str(tmp_path / 'photos' / 'photos.csv'), newline='') as file:
        what = [row['what'] for row in csv.DictReader(file)]
    for kind in uncurated.WRONG:
        assert record['wrong']['before'][kind] == what.count(kind) / 60
        assert 0 <= record['wrong']['kept'][kind] <= 1
    assert '{:.1%}'.format(1 - what.count('right') / 60) in out
    pictures = {path.name for path in (tmp_path / 'results').glob('*.png')}
    assert {'sheet.png', 'sheet-3.png', 'histogram.png', 'wrong.png'} <= pictures
    for name in pictures:
        Image.open(str(tmp_path / 'results' / name)).verify()
    assert len((tmp_path / 'ranked' / 'list.csv').read_text('utf-8').splitlines()) == 21


def test_photos_and_a_classifier_of_ones_own(script, tmp_path):
    assert main(['bowls', '--out', str(tmp_path / 'photos'), '--count', '20', '--size', '16']) == 0
    line = script('rank_photos', '--images', tmp_path / 'photos', '--out', tmp_path, status=1)
    assert '--classifier' in line and '\n' not in line
    assert main(['train-classifier', '--out', str(tmp_path / 'c.npz'), '--bowls', '40',
                 '--num-epochs', '1', '--image-size', '16', '--conv-dim', '2']) == 0
    script('rank_photos', '--config', 'paper', '--images', tmp_path / 'photos', '--classifier',
           tmp_path / 'c.npz', '--keep', '0.5', '--out', tmp_path)
    record = json.loads((tmp_path / 'results' / 'rank_photos.json').read_text('utf-8'))
    assert 'wrong' not in record and record['rule'] == {'share': 0.5}
    assert {of_it['kept'] for of_it in record['categories'].values()} == {1}
    assert not (tmp_path / 'results' / 'wrong.png').exists()
