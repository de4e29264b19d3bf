"""Carrying a change to a photo of another size."""

import numpy as np
import pytest
from PIL import Image

from chainer_foodgan.translation import photo as module
from chainer_foodgan.translation.photo import agreement, carry


def picture(array):
    return Image.fromarray(np.asarray(array).clip(0, 255).astype(np.uint8))


@pytest.fixture
def photo():
    """240 x 180 pixels: detail of one pixel on shades of 40 and more."""
    rng = np.random.default_rng(0)
    shades = np.asarray(picture(rng.uniform(60, 160, (6, 8, 3))).resize((240, 180), Image.BICUBIC))
    return picture(shades + rng.normal(0, 12, (180, 240, 3)))


def within(image, margin=24):
    return np.asarray(image, np.float32)[margin:-margin, margin:-margin]


def test_a_change_of_colour_keeps_the_photos_detail(photo):
    seen, colour = photo.resize((60, 45), Image.BILINEAR), np.float32([40, -20, 10])
    result = carry(photo, seen, picture(np.asarray(seen) + colour))
    assert result.mode == 'RGB' and result.size == photo.size
    # Twelve levels of noise would be off by nine on average, were they not carried over.
    assert abs(within(result) - (within(photo) + colour)).mean() < 1


def test_other_texture_is_taken_as_it_is(photo):
    seen = photo.resize((60, 45), Image.BILINEAR)
    changed = picture(np.random.default_rng(1).uniform(0, 255, (45, 60, 3)))
    larger = changed.resize(photo.size, Image.BICUBIC)
    assert abs(within(carry(photo, seen, changed)) - within(larger)).mean() < 3


def test_a_sharp_edge_stays_sharp_and_gets_no_halo():
    photo = np.full((160, 160, 3), 60.)
    photo[:, 81:] = 180
    seen = picture(photo).resize((40, 40), Image.BILINEAR)
    result = within(carry(picture(photo), seen, picture(np.asarray(seen) + 30.)))
    assert abs(result - within(photo + 30)).max() <= 4


def test_of_the_same_size_it_is_the_translation_itself(photo):
    changed = picture(np.random.default_rng(1).uniform(0, 255, (180, 240, 3)))
    assert carry(photo, photo, changed) is changed


def test_a_smaller_photo_gets_the_translation_scaled_down(photo):
    seen = photo.resize((480, 360), Image.BILINEAR)
    changed = picture(255 - np.asarray(seen, np.float32))
    expected = changed.resize(photo.size, Image.BICUBIC)
    assert abs(within(carry(photo, seen, changed)) - within(expected)).mean() < 1


def test_strips_do_not_show(photo, monkeypatch):
    seen = photo.resize((60, 45), Image.BILINEAR)
    changed = picture(np.random.default_rng(1).uniform(0, 255, (45, 60, 3)))
    results = []
    for rows in (1000, 7):
        monkeypatch.setattr(module, '_STRIP', rows * 240)
        results.append(np.int16(carry(photo, seen, changed)))
    assert abs(results[0] - results[1]).max() <= 1


def test_agreement():
    rng = np.random.default_rng(0)
    before = rng.uniform(0, 255, (40, 50)).astype(np.float32)
    for after, expected in ((before + 20, 1), (before / 2, 0.5), (2 * before, 1), (-before, 0)):
        share = agreement(before, after)
        assert share.dtype == np.float32 and share.shape == before.shape
        np.testing.assert_allclose(share, expected, atol=0.01)
    assert agreement(before, rng.uniform(0, 255, (40, 50)).astype(np.float32)).mean() < 0.05
    flat = np.full((40, 50), 90, np.float32)
    np.testing.assert_allclose(agreement(flat, flat + 50), 1, atol=1e-3)


def test_means_are_those_of_windows():
    values = np.random.default_rng(0).normal(size=(13, 11))
    radius = module._RADIUS
    wide = np.pad(values, radius, mode='symmetric')
    expected = [[wide[y:y + 2 * radius + 1, x:x + 2 * radius + 1].mean() for x in range(11)]
                for y in range(13)]
    np.testing.assert_allclose(module._means(values), expected)
