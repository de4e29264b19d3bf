"""The masks of pictures, by the weights that ship."""

import concurrent.futures
import logging
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.masks import FoodMask


@pytest.fixture(params=['none', 'grabcut'])
def find_mask(request):
    if request.param == 'grabcut':
        pytest.importorskip('cv2', reason='refines masks: pip install opencv-python-headless')
    return FoodMask(request.param)


def overlap(found, true):
    found = np.asarray(found) > 127
    return (found & true).sum() / (found | true).sum()


def test_the_food_of_unseen_bowls_is_found(find_mask):
    bowls = RenderedBowls(12, 128, 5000)
    overlaps = [overlap(find_mask(bowls.image(index)), bowls.mask(index)) for index in range(12)]
    assert np.mean(overlaps) > 0.85 and min(overlaps) > 0.6


@pytest.mark.parametrize('size', [(128, 128), (300, 200), (61, 90), (500, 40), (7, 5), (1, 1)])
def test_a_mask_has_its_photos_size(find_mask, size):
    mask = find_mask(RenderedBowls(1, 128, 5000).image(0).resize(size))
    assert (mask.mode, mask.size) == ('L', size)


def test_borders_are_soft_and_nothing_else_is(find_mask):
    bowl = RenderedBowls(1, 128, 5000).image(0)
    mask = np.asarray(find_mask(bowl))
    assert {0, 255} < set(mask.ravel().tolist())
    assert np.mean((mask == 0) | (mask == 255)) > 0.85  # so that most of the photo is kept exactly
    assert abs(np.diff(mask.astype(int))).max() < 128


def test_photos_of_any_mode_are_turned_upright(find_mask):
    bowl = RenderedBowls(1, 128, 5000).image(0).crop((0, 0, 128, 100))
    turned = bowl.transpose(Image.Transpose.ROTATE_90)
    turned.getexif()[0x0112] = 6  # a viewer turns it back by 90 degrees
    expected = find_mask(bowl)
    assert find_mask(bowl.convert('RGBA')).tobytes() == expected.tobytes()
    assert find_mask(turned).tobytes() == expected.tobytes()


def test_threads_share_it(find_mask):
    bowls = [RenderedBowls(8, 64, 5000).image(index) for index in range(8)]
    expected = [find_mask(bowl).tobytes() for bowl in bowls]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        assert [mask.tobytes() for mask in pool.map(find_mask, bowls)] == expected


def test_without_opencv_the_network_is_alone_and_it_is_said_once(monkeypatch, caplog):
    monkeypatch.setitem(sys.modules, 'cv2', None)  # what is None there cannot be imported
    bowl = RenderedBowls(1, 64, 5000).image(0)
    with caplog.at_level(logging.WARNING, 'chainer_foodgan'):
        find_mask = FoodMask()
        assert find_mask(bowl).tobytes() == FoodMask('none')(bowl).tobytes()
    assert len(caplog.records) == 1
    assert 'pip install "chainer_foodgan[mask]"' in caplog.text
    with pytest.raises(FoodganError, match='needs OpenCV .*chainer_foodgan.mask.'):
        FoodMask('grabcut')


def test_an_unknown_way_is_named():
    with pytest.raises(FoodganError, match='grabcat: no way .* auto, grabcut and none'):
        FoodMask('grabcat')


def test_neither_chainer_nor_pytorch_is_imported_beside_another_engine():
    for library in 'onnx', 'onnxruntime':
        pytest.importorskip(library, reason='computes masks: pip install ' + library)
    program = ('import sys; from PIL import Image; from chainer_foodgan.masks import FoodMask; '
               'FoodMask("none")(Image.new("RGB", (64, 48))); '
               'print({"chainer", "torch", "cv2"} & set(sys.modules))')
    result = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True)
    assert (result.stdout, result.stderr) == ('set()\n', '')
