"""The clusters of bowls of two kinds, and what is counted of them."""

import csv
import json

import numpy
import pytest
from PIL import Image

import cluster_ramen as kinds
from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.datasets.opening import open_dataset
from chainer_foodgan.evaluations.classifier import load_classifier
from lib.uncurated import write_odd

pytest.importorskip('sklearn', reason='clusters: pip install scikit-learn')


def rows(path):
    with open(str(path), encoding='utf-8', newline='') as file:
        return list(csv.DictReader(file))


def test_the_bowls_are_of_the_kinds_that_the_list_says(tmp_path):
    write_odd(tmp_path, ('ramen', 'soba'), ['rice'], (40, 4), 0.3, 32, 5)
    found, bowls = rows(tmp_path / 'photos.csv'), RenderedBowls(44, 32, 5)
    assert [row['category'] for row in found] == 40 * ['ramen'] + 4 * ['rice']
    for index, row in enumerate(found):
        with Image.open(str(tmp_path / row['file'])) as picture:
            pixels = numpy.asarray(picture)
        shows = [name for name in ('ramen', 'soba', 'rice')
                 if (pixels == numpy.asarray(bowls.render(index, name))).all()]
        assert shows == [row['kind']]
    odd = [row['kind'] for row in found].count('soba')
    assert 4 < odd < 20 and {row['kind'] for row in found[40:]} == {'rice'}


def test_the_figures():
    """Of ten photos by hand; the adjusted Rand indices by their formula (Hubert & Arabie 1985)."""
    truth = numpy.array(6 * ['a'] + 4 * ['b'])
    labels = numpy.array([0, 0, 0, 1, 1, 2, 2, 2, 2, 1])
    assert kinds.mostly(truth, labels, 'b') == [2]
    found = kinds.figures(truth, labels, 'b', [2])
    assert found['purity'] == pytest.approx((3 + 2 + 3) / 10)
    assert found['odd_before'] == 0.4 and found['odd_after'] == pytest.approx(1 / 6)
    assert found['kept'] == pytest.approx(5 / 6)

    def index(table):
        def pairs(counts):
            return sum(count * (count - 1) / 2 for count in counts)
        table = numpy.array(table)
        rows, columns = pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
        chance = rows * columns / pairs([table.sum()])
        return (pairs(table.flat) - chance) / ((rows + columns) / 2 - chance)
    assert found['rand_clusters'] == pytest.approx(index([[3, 2, 1], [0, 1, 3]]))
    assert found['rand_dropped'] == pytest.approx(index([[5, 1], [1, 3]]))
    counts, _ = kinds.tables(truth, labels, ('a', 'b'), [2], found)
    assert counts[1:] == [['0', '3', '0', ''], ['1', '2', '1', ''], ['2', '1', '3', 'dropped']]


def test_the_script(script, tmp_path):
    out = script('cluster_ramen', '--config', 'tiny', '--out', tmp_path)
    assert 'the classifier knows neither ramen nor soba' in out and 'not of VGG16' in out
    classifier, _ = load_classifier(tmp_path / 'classifier.npz')
    assert len(classifier.categories) == 8 and not {'ramen', 'soba'} & set(classifier.categories)
    record = json.loads((tmp_path / 'results' / 'cluster_ramen.json').read_text('utf-8'))
    assert 0.5 <= record['purity'] <= 1 and record['script'] == 'cluster_ramen.py'
    for name in ('sheet.png', 'map.png'):
        Image.open(str(tmp_path / 'results' / name)).verify()
    table = rows(tmp_path / 'clusters' / 'clusters.csv')
    assert len(table) == 30 and {row['cluster'] for row in table} == {'0', '1', '2'}


def test_photos(script, tmp_path):
    """The clusters of photos, as the article's; those of the last run are used."""
    script('cluster_ramen', '--config', 'tiny', '--out', tmp_path / 'bowls')
    given = ('--config', 'tiny', '--images', tmp_path / 'bowls' / 'photos', '--category', 'ramen',
             '--classifier', tmp_path / 'bowls' / 'classifier.npz', '--out', tmp_path / 'photos')
    assert 'mean distance' in script('cluster_ramen', *given)
    script('cluster_ramen', *given, '--drop', '1')
    before, after = (open_dataset(tmp_path / 'bowls' / 'photos', path) for path in (
        None, tmp_path / 'photos' / 'clusters' / 'list.csv'))
    dropped = {row['file'] for row in rows(tmp_path / 'photos' / 'clusters' / 'clusters.csv')
               if row['cluster'] == '1'}
    assert len(after) == len(before) - len(dropped) < len(before)


@pytest.mark.parametrize('options, words', [
    (['--kinds', 'ramen'], '--kinds ramen: name two'),
    (['--kinds', 'ramen,pizza'], '--kinds ramen,pizza: name two'),
    (['--images', 'x'], 'needs --category')])
def test_mistakes_are_one_line(script, tmp_path, options, words):
    line = script('cluster_ramen', '--config', 'tiny', '--out', tmp_path, *options, status=1)
    assert line.startswith('cluster_ramen: ') and words in line and '\n' not in line
