"""Keeping a change inside a mask, pixel by pixel."""

import numpy as np
import pytest
from PIL import Image

from chainer_foodgan.masks import blend, note


def noise(seed, width=23, height=17):
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def test_black_keeps_white_changes_grey_is_between():
    photo, changed = noise(0), noise(1)
    levels = np.random.default_rng(2).choice([0, 0, 64, 128, 255], (17, 23)).astype(np.uint8)
    result = np.asarray(blend(photo, changed, Image.fromarray(levels)))
    np.testing.assert_array_equal(result[levels == 0], np.asarray(photo)[levels == 0])
    np.testing.assert_array_equal(result[levels == 255], np.asarray(changed)[levels == 255])
    share = levels[..., None] / 255
    expected = np.asarray(photo) * (1 - share) + np.asarray(changed) * share
    assert abs(result - expected).max() <= 0.51


def test_a_mask_of_another_size_is_scaled():
    photo, changed = noise(0, 40, 20), noise(1, 40, 20)
    half = Image.new('L', (4, 2))
    half.paste(255, (2, 0, 4, 2))
    result = np.asarray(blend(photo, changed, half))
    # The border's softness reaches a pixel of the mask, ten of the photo, to each side.
    np.testing.assert_array_equal(result[:, :10], np.asarray(photo)[:, :10])
    np.testing.assert_array_equal(result[:, 30:], np.asarray(changed)[:, 30:])


@pytest.mark.parametrize('mode', ['1', 'LA', 'P', 'RGB', 'RGBA', 'I'])
def test_masks_of_any_mode(mode):
    mask = Image.fromarray(np.uint8([[0, 255], [255, 0]])).resize((8, 8), Image.NEAREST)
    if mode == 'I':  # which holds 16 bits
        given = mask.convert('I').point(lambda value: value * 257)
    else:
        given = mask.convert(mode)
    photo, changed = noise(0, 8, 8), noise(1, 8, 8)
    np.testing.assert_array_equal(blend(photo, changed, given), blend(photo, changed, mask))


@pytest.mark.parametrize('low, high, says', [
    (0, 0, 'nothing is changed'), (0, 1, 'nothing is changed'), (255, 255, 'nothing is kept'),
    (254, 255, 'nothing is kept'), (0, 255, None), (100, 140, None)])
def test_masks_that_say_nothing(low, high, says):
    found = note(Image.fromarray(np.uint8([[low, high]])))
    assert found is None if says is None else says in found
