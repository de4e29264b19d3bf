"""Masks: a change kept inside them, what --mask takes, GrabCut's border, and food that is found."""

import concurrent.futures
import logging
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from chainer_foodgan import weights
from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.links import Generator, UnetGenerator
from chainer_foodgan.masks import FoodMask, blend, note, open_mask, refine
from chainer_foodgan.translation import engines

import chainer

WITHOUT_CV2 = 'refines masks: pip install opencv-python-headless'


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


def test_nothing_and_auto():
    assert open_mask(None) is None
    assert isinstance(open_mask('auto'), FoodMask)


def test_a_file_is_the_mask_of_every_photo(tmp_path):
    drawn = Image.new('RGB', (9, 5))
    drawn.paste('white', (0, 0, 4, 5))
    drawn.save(tmp_path / 'mask.png')
    find_mask = open_mask(str(tmp_path / 'mask.png'))
    for photo in Image.new('RGB', (9, 5)), Image.new('RGB', (90, 70)):
        mask = find_mask(photo)
        assert (mask.mode, mask.size, mask.tobytes()) == ('L', (9, 5), drawn.convert('L').tobytes())


@pytest.mark.parametrize('colour, says', [
    ('black', 'nothing is changed'), ('white', 'nothing is kept'), ((0, 0, 1), 'nothing is chan')])
def test_a_file_that_is_no_mask_is_one_line(tmp_path, colour, says):
    Image.new('RGB', (9, 5), colour).save(tmp_path / 'mask.png')
    with pytest.raises(FoodganError, match='mask.png: no mask, .*' + says):
        open_mask(str(tmp_path / 'mask.png'))


def test_a_file_that_is_no_picture_or_not_there(tmp_path):
    (tmp_path / 'mask.png').write_text('white')
    for name, says in ('mask.png', 'no picture'), ('auot', 'does not exist'):
        with pytest.raises(FoodganError, match=says):
            open_mask(str(tmp_path / name))


@pytest.fixture
def cv2():
    return pytest.importorskip('cv2', reason=WITHOUT_CV2)


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
def test_a_border_that_is_off_is_moved(cv2, guessed):
    food = disc(20)
    share = np.where(disc(14), 0.99, np.where(disc(guessed), 0.7, np.where(disc(26), 0.3, 0.01)))
    found = refine(cv2, picture(food), share.astype(np.float32))
    assert found.dtype == bool and (found != food).mean() < 0.01 < (disc(guessed) != food).mean()


def test_what_the_network_is_sure_of_stays(cv2):
    food = disc(20)
    share = np.where(disc(10), 0.01, np.where(disc(28), 0.99, 0.01)).astype(np.float32)
    np.testing.assert_array_equal(refine(cv2, picture(food), share), share > 0.5)


@pytest.mark.parametrize('value', [0.02, 0.4, 0.6, 0.97])
def test_all_and_nothing_stay(cv2, value):
    found = refine(cv2, picture(disc(20)), np.full((64, 64), value, np.float32))
    assert (found == (value > 0.5)).all()


def test_the_same_photo_has_the_same_mask(cv2):
    rng = np.random.default_rng(3)
    image = Image.fromarray(rng.integers(0, 256, (64, 64, 3), dtype=np.uint8))
    share = rng.uniform(0, 1, (64, 64)).astype(np.float32)
    first = refine(cv2, image, share)
    cv2.setRNGSeed(5)
    np.testing.assert_array_equal(refine(cv2, image, share), first)


@pytest.fixture(params=['none', 'grabcut'])
def find_mask(request):
    if request.param == 'grabcut':
        pytest.importorskip('cv2', reason=WITHOUT_CV2)
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


def unet(*sizes, **options):
    """A network whose running statistics are of some use."""
    rng = np.random.default_rng(0)
    gen = UnetGenerator(*sizes, rng=rng, **options)
    for _name, link in gen.namedlinks():
        if hasattr(link, 'avg_var'):
            for array in link.avg_mean, link.beta.array:
                array[...] = rng.normal(0, 0.1, array.shape)
            link.avg_var[...] = rng.uniform(0.05, 0.5, link.avg_var.shape)
    return gen


@pytest.fixture(params=['chainer', 'onnxruntime', 'openvino'])
def backend(request, monkeypatch):
    for library in engines.LIBRARIES[request.param]:
        pytest.importorskip(library, reason='computes masks: pip install ' + library)
    monkeypatch.setattr(engines, 'choose', lambda backend: request.param)


@pytest.mark.parametrize('num_downs, sizes', [(5, [(32, 64), (96, 32)]), (6, [(64, 128)])])
def test_equals_the_link(backend, tmp_path, num_downs, sizes):
    gen = unet(3, 1, num_downs, 3)
    weights.save(gen, tmp_path / 'mask.npz', {})
    find_mask = FoodMask('none', tmp_path / 'mask.npz')
    for size in sizes:
        x = np.random.default_rng(1).uniform(-1, 1, (2, 3, *size)).astype(np.float32)
        with chainer.using_config('train', False), chainer.no_backprop_mode():
            expected = (gen(x).array[:, 0] + 1) / 2
        assert expected.std() > 0.01  # or the comparison would prove little
        for picture, share in zip(x, expected):
            found = find_mask.shares(picture)
            assert found.dtype == np.float32 and found.shape == size
            np.testing.assert_allclose(found, share, atol=1e-5)


@pytest.mark.parametrize('gen, says', [
    (lambda: Generator(4, 2, 1), 'a generator'), (lambda: unet(3, 3, 5, 2), 'a unet generator'),
    (lambda: unet(3, 1, 5, 2, norm='instance'), 'a unet generator')])
def test_other_networks_are_refused(tmp_path, gen, says):
    weights.save(gen(), tmp_path / 'G.npz', {})
    with pytest.raises(FoodganError, match=f'G.npz: holds {says}; a mask takes'):
        FoodMask('none', tmp_path / 'G.npz')
    with pytest.raises(FoodganError, match='holds a generator; a mask takes'):
        FoodMask('none', 'bowls_64')


def test_a_file_that_lacks_something_is_refused(tmp_path):
    weights.save(unet(3, 1, 5, 2), tmp_path / 'mask.npz', {})
    arrays, _ = weights.read_npz(tmp_path / 'mask.npz')
    arrays.pop('model/model/3/b')
    np.savez(tmp_path / 'mask.npz', **arrays)
    with pytest.raises(FoodganError, match='it lacks model/model/3/b'):
        FoodMask('none', tmp_path / 'mask.npz')
