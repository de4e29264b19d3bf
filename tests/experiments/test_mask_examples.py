"""Training pictures and their masks."""

import re

import numpy as np
import pytest
from PIL import Image

from chainer_foodgan import weights
from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.images import to_array, to_image
from chainer_foodgan.masks import FoodMask
from masking import examples as module
from masking.examples import MaskedBowls
from masking.training import iou


@pytest.fixture(scope='module')
def examples():
    return MaskedBowls(6, 48, 7)


def test_an_example_is_a_function_of_its_number_and_the_seed(examples):
    first, again = examples[3], MaskedBowls(6, 48, 7)[3]
    for array, other in zip(first, again):
        np.testing.assert_array_equal(array, other)
    for other in examples[9], MaskedBowls(6, 48, 8)[3]:  # the next epoch; another seed
        assert abs(other[0] - first[0]).mean() > 0.05


def test_shapes_and_ranges(examples):
    shares = []
    for number in range(60):
        x, mask = examples[number]
        assert (x.shape, x.dtype, mask.shape, mask.dtype) == (
            (3, 48, 48), np.float32, (1, 48, 48), np.float32)
        assert x.min() >= -1 and x.max() <= 1 and mask.min() >= 0 and mask.max() <= 1
        shares.append(mask.mean())
    # From a fifth (less where sticks or the border take some away) to nearly all.
    assert min(shares) < 0.3 and max(shares) > 0.85


def test_plain_ones_are_the_bowls_themselves():
    bowls, examples = RenderedBowls(3, 48, 7), MaskedBowls(3, 48, 7, plain=True)
    for number in range(6):  # every epoch sees the same
        x, mask = examples[number]
        np.testing.assert_array_equal(x, to_array(bowls.image(number % 3)))
        np.testing.assert_array_equal(mask[0], bowls.mask(number % 3))


def test_the_food_is_where_the_mask_says(examples, monkeypatch):
    """With a white dish on black ground and nothing else, the picture is the mask."""
    size, around = (48, 48), module.augmentations
    monkeypatch.setattr(around, 'ground', lambda rng, size: Image.new('RGB', (size, size)))
    monkeypatch.setattr(around, 'lay', lambda image, layer, shape, rng: image.paste(
        layer, mask=shape))  # no shadow
    monkeypatch.setattr(around, 'photographed', lambda image, rng: image)
    food = Image.new('L', size)
    food.paste(255, (12, 16, 36, 32))
    monkeypatch.setattr(MaskedBowls, '_dish', lambda self, rng, index: (
        Image.merge('RGB', 3 * [food]), food, food))
    monkeypatch.setattr(around, 'plate', lambda rng, size: (
        Image.new('RGB', (size, size)), Image.new('L', (size, size))))
    monkeypatch.setattr(MaskedBowls, '_cross', lambda *arguments: None)
    for number in range(12):
        x, mask = examples[number]
        difference = abs((x[0] + 1) / 2 - mask[0])
        soft = (mask[0] > 0) & (mask[0] < 1)  # a border is laid on twice
        assert difference[~soft].max() < 0.01 and difference.mean() < 0.02 and soft.mean() < 0.3


@pytest.mark.parametrize('scale, tilt', [(1, 1), (0.8, 0.6), (1.5, 0.9)])
def test_a_warp_scales_areas(scale, tilt):
    square = Image.new('L', (96, 96))
    square.paste(255, (36, 36, 60, 60))
    for seed in range(5):
        rng = np.random.default_rng(seed)
        warped = square.transform((96, 96), Image.Transform.AFFINE,
                                  module._warp(rng, 96, scale, tilt, 0.1), Image.BILINEAR)
        area = np.asarray(warped, float).sum() / 255
        assert area == pytest.approx(24 ** 2 * scale ** 2 * tilt, rel=0.03)


def test_a_warp_shifts_no_further_than_it_should():
    for seed in range(5):
        a, b, c, d, e, f = module._warp(np.random.default_rng(seed), 96, 1.3, 0.7, 0.2)
        # What comes to lie where the middle of the source goes.
        x, y = np.linalg.solve([[a, b], [d, e]], [48 - c, 48 - f])
        assert abs(x - 48) <= 0.2 * 96 + 1e-6 and abs(y - 48) <= 0.2 * 96 + 1e-6


@pytest.mark.parametrize('refine, figure', [
    ('none', r'and ([\d.]+) by the network alone'), ('grabcut', r'([\d.]+) on random grounds')])
def test_the_weights_that_ship_find_the_food_on_grounds_that_are_no_tables(refine, figure):
    """The overlap of their record, on a part of its bowls; the interval is over the bowls."""
    if refine == 'grabcut':
        pytest.importorskip('cv2', reason='refines masks: pip install opencv-python-headless')
    record = float(re.search(figure, weights.record('mask_food').quality)[1])
    find_mask, overlaps = FoodMask(refine), []
    for x, mask in MaskedBowls(24, 128, 2000):
        overlaps.append(iou(np.asarray(find_mask(to_image(x))) > 127, mask[0] > 0.5))
    error = np.std(overlaps, ddof=1) / np.sqrt(len(overlaps))
    assert abs(np.mean(overlaps) - record) < 1.96 * error + 0.005
    assert error < 0.05
