"""Spots on a mask."""

import pathlib

import numpy as np
import pytest
from PIL import Image

from chainer_foodgan.web.painting import Brush
from chainer_foodgan.web.photos import Uploads


@pytest.fixture
def brush(tmp_path):
    """A brush for a plain photo of 60 x 40 whose left half may change; its uploads."""
    mask = Image.new('L', (60, 40))
    mask.paste(255, (0, 0, 30, 40))
    uploads = Uploads(tmp_path / 'uploads')
    return Brush.found(uploads, 'photo.jpg', Image.new('RGB', (60, 40), (200, 100, 50)),
                       mask), uploads


def pixels(path):
    with Image.open(path) as image:
        return np.asarray(image)


def test_what_changes_is_bright(brush):
    brush, _ = brush
    assert brush.photo == 'photo.jpg'
    np.testing.assert_array_equal(pixels(brush.shown)[5, 5], [200, 100, 50])
    np.testing.assert_array_equal(pixels(brush.shown)[5, 55], [70, 35, 18])


@pytest.mark.parametrize('paint, x', [(True, 45), (False, 15)])
def test_a_spot_is_a_disc_of_its_size(brush, paint, x):
    before = pixels(brush[0].mask)
    after = pixels(brush[0].painted(brush[1], [x, 20], paint, 25).mask)  # 10 pixels
    rows, columns = np.mgrid[:40, :60]
    distance = np.hypot(columns - x, rows - 20)
    np.testing.assert_allclose(after[distance < 5], 255 if paint else 0, atol=2)
    np.testing.assert_array_equal(after[distance > 16], before[distance > 16])
    assert before[20, x] != after[20, x]


@pytest.mark.parametrize('point', [[-500, 20], [1e12, 1e12], [30, 40],
                                   [float('nan'), float('inf')]])
def test_a_spot_beyond_the_edge(brush, point):
    assert brush[0].painted(brush[1], point, True, 8).mask != brush[0].mask


@pytest.mark.parametrize('point', [None, [1], ['x', 2], [[], 2]])
def test_a_point_that_is_none(brush, point):
    with pytest.raises((ArithmeticError, TypeError, ValueError)):
        brush[0].painted(brush[1], point, True, 8)


def test_a_mask_that_is_too_old(brush):
    assert brush[0].fits('photo.jpg') and not brush[0].fits('other.jpg')
    pathlib.Path(brush[0].mask).unlink()
    assert not brush[0].fits('photo.jpg') and not Brush().fits('photo.jpg')
    with pytest.raises(OSError):
        brush[0].painted(brush[1], [1, 1], True, 8)
    with pytest.raises(OSError):
        Brush().painted(brush[1], [1, 1], True, 8)
