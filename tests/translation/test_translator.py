"""The Translator against the generator's own forward."""

import numpy as np
import pytest
from PIL import Image

from chainer_foodgan import Translator, weights
from chainer_foodgan.categories import NAMES
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.links import Generator

DISHES = ['curry', 'fried_rice', 'ramen']


@pytest.fixture(scope='module')
def gen():
    gen = Generator(conv_dim=4, c_dim=3, repeat_num=1, rng=np.random.default_rng(0))
    gen.categories = tuple(DISHES)
    return gen


def photo(width, height, mode='RGB'):
    pixels = np.random.default_rng(1).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(pixels).convert(mode)


def forward(gen, image, index):
    """The translation written out: scale, mirror, run, cut, round."""
    x = np.asarray(image, np.float32).transpose(2, 0, 1)[None] / 127.5 - 1
    H, W = x.shape[2:]
    x = np.pad(x, [(0, 0), (0, 0), (0, -H % 4), (0, -W % 4)], mode='reflect')
    y = gen(x, np.eye(3, dtype=np.float32)[[index]]).array[0, :, :H, :W]
    return (y.transpose(1, 2, 0) + 1) * 127.5


@pytest.mark.parametrize('size', [(32, 24), (33, 22), (5, 4), (3, 7), (1, 1), (1, 6)])
def test_equals_a_forward_of_the_mirrored_photo(gen, size):
    translator = Translator(gen)
    for index, name in enumerate(DISHES):
        result = translator(photo(*size), name)
        assert result.mode == 'RGB' and result.size == size
        difference = np.asarray(result, np.float32) - forward(gen, photo(*size), index)
        assert np.abs(difference).max() <= 0.501  # rounding


def test_all_is_each_of_them(gen):
    translator = Translator(gen)
    results = translator.all(photo(16, 12))
    assert list(results) == DISHES
    for name, result in results.items():
        np.testing.assert_array_equal(result, translator(photo(16, 12), name))
    assert np.any(np.asarray(results['curry']) != np.asarray(results['ramen']))


@pytest.mark.parametrize('mode', ['1', 'L', 'LA', 'P', 'RGBA', 'CMYK', 'YCbCr', 'HSV', 'I', 'F'])
def test_any_mode_is_taken(gen, mode):
    image = photo(10, 9, mode)
    result = Translator(gen)(image, 'ramen')
    assert result.mode == 'RGB' and result.size == (10, 9)
    assert image.mode == mode


@pytest.mark.parametrize('shape, size, expected', [
    ((40, 20), 10, (20, 10)), ((20, 40), 10, (10, 20)), ((20, 20), 30, (30, 30)),
    ((30, 21), 14, (20, 14)), ((400, 1), 2, (800, 2))])
def test_size_is_that_of_the_shorter_side_and_the_aspect_is_kept(gen, shape, size, expected):
    translator = Translator(gen, size=size)
    result = translator(photo(*shape), 'curry')
    assert result.size == expected
    scaled = photo(*shape).resize(expected, Image.BILINEAR)
    np.testing.assert_array_equal(result, Translator(gen)(scaled, 'curry'))


def test_weights_come_from_a_file(gen, tmp_path):
    weights.save(gen, tmp_path / 'G.npz', {'categories': DISHES})
    translator = Translator(str(tmp_path / 'G.npz'))
    assert translator.categories == DISHES
    np.testing.assert_array_equal(translator(photo(8, 8), 'ramen'),
                                  Translator(gen)(photo(8, 8), 'ramen'))


def test_categories_given_go_before_those_stored(gen, tmp_path):
    weights.save(gen, tmp_path / 'G.npz', {'categories': DISHES})
    for source in gen, tmp_path / 'G.npz':
        translator = Translator(source, categories=['ramen', 'curry', 'soba'])
        assert translator.categories == ['ramen', 'curry', 'soba']
        np.testing.assert_array_equal(translator(photo(8, 8), 'ramen'),
                                      Translator(gen)(photo(8, 8), 'curry'))
        with pytest.raises(FoodganError, match='3 categories'):
            Translator(source, categories=['ramen', 'curry'])


@pytest.mark.parametrize('c_dim, expected', [(10, list(NAMES)), (2, ['0', '1'])])
def test_a_generator_without_names_has_the_papers_ten_or_numbers(c_dim, expected):
    assert Translator(Generator(4, c_dim, 0)).categories == expected


@pytest.mark.parametrize('name, says', [
    ('Fried rice', 'did you mean fried_rice'), ('raman', 'did you mean ramen'),
    ('xyz', 'there are curry, fried_rice, ramen')])
def test_an_unknown_dish_is_answered_with_what_there_is(gen, name, says):
    with pytest.raises(FoodganError, match=says):
        Translator(gen)(photo(8, 8), name)


@pytest.mark.parametrize('arguments, says', [
    ({'backend': 'openvino'}, 'openvino: this version'), ({'backend': 'chaner'}, 'mean chainer'),
    ({'device': 'nonsense'}, 'nonsense: no such device'), ({'size': 0}, 'at least one pixel')])
def test_arguments_of_no_use_are_named(gen, arguments, says):
    with pytest.raises(FoodganError, match=says):
        Translator(gen, **arguments)


@pytest.mark.parametrize('error', [
    MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory")])
def test_too_little_memory_is_one_line(error):
    class Exhausted(Generator):
        def forward(self, x, c):
            raise error

    with pytest.raises(FoodganError, match='a photo of 12 x 8 pixels needs more memory'):
        Translator(Exhausted(4, 3, 0))(photo(12, 8), '1')


def test_nothing_is_kept_for_a_backward_pass(gen):
    calls = []

    class Watched(Generator):
        def forward(self, x, c):
            y = super().forward(x, c)
            calls.append(y.creator_node)
            return y

    Translator(Watched(4, 3, 0))(photo(8, 8), '0')
    assert calls == [None]
