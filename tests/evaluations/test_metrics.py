"""Measures of two pictures against what they are defined as, and metrics by their names."""

import math
import sys
import types
import urllib.error

import numpy
import pytest

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.evaluations import metrics
from chainer_foodgan.evaluations.figures import bootstrap
from chainer_foodgan.evaluations.metrics import METRICS, Pair, measure


@pytest.fixture
def two():
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


@pytest.mark.parametrize('part, expected', [
    # (0.1 + 0.5 + 0) / 3 of a range of 2, which 255 steps make up.
    (where((0, 0), (0, 3), (1, 3)), (0.1 + 0.5 + 0) / 3 / 2 * 255),
    (where((0, 2), (1, 2), (1, 3)), 0), (where(), math.nan),
    # Of the whole picture half is off by 0.1, and of the rest one corner by 0.5.
    (None, (4 * 0.1 + 0.5) / 8 / 2 * 255)])
def test_change_by_hand(two, part, expected):
    assert metrics.change(*two, part) == pytest.approx(expected, nan_ok=True)


def test_change_of_one_step_of_a_picture_is_one():
    x = numpy.full((3, 2, 4), -1, numpy.float32)
    assert metrics.change(x, x + numpy.float32(2 / 255), where((1, 1))) == pytest.approx(1)


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


def test_psnr_by_hand(two):
    # Three colours of 0.1 and 0.5: the mean square is (0.01 + 0.25) / 2.
    expected = 10 * math.log10(2 ** 2 / 0.13)
    assert metrics.psnr(*two, where((0, 0), (0, 3))) == pytest.approx(expected)


def test_psnr_of_equal_parts_is_infinite(two):
    assert metrics.psnr(*two, where((1, 3))) == math.inf


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


def picture(seed, size=32):
    return numpy.random.default_rng(seed).uniform(-1, 1, (3, size, size)).astype(numpy.float32)


@pytest.fixture
def mask():
    return numpy.arange(32 * 32).reshape(32, 32) % 32 < 20


@pytest.fixture
def pair(mask):
    return Pair(picture(0), picture(1), picture(2), picture(3), mask)


def test_content(pair, mask):
    found = measure('content')(pair)
    assert found == {'edges': metrics.edges(pair.x, pair.y),
                     'change_outside': metrics.change(pair.x, pair.y, ~mask)}
    assert list(measure('content')(pair._replace(mask=None))) == ['edges']


def test_cycle_is_the_error_of_the_whole_picture(pair):
    error = numpy.abs(pair.x - pair.back).mean() * 127.5
    assert measure('cycle')(pair) == {'cycle': pytest.approx(error, rel=1e-5)}


def test_what_is_no_translation_has_no_way_back(pair):
    assert measure('cycle')(pair._replace(back=None)) == {}


def test_difference_is_from_the_truth(pair, mask):
    inside, whole = (numpy.abs(pair.y - pair.answer)[:, where].mean() * 127.5
                     for where in (mask, mask | True))
    assert measure('difference')(pair) == {'difference': pytest.approx(inside, rel=1e-5)}
    assert measure('difference')(pair._replace(mask=None)) == {
        'difference': pytest.approx(whole, rel=1e-5)}


@pytest.mark.parametrize('name', ['psnr', 'ssim'])
def test_likeness_to_the_truth(pair, mask, name):
    """Before and after inside the food; of the whole picture where that is not known."""
    if name == 'ssim':
        pytest.importorskip('skimage', reason='structural similarity: pip install scikit-image')
    function = getattr(metrics, name)
    before = function(pair.x, pair.answer, pair.mask)
    after = function(pair.y, pair.answer, pair.mask)
    assert measure(name)(pair) == {name + '_input': before, name + '_translation': after,
                                   name + '_gain': after - before}
    whole = function(pair.y, pair.answer, mask | True)
    assert measure(name)(pair._replace(mask=None)) == {name: pytest.approx(whole)}


@pytest.fixture
def lpips(monkeypatch):
    """A stand-in for the package: the mean absolute difference; it may fail to set up."""
    pytest.importorskip('torch', reason='LPIPS: pip install torch')

    def make(error=None):
        class LPIPS:
            def __init__(self, net, verbose):
                assert net == 'alex'
                if error is not None:
                    raise error

            def __call__(self, a, b):
                assert a.shape == b.shape == (1, 3, 32, 32)
                return (a - b).abs().mean().reshape(1, 1, 1, 1)

        module = types.ModuleType('lpips')
        module.LPIPS, module.__spec__ = LPIPS, types.SimpleNamespace()
        monkeypatch.setitem(sys.modules, 'lpips', module)
    return make


def test_lpips_is_of_the_translation_to_the_truth_or_to_the_photo(lpips, pair):
    lpips()
    function = measure('lpips')
    truth, photo = (numpy.abs(pair.y - other).mean() for other in (pair.answer, pair.x))
    assert function(pair) == {'lpips_truth': pytest.approx(truth, rel=1e-5)}
    assert function(pair._replace(answer=None, mask=None)) == {
        'lpips_change': pytest.approx(photo, rel=1e-5)}


@pytest.mark.parametrize('error', [
    ImportError('no torchvision'), urllib.error.URLError('no route\nto host'),
    RuntimeError('operator torchvision::nms does not exist')])
def test_lpips_that_cannot_be_had(lpips, error):
    lpips(error)
    words = r'LPIPS cannot be set up \(.*no.*\): it needs'
    with pytest.raises(FoodganError, match=words) as caught:
        measure('lpips')
    assert '\n' not in str(caught.value)


def test_lpips_of_pictures_that_are_too_small(lpips):
    lpips()
    with pytest.raises(FoodganError, match='32 pixels and more, not 16'):
        measure('lpips')(Pair(picture(0, 16), picture(1, 16), None, None, None))


def test_lpips_that_is_not_installed(monkeypatch):
    monkeypatch.setattr('importlib.util.find_spec', lambda name: None)
    with pytest.raises(FoodganError, match='LPIPS needs torch: pip install torch'):
        measure('lpips')


def test_every_metric_has_its_function(lpips):
    lpips()
    assert all(callable(measure(name)) for name in METRICS)
