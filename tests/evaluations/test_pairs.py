"""What is measured of a picture and its translation."""

import sys
import types
import urllib.error

import numpy
import pytest

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.evaluations import metrics
from chainer_foodgan.evaluations.metrics import METRICS, Pair, measure


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
def test_likeness_of_the_whole_picture_where_the_food_is_not_known(pair, mask, name):
    if name == 'ssim':
        pytest.importorskip('skimage', reason='structural similarity: pip install scikit-image')
    whole = getattr(metrics, name)(pair.y, pair.answer, mask | True)
    assert measure(name)(pair._replace(mask=None)) == {name: pytest.approx(whole)}


@pytest.mark.parametrize('name', ['psnr', 'ssim'])
def test_likeness_to_the_truth(pair, name):
    if name == 'ssim':
        pytest.importorskip('skimage', reason='structural similarity: pip install scikit-image')
    function = getattr(metrics, name)
    before = function(pair.x, pair.answer, pair.mask)
    after = function(pair.y, pair.answer, pair.mask)
    assert measure(name)(pair) == {name + '_input': before, name + '_translation': after,
                                   name + '_gain': after - before}


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
