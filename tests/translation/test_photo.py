"""What the network sees of a photo, and the way back, also to a photo of another size."""

import numpy as np
import pytest
from PIL import Image

from chainer_foodgan import images
from chainer_foodgan.translation import photo as module
from chainer_foodgan.translation.photo import Photo, agreement, box_of, carry


def noise(width, height, seed=0):
    return Image.fromarray(np.random.default_rng(seed).integers(
        0, 256, (height, width, 3), dtype=np.uint8))


def mask_of(size, box, value=255):
    mask = Image.new('L', size)
    mask.paste(value, box)
    return mask


@pytest.mark.parametrize('size, food, expected', [
    ((400, 300), (100, 100, 200, 200), (85, 85, 215, 215)),  # 15 % more to each side
    ((400, 300), (0, 0, 100, 100), (0, 0, 130, 130)),  # moved inwards at the border
    ((400, 300), (300, 200, 400, 300), (270, 170, 400, 300)),
    ((400, 300), (100, 150, 250, 160), (78, 83, 272, 228)),  # no thinner than 1 : 1.5 and margin
    ((400, 300), (0, 0, 400, 300), (0, 0, 400, 300)), ((400, 300), (0, 0, 0, 0), (0, 0, 400, 300)),
    ((400, 3), (0, 1, 9, 2), (0, 0, 12, 3))])
def test_the_network_sees_the_food_and_a_margin(size, food, expected):
    found = box_of(mask_of(size, food))
    assert np.abs(np.subtract(found, expected)).max() <= 1
    assert found[0] >= 0 and found[1] >= 0 and found[2] <= size[0] and found[3] <= size[1]


def test_with_a_mask_the_part_is_scaled_to_the_size():
    image, mask = noise(400, 300), mask_of((400, 300), (100, 100, 200, 200))
    photo = Photo.whole(image, 26, mask)
    assert photo.box == (85, 85, 215, 215) and photo.image is image
    expected = image.crop(photo.box).resize((26, 26), Image.BILINEAR)
    np.testing.assert_array_equal(photo.array, images.to_array(expected))
    without = Photo.whole(image, 30, None)
    np.testing.assert_array_equal(
        without.array, images.to_array(image.resize((40, 30), Image.BILINEAR)))


@pytest.mark.parametrize('scale', [1, 1 / 4])  # a mask may be smaller than its photo
def test_everything_outside_of_the_mask_stays(scale):
    image = noise(400, 300)
    mask = mask_of((400, 300), (100, 100, 200, 200)).resize(
        (round(400 * scale), round(300 * scale)), Image.BILINEAR)
    photo = Photo.whole(image, 26, mask)
    changed = noise(26, 26, seed=1)
    result = np.asarray(photo.finish(changed))
    mask = np.asarray(mask.resize(image.size, Image.BILINEAR))
    assert (mask == 0).mean() > 0.8
    np.testing.assert_array_equal(result[mask == 0], np.asarray(image)[mask == 0])
    left, upper, right, lower = photo.box
    part = carry(image.crop(photo.box), images.to_image(photo.array), changed)
    inside = mask[upper:lower, left:right] == 255
    assert inside.sum() > 5000
    np.testing.assert_array_equal(result[upper:lower, left:right][inside], np.asarray(part)[inside])
    np.testing.assert_array_equal(photo.image, noise(400, 300))  # what is given stays as it was


def test_results_of_the_networks_size():
    image, mask = noise(400, 300), mask_of((400, 300), (100, 100, 200, 200))
    photo = Photo.scaled(image, 30, mask)
    small = image.resize((40, 30), Image.BILINEAR)
    np.testing.assert_array_equal(photo.array, images.to_array(small))
    changed = noise(40, 30, seed=1)
    result = np.asarray(photo.finish(changed))
    np.testing.assert_array_equal(result[:9], np.asarray(small)[:9])
    np.testing.assert_array_equal(result[11:19, 11:19], np.asarray(changed)[11:19, 11:19])


def test_a_black_mask_changes_nothing_and_a_white_one_all():
    image, changed = noise(40, 30), noise(20, 15, seed=1)
    for mask in (Image.new('L', (40, 30)), Image.new('L', (40, 30), 255)):
        photo = Photo.whole(image, 15, mask)
        expected = image if mask.getextrema() == (0, 0) else carry(
            image, image.resize((20, 15), Image.BILINEAR), changed)
        np.testing.assert_array_equal(photo.finish(changed), expected)


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
