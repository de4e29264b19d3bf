"""The study of the data's size: its measures, its parts, its script."""

import csv
import json
import types

import numpy
import pytest
from PIL import Image

import by_hand
from chainer_foodgan import images
from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.evaluations.distances import fid
from lib import data
from lib.appearance import Appearance, colour_distance, texture_distance

# --- Colour and texture.

def features(*pictures):
    """Of uint8 (H, W, 3)."""
    x = numpy.stack([images.to_array(Image.fromarray(picture)) for picture in pictures])
    found, p = Appearance()(x)
    assert found.shape == (len(pictures), Appearance.facts['dimension']) and len(p) == len(found)
    return found


@pytest.fixture
def noise():
    return numpy.random.default_rng(0).integers(0, 200, (32, 32, 3)).astype(numpy.uint8)


def test_a_shift_of_colour_is_no_change_of_texture(noise):
    a, b = features(noise), features(noise + numpy.uint8([30, 30, 30]))
    assert colour_distance(a, b) == pytest.approx(30, rel=1e-5)
    assert texture_distance(a, b) == 0


def test_pixels_that_change_places_keep_their_colours():
    ramp = numpy.repeat(numpy.arange(32)[:, None, None] * 4, 32, 1).repeat(3, 2).astype(numpy.uint8)
    middle = ramp[8:24, 8:24].reshape(-1, 3)
    mixed = ramp.copy()
    mixed[8:24, 8:24] = middle[numpy.random.default_rng(0).permutation(256)].reshape(16, 16, 3)
    a, b = features(ramp), features(mixed)
    assert colour_distance(a, b) == pytest.approx(0, abs=1e-4)
    assert texture_distance(a, b) > 0.9  # a ramp has a single pattern


def test_only_the_middle_counts(noise):
    other = 255 - noise
    other[8:24, 8:24] = noise[8:24, 8:24]
    assert (features(noise) == features(other)).all()


def test_colour_distance_is_the_way_that_sorted_levels_go(noise):
    rng = numpy.random.default_rng(1)
    sets = [rng.integers(0, high, (3, 16, 16, 3)).astype(numpy.uint8) for high in (90, 250)]
    ways = [numpy.sort(part[:, 4:12, 4:12].reshape(-1, 3), axis=0).astype(float) for part in sets]
    assert colour_distance(*(features(*part) for part in sets)) == pytest.approx(
        abs(ways[0] - ways[1]).mean(), rel=1e-4)


def test_patterns_are_those_that_one_counts():
    """A lone bright pixel: eight pixels see it, each in another place; all others see nothing."""
    picture = numpy.zeros((32, 32, 3), numpy.uint8)
    picture[16, 16] = 200
    patterns = features(picture)[0, 3 * 256:].reshape(2, 256) * [[14 * 14], [6 * 6]]
    for scale, pixels in zip(patterns, (14 * 14, 6 * 6)):
        expected = numpy.zeros(256)
        expected[0] = pixels - 8
        expected[2 ** numpy.arange(8)] = 1
        assert scale == pytest.approx(expected, abs=1e-3)


# --- The parts of the data.

def test_every_part_has_the_proportions_of_the_whole():
    labels = numpy.repeat([0, 1, 2], [60, 30, 10])
    order = data.evenly(labels, numpy.random.default_rng(0))
    assert sorted(order) == list(range(100))
    for count in range(1, 101):
        found = numpy.bincount(labels[order[:count]], minlength=3)
        assert abs(found - numpy.array([0.6, 0.3, 0.1]) * count).max() <= 1.5
    other = data.evenly(labels, numpy.random.default_rng(1))
    assert (other != order).any()


@pytest.fixture
def photos(tmp_path):
    """Fifteen pictures of each of two dishes."""
    bowls = RenderedBowls(30, 32, 5, ['rice', 'curry'])
    for index in range(30):
        images.save_image(bowls.image(index), tmp_path / 'photos' / bowls.categories[
            bowls.labels[index]] / f'{index}.png')
    return tmp_path / 'photos'


def test_lists_of_photos(photos, tmp_path):
    found = data.photos(str(photos), None, tmp_path, 32, ['rice', 'curry'], seed=0)
    assert len(found.labels) == 24 and len(found.unseen) == 6 and found.truth is None
    assert numpy.bincount(found.unseen.labels).tolist() == [3, 3]
    assert len(found.real) == 6  # as many as there are translations
    files = {}
    for count in (8, 24):
        given = found.options(count)
        assert given['images'] == str(photos) and given['categories'] == 'rice,curry'
        with open(given['list'], newline='') as file:
            rows = list(csv.DictReader(file))
        files[count] = {split: {row['file'] for row in rows if row['split'] == split}
                        for split in ('train', 'test')}
        assert len(files[count]['train']) == count and len(files[count]['test']) == 6
        assert not files[count]['train'] & files[count]['test']
    assert files[8]['train'] < files[24]['train'] and files[8]['test'] == files[24]['test']


# --- Likeness.

def test_likeness_is_a_mean_over_the_targets():
    from lib.appearance import LIKENESS, likeness
    rng = numpy.random.default_rng(0)
    labels = numpy.repeat([0, 1], 10)
    real = {'classifier': (rng.normal(size=(20, 3)), None),
            'appearance': (features(*rng.integers(0, 255, (20, 16, 16, 3)).astype('uint8')), None)}
    findings = types.SimpleNamespace(untouched=types.SimpleNamespace(features=real), labels=labels)
    same = likeness(findings, findings.untouched, [labels == 0, labels == 1])
    assert set(same) == {key for key, *_ in LIKENESS}
    assert max(map(abs, same.values())) < 1e-9
    others = likeness(findings, findings.untouched, [labels != 0, labels != 1])
    a, b = real['classifier'][0][:10], real['classifier'][0][10:]
    assert others['fid_classifier'] == pytest.approx((fid(a, b) + fid(b, a)) / 2)


# --- The script.

def record_of(folder):
    return json.loads((folder / 'results' / 'data_size.json').read_text('utf-8'))


def test_bowls(script, tmp_path):
    out = script('data_size', '--config', 'tiny', '--out', tmp_path)
    record = record_of(tmp_path)
    assert record['sizes'] == {'1/4 (8)': 8, 'all (32)': 32}
    for name, count in record['sizes'].items():
        row = record[name]
        assert row['iterations'] == 2 and name in out
        expected = by_hand.figures(next(tmp_path.glob(f'*_{count}')), 16, 32)
        assert {key: row[key] for key in expected} == pytest.approx(expected, rel=1e-4)
        assert row['translations'] == 16 * 3
        run = json.loads(next(tmp_path.glob(f'*_{count}/run.json')).read_text())
        assert run['arguments']['bowls'] == count and run['arguments']['image_size'] == 32
    known = record['likeness']
    assert list(known) == ['untouched', *record['sizes'], 'real bowls']
    # Other bowls of the dish look more like it than bowls of another.
    assert known['real bowls']['colour'] < known['untouched']['colour']
    assert known['real bowls']['texture'] < known['untouched']['texture']
    for name in ('data_size.png', 'curves.png'):
        with Image.open(tmp_path / 'results' / name) as picture:
            assert picture.mode == 'RGB' and min(picture.size) > 200

    # What is there already is used.
    models = {path: path.read_bytes() for path in tmp_path.glob('*/models/*.npz')}
    script('data_size', '--config', 'tiny', '--out', tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.glob('*/models/*.npz')} == models
    assert record_of(tmp_path)['all (32)']['accuracy'] == record['all (32)']['accuracy']


def test_photos(script, photos, tmp_path):
    out = script('data_size', '--config', 'tiny', '--images', photos, '--categories', 'rice,curry',
                 '--sizes', '1,1/2', '--iterations', '1', '--out', tmp_path / 'out')
    record = record_of(tmp_path / 'out')
    assert record['sizes'] == {'1/2 (12)': 12, 'all (24)': 24}
    assert record['all (24)']['iterations'] == 1 and 'psnr_gain' not in record['all (24)']
    assert '6 photos, held out' in out and 'trained on 24 pictures of 24_photos.csv' in out
    assert 'real photos' in record['likeness'] and 'judge was trained on the real photos' in out


@pytest.mark.parametrize('options, words', [
    (['--sizes', '1/100'], ['1/100', 'batch of 4']),
    (['--categories', 'rice,pizza'], ['pizza']),
    (['--images', 'nowhere'], ['nowhere'])])
def test_mistakes_are_one_line(script, tmp_path, options, words):
    line = script('data_size', '--config', 'tiny', *options, '--out', tmp_path / 'out', status=1)
    assert line.startswith('data_size: ') and '\n' not in line
    for word in words:
        assert word in line
    assert not list(tmp_path.glob('out/*/models'))


def test_too_few_photos(script, photos, tmp_path):
    for path in sorted((photos / 'rice').iterdir())[3:]:
        path.unlink()
    line = script('data_size', '--config', 'tiny', '--images', photos, '--categories', 'curry,rice',
                  '--out', tmp_path / 'out', status=1)
    assert '3 photos of rice are fewer' in line


@pytest.mark.parametrize('sizes', ['2', '0', '1/0', 'half', ''])
def test_sizes_are_parts_of_one(script, sizes):
    assert script('data_size', '--sizes', sizes, status=2) == 2
