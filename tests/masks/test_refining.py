"""GrabCut puts the border where the colours change."""

import numpy as np
import pytest
from PIL import Image

from chainer_foodgan.masks.refining import refine

cv2 = pytest.importorskip('cv2', reason='refines masks: pip install opencv-python-headless')


def disc(radius, side=64):
    at = np.arange(side) - side / 2 + 0.5
    return np.hypot(at, at[:, None]) < radius


def picture(food, seed=0):
    """Red food on blue, with noise."""
    rng = np.random.default_rng(seed)
    pixels = np.where(food[..., None], (190, 60, 40), (40, 70, 180)) + rng.normal(
        0, 12, (*food.shape, 3))
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


@pytest.mark.parametrize('guessed', [16, 24])
def test_a_border_that_is_off_is_moved(guessed):
    food = disc(20)
    share = np.where(disc(14), 0.99, np.where(disc(guessed), 0.7, np.where(disc(26), 0.3, 0.01)))
    found = refine(cv2, picture(food), share.astype(np.float32))
    assert found.dtype == bool and (found != food).mean() < 0.01 < (disc(guessed) != food).mean()


def test_what_the_network_is_sure_of_stays():
    food = disc(20)
    share = np.where(disc(10), 0.01, np.where(disc(28), 0.99, 0.01)).astype(np.float32)
    np.testing.assert_array_equal(refine(cv2, picture(food), share), share > 0.5)


@pytest.mark.parametrize('value', [0.02, 0.4, 0.6, 0.97])
def test_all_and_nothing_stay(value):
    found = refine(cv2, picture(disc(20)), np.full((64, 64), value, np.float32))
    assert (found == (value > 0.5)).all()


def test_the_same_photo_has_the_same_mask():
    rng = np.random.default_rng(3)
    image = Image.fromarray(rng.integers(0, 256, (64, 64, 3), dtype=np.uint8))
    share = rng.uniform(0, 1, (64, 64)).astype(np.float32)
    first = refine(cv2, image, share)
    cv2.setRNGSeed(5)
    np.testing.assert_array_equal(refine(cv2, image, share), first)
