"""Drawings into dishes: how they are made, what is measured of them."""

import json

import numpy
import pytest
from PIL import Image

import anime
from anime import INK, draw
from chainer_foodgan.datasets.bowls import RenderedBowls


def test_drawings_are_flat_and_outlined():
    drawing = draw(RenderedBowls(1, 128, 3).image(0), 3, colours=6)
    pixels = numpy.asarray(drawing).astype(int)
    assert pixels.shape == (128, 128, 3)
    assert len(numpy.unique(pixels.reshape(-1, 3), axis=0)) <= 6 + 1
    ink = (pixels == INK).all(axis=2)
    assert 0.02 < ink.mean() < 0.6
    for a, b, inked in ((pixels[1:], pixels[:-1], ink[1:] | ink[:-1]),
                        (pixels[:, 1:], pixels[:, :-1], ink[:, 1:] | ink[:, :-1])):
        assert ((a == b).all(axis=2) | inked).all()  # no two colours meet without a line


def striped(at, ground=200, ink=20):
    """A dark line two pixels wide on a flat ground."""
    picture = numpy.full((32, 32, 3), ground, numpy.uint8)
    picture[:, at:at + 2] = ink
    return Image.fromarray(picture)


FLAT = Image.new('RGB', (32, 32), (200, 200, 200))


@pytest.mark.parametrize('after, kept, added', [
    (striped(10), 1, 0),
    (striped(11), 1, 0),                                           # a pixel away is near enough
    (striped(22), 0, 1),
    (striped(10, ground=60, ink=55), 0, float('nan')),             # too faint for a line
    (FLAT, 0, float('nan'))])
def test_lines_kept_and_added(after, kept, added):
    found = anime.measure(striped(10), after)
    assert found['kept'] == kept and found['added'] == pytest.approx(added, nan_ok=True)
    # What is near a line: its four steep columns, and one on either side.
    share = 0 if numpy.isnan(added) else 6 / 32
    assert found['chance'] == pytest.approx(share)


def test_lines_in_and_outside_the_food():
    before = numpy.asarray(striped(10)).copy()
    before[:, 20:22] = 20
    food = numpy.zeros((32, 32), bool)
    food[:, 16:] = True
    found = anime.measure(Image.fromarray(before), striped(10), food)
    assert (found['kept_outside'], found['kept_inside'], found['kept']) == (1, 0, 0.5)
    assert 'kept_inside' not in anime.measure(striped(10), striped(10))


def test_ink():
    found = anime.measure(striped(10), striped(10, ink=90))
    assert (found['ink_before'], found['ink_after']) == (20, 90)
    assert numpy.isnan(anime.measure(FLAT, FLAT)['ink_before'])


def test_flat_colour():
    checked = numpy.full((32, 32, 3), 100, numpy.uint8)
    checked[::2, ::2] += 20
    checked[1::2, 1::2] += 20
    found = anime.measure(FLAT, Image.fromarray(checked))
    assert found['spread_before'] == 0
    # Of 25 pixels 12 or 13 are 20 brighter: a spread of 20 sqrt(12 * 13) / 25.
    assert found['spread_after'] == pytest.approx(20 * (12 * 13) ** 0.5 / 25)
    # Near the line nothing is flat, and what happens to it there does not count.
    assert anime.measure(striped(10), striped(10, ink=90))['spread_after'] == 0


def test_overlay():
    shown = numpy.asarray(anime.overlay(striped(10), striped(22)))
    kept = numpy.asarray(anime.overlay(striped(10), striped(10)))
    assert (kept == 0).all(axis=2).any(axis=0).nonzero()[0].tolist() == [9, 10, 11, 12]
    red, blue = (shown[..., 0] == 220), (shown[..., 2] == 220)
    assert red.any(axis=0).nonzero()[0].tolist() == [9, 10, 11, 12]
    assert blue.any(axis=0).nonzero()[0].tolist() == [21, 22, 23, 24]


def record_of(folder):
    return json.loads((folder / 'results' / 'anime.json').read_text('utf-8'))


def test_bowls_are_drawn(script, tmp_path):
    out = script('anime', '--config', 'tiny', '--out', tmp_path)
    figures = record_of(tmp_path)
    for dish in ('rice', 'ramen', 'all'):
        found = figures[dish]
        assert 0 <= found['kept'] <= 1 and found['spread_before'] < anime.EVEN
        assert (min(found['kept_inside'], found['kept_outside']) <= found['kept']
                <= max(found['kept_inside'], found['kept_outside']))
    assert 'made into drawings' in out and 'at 64 pixels' in out
    for name in ('anime.png', 'lines.png'):
        with Image.open(tmp_path / 'results' / name) as picture:
            assert picture.width > 3 * 256


def test_stills_are_taken_as_they_are(script, tmp_path):
    path = tmp_path / 'still.png'
    striped(10).save(path)
    out = script('anime', '--config', 'tiny', '--photos', path, '--out', tmp_path)
    assert 'drawings' not in out
    figures = record_of(tmp_path)
    assert 'kept_inside' not in figures['all'] and figures['all']['ink_before'] < anime.DARK
