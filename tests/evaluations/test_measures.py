import math
import sys

import numpy
import pytest

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.evaluations import metrics
from chainer_foodgan.evaluations.figures import bootstrap


@pytest.fixture
def pair():
    """Two pictures of 3 x 2 x 4 that differ by 0.5 in one corner and by 0.1 on the left half."""
    x = numpy.zeros((3, 2, 4), numpy.float32)
    y = x.copy()
    y[:, :, :2] = 0.1
    y[:, 0, 3] = -0.5
    return x, y


def where(*pixels):
    mask = numpy.zeros((2, 4), bool)
    for row, column in pixels:
        mask[row, column] = True
    return mask


def test_change_by_hand(pair):
    # (0.1 + 0.5 + 0) / 3 of a range of 2, which 255 steps make up.
    expected = (0.1 + 0.5 + 0) / 3 / 2 * 255
    assert metrics.change(*pair, where((0, 0), (0, 3), (1, 3))) == pytest.approx(expected)


def test_change_looks_only_where_it_should(pair):
    assert metrics.change(*pair, where((0, 2), (1, 2), (1, 3))) == 0
    assert math.isnan(metrics.change(*pair, where()))


def test_change_of_one_step_of_a_picture_is_one():
    x = numpy.full((3, 2, 4), -1, numpy.float32)
    assert metrics.change(x, x + numpy.float32(2 / 255), where((1, 1))) == pytest.approx(1)


def test_change_of_the_whole_picture(pair):
    # Three columns of four are as they were at 0, of which one corner is off by 0.5.
    assert metrics.change(*pair) == pytest.approx((4 * 0.1 + 0.5) / 8 / 2 * 255)


def test_edges_by_hand():
    """Central differences inside, one-sided ones at the border."""
    x = numpy.zeros((3, 2, 3), numpy.float32)
    y = x.copy()
    x[:, 1, 1] = 1
    y[1] = [[0, 0, 1], [1, 1, 1]]  # green alone: 0.587 of the luma
    a = numpy.hypot([[0, 0, 0], [1, 0, -1]], [[0, 1, 0], [0, 1, 0]])
    b = 0.587 * numpy.hypot([[0, 0.5, 1], [0, 0, 0]], [[1, 1, 0], [1, 1, 0]])
    expected = numpy.corrcoef(a.ravel(), b.ravel())[0, 1]
    assert metrics.edges(x, y) == pytest.approx(expected)


def test_edges_do_not_see_contrast_and_brightness_but_where_lines_are():
    rng = numpy.random.default_rng(0)
    x = rng.uniform(-1, 1, (3, 16, 16)).astype(numpy.float32)
    assert metrics.edges(x, 0.3 * x + 0.2) == pytest.approx(1)
    assert metrics.edges(x, -x) == pytest.approx(1)
    assert abs(metrics.edges(x, rng.uniform(-1, 1, x.shape))) < 0.3
    assert metrics.edges(x, x[:, ::-1]) < 0.5
    assert math.isnan(metrics.edges(x, numpy.zeros_like(x)))


def test_ssim_of_known_pictures():
    """Flat pictures of brightness a and b: (2 a b + C) / (a^2 + b^2 + C), C = (0.01 * 2)^2."""
    pytest.importorskip('skimage', reason='structural similarity: pip install scikit-image')
    a, b, C = 0.5, 0.25, 0.02 ** 2
    x, y = (numpy.full((3, 16, 16), level, numpy.float32) for level in (a, b))
    everywhere = numpy.ones((16, 16), bool)
    assert metrics.ssim(x, y, everywhere) == pytest.approx((2 * a * b + C) / (a * a + b * b + C))
    assert metrics.ssim(x, x, everywhere) == pytest.approx(1)


def test_ssim_looks_only_where_it_should():
    pytest.importorskip('skimage', reason='structural similarity: pip install scikit-image')
    rng = numpy.random.default_rng(0)
    x = rng.uniform(-1, 1, (3, 40, 40)).astype(numpy.float32)
    y = x.copy()
    y[:, :, 30:] = rng.uniform(-1, 1, (3, 40, 10))
    left = numpy.arange(1600).reshape(40, 40) % 40 < 20  # a window reaches 5 pixels beyond
    assert metrics.ssim(x, y, left) == pytest.approx(1)
    assert metrics.ssim(x, y, ~left) < 0.7


def test_ssim_without_scikit_image(monkeypatch):
    monkeypatch.setitem(sys.modules, 'skimage.metrics', None)
    x = numpy.zeros((3, 16, 16), numpy.float32)
    with pytest.raises(FoodganError, match='SSIM needs scikit-image: pip install scikit-image'):
        metrics.ssim(x, x, x[0] == 0)


def test_psnr_by_hand(pair):
    # Three colours of 0.1 and 0.5: the mean square is (0.01 + 0.25) / 2.
    expected = 10 * math.log10(2 ** 2 / 0.13)
    assert metrics.psnr(*pair, where((0, 0), (0, 3))) == pytest.approx(expected)


def test_psnr_of_equal_parts_is_infinite(pair):
    assert metrics.psnr(*pair, where((1, 3))) == math.inf


def test_psnr_equals_that_of_the_8_bit_pictures():
    rng = numpy.random.default_rng(0)
    a, b = rng.integers(0, 256, (2, 3, 5, 6))
    mask = rng.random((5, 6)) < 0.5
    error = numpy.mean((a[:, mask] - b[:, mask]) ** 2)
    assert metrics.psnr(a / 127.5 - 1, b / 127.5 - 1, mask) == pytest.approx(
        10 * math.log10(255 ** 2 / error))


def test_interval_of_independent_photos_is_the_binomial_one():
    hits = numpy.arange(400) % 10 < 7
    low, high = bootstrap(hits, numpy.ones(400))
    spread = 1.96 * math.sqrt(0.7 * 0.3 / 400)
    assert low == pytest.approx(0.7 - spread, abs=0.01)
    assert high == pytest.approx(0.7 + spread, abs=0.01)


def test_interval_takes_the_translations_of_a_photo_together():
    # Ten translations of a photo, all right or all wrong, tell no more than one of them.
    hits = numpy.arange(400) % 10 < 7
    assert bootstrap(10 * hits, numpy.full(400, 10)) == pytest.approx(
        bootstrap(hits, numpy.ones(400)))


def test_interval_leaves_out_photos_that_were_not_translated():
    hits, counts = numpy.array([1, 0, 1]), numpy.array([1, 0, 1])
    assert bootstrap(hits, counts) == (1, 1)
    assert all(map(math.isnan, bootstrap(hits * 0, counts * 0)))
