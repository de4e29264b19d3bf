"""The script that trains the food mask, shrunken."""

import json

import numpy as np
import pytest
from PIL import Image

from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.masks import FoodMask
from masking import measuring


def figures(folder):
    return json.loads((folder / 'results' / 'figures.json').read_text('utf-8'))


@pytest.fixture(scope='module')
def photos(tmp_path_factory):
    folder = tmp_path_factory.mktemp('photos')
    Image.new('RGB', (40, 30), 'orange').save(folder / 'lunch.jpg')
    return folder


def test_it_trains_measures_and_leaves_a_mask(script, tmp_path, photos):
    out = script('train_mask', '--config', 'tiny', '--out', tmp_path)
    first = figures(tmp_path)
    assert first['iterations'] == 2 and 'the network alone' in out and 'with a mask' in out
    for name, refine in (('the network alone', 'none'), ('refined', 'auto')):
        find = FoodMask(refine, tmp_path / 'results' / 'mask.npz')
        bowls, overlaps = RenderedBowls(2, 32, 2000), []
        for index in range(2):  # as many as the configuration says
            food, found = bowls.mask(index), np.asarray(find(bowls.image(index))) > 127
            overlaps.append((food & found).sum() / (food | found).sum())
        assert first[name]['plain'] == pytest.approx(np.mean(overlaps), abs=0.02)
        assert first[name]['worst_tenth'] <= first[name]['grounds'] + 1e-9
    assert first['change']['without'] != first['change']['with']
    assert FoodMask('none', tmp_path / 'results' / 'mask.npz')(Image.new('RGB', (9, 7))).size == (
        9, 7)

    # A run that is over is measured again, from wherever it was started.
    script('train_mask', '--resume', '--photos', photos, '--out', tmp_path)
    second = figures(tmp_path)
    assert second['refined'] == first['refined'] and second['iterations'] == 2
    for name in 'bowls.png', 'photos.png':
        Image.open(tmp_path / 'results' / name).verify()


def test_a_mask_that_lets_nothing_through_keeps_all(monkeypatch):
    found = measuring.change_outside(
        'bowls_64', lambda photo: Image.new('L', photo.size), count=2, seed=3000)
    assert found['with']['change_outside'] == 0 < found['without']['change_outside']
    assert found['with']['psnr_translation'] == pytest.approx(found['with']['psnr_input'])


def test_overlaps_of_perfect_masks_are_whole(monkeypatch):
    masks = iter([mask[0] for plain in (True, False)
                  for _, mask in measuring.MaskedBowls(3, 32, 5, plain)])
    found = measuring.overlaps(
        lambda photo: Image.fromarray((255 * (next(masks) > 0.5)).astype(np.uint8)), 3, 32, 5)
    for key in 'plain', 'grounds':
        np.testing.assert_array_equal(found[key], 1)


@pytest.mark.parametrize('options, words', [
    (['--image-size', '40'], ['--image-size 40', '32']), (['--bowls', '1'], ['--bowls 1']),
    (['--photos', 'nowhere'], ['nowhere'])])
def test_mistakes_are_one_line(script, tmp_path, options, words):
    line = script('train_mask', '--config', 'tiny', *options, '--out', tmp_path / 'out', status=1)
    assert line.startswith('train_mask: ') and '\n' not in line
    for word in words:
        assert word in line
