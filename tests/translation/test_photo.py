"""What the network sees of a photo, and the way back."""

import numpy as np
import pytest
from PIL import Image

from chainer_foodgan import images
from chainer_foodgan.translation.photo import Photo, box_of, carry


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
