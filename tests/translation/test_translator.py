"""The Translator against the generator's own forward."""

import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from chainer_foodgan import Translator, weights
from chainer_foodgan.categories import NAMES
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.links import ConditionalGenerator, Generator
from chainer_foodgan.translation import engines, translator as module
from chainer_foodgan.weights.naming import arrays_of

DISHES = ['curry', 'fried_rice', 'ramen']


@pytest.fixture(scope='module')
def gen():
    gen = Generator(conv_dim=4, c_dim=3, repeat_num=1, rng=np.random.default_rng(0))
    gen.categories = tuple(DISHES)
    return gen


@pytest.fixture(params=['chainer', 'onnxruntime', 'openvino'])
def backend(request):
    engine = request.param
    for library in engines.LIBRARIES[engine]:
        pytest.importorskip(library, reason=f'computes with {engine}: pip install onnx {engine}')
    return engine


@pytest.fixture
def calls(monkeypatch):
    """The numbers of photos and labels of each call of an engine."""
    shapes, make = [], engines.make

    def watched(*arguments):
        engine = make(*arguments)

        def call(x, c):
            shapes.append((len(x), len(c)))
            return engine(x, c)
        return call

    monkeypatch.setattr(engines, 'make', watched)
    return shapes


def of_network(weights, size='photo', *arguments, **options):
    """A Translator that gives the network's own pictures, by default of photos of any size."""
    return Translator(weights, size, *arguments, output_size='network', **options)


def photo(width, height, mode='RGB'):
    pixels = np.random.default_rng(1).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(pixels).convert(mode)


def forward(gen, image, index, strength=1):
    """The translation written out: scale, mirror, run, cut, round."""
    x = np.asarray(image, np.float32).transpose(2, 0, 1)[None] / 127.5 - 1
    H, W = x.shape[2:]
    x = np.pad(x, [(0, 0), (0, 0), (0, -H % 4), (0, -W % 4)], mode='reflect')
    y = gen(x, np.float32(strength) * np.eye(3, dtype=np.float32)[[index]]).array[0, :, :H, :W]
    return (y.transpose(1, 2, 0) + 1) * 127.5


@pytest.mark.parametrize('size', [(32, 24), (33, 22), (5, 4), (3, 7), (1, 1), (1, 6)])
def test_equals_a_forward_of_the_mirrored_photo(gen, backend, size):
    translator = of_network(gen, backend=backend)
    assert translator.backend == backend and translator.engine.startswith(backend + ' ')
    for index, name in enumerate(DISHES):
        result = translator(photo(*size), name)
        assert result.mode == 'RGB' and result.size == size
        difference = np.asarray(result, np.float32) - forward(gen, photo(*size), index)
        # Rounding; and a photo of one colour has no variance, which makes much of rounding errors.
        assert np.abs(difference).max() <= (0.501 if backend == 'chainer' else 0.52)


@pytest.mark.parametrize('strength', [0.5, 3, np.float64(2)])
def test_label_strength_multiplies_the_label(gen, backend, strength):
    image = photo(14, 8)
    result = np.asarray(of_network(gen, backend=backend, label_strength=strength)(image, 'ramen'))
    difference = result - forward(gen, image, 2, strength)
    assert np.abs(difference).max() <= (0.501 if backend == 'chainer' else 0.52)
    assert np.abs(result - forward(gen, image, 2)).max() > 5


def test_label_strength_of_a_label_in_the_middle(tmp_path):
    gen = Generator(4, 3, 1, 'middle', rng=np.random.default_rng(0))
    weights.save(gen, tmp_path / 'G.npz', {'image_size': 8})
    for source in gen, tmp_path / 'G.npz':
        result = np.asarray(of_network(source, label_strength=4)(photo(16, 24), '1'))
        assert np.abs(result - forward(gen, photo(16, 24), 1, 4)).max() <= 0.501
    assert np.abs(result - forward(gen, photo(16, 24), 1)).max() > 5


@pytest.mark.parametrize('shape, size, factor', [
    ((24, 16), 'photo', 2), ((15, 22), 'photo', 15 / 8), ((40, 24), 12, 1.5), ((8, 8), 'photo', 1)])
def test_automatic_label_strength_is_size_over_size_of_training(
        gen, backend, tmp_path, shape, size, factor):
    weights.save(gen, tmp_path / 'G.npz', {'categories': DISHES, 'image_size': 8})
    found, expected, released = (
        of_network(tmp_path / 'G.npz', size, backend, label_strength=strength)(
            photo(*shape), 'ramen') for strength in ('auto', factor, 1))
    np.testing.assert_array_equal(found, expected)
    assert np.array_equal(found, released) == (factor == 1)


def test_automatic_label_strength_of_a_link_and_of_unknown_training(gen):
    gen = gen.copy('init')
    gen.categories = DISHES
    expected = of_network(gen)(photo(24, 16), 'ramen')
    np.testing.assert_array_equal(
        of_network(gen, label_strength='auto')(photo(24, 16), 'ramen'), expected)
    gen.image_size = 4
    np.testing.assert_array_equal(
        of_network(gen, label_strength='auto')(photo(24, 16), 'ramen'),
        of_network(gen, label_strength=4)(photo(24, 16), 'ramen'))


def test_all_is_each_of_them(gen, backend):
    translator = of_network(gen, backend=backend)
    results = translator.all(photo(16, 12))
    assert list(results) == DISHES
    for name, result in results.items():
        difference = np.int16(result) - np.int16(translator(photo(16, 12), name))
        assert abs(difference).max() <= 1  # two ways to round
    assert np.any(np.asarray(results['curry']) != np.asarray(results['ramen']))


@pytest.mark.parametrize('mode', ['1', 'L', 'LA', 'P', 'RGBA', 'CMYK', 'YCbCr', 'HSV', 'I', 'F'])
def test_any_mode_is_taken(gen, mode):
    image = photo(10, 9, mode)
    result = of_network(gen)(image, 'ramen')
    assert result.mode == 'RGB' and result.size == (10, 9)
    assert image.mode == mode


@pytest.mark.parametrize('shape, size, expected', [
    ((40, 20), 10, (20, 10)), ((20, 40), 10, (10, 20)), ((20, 20), 30, (30, 30)),
    ((30, 21), 14, (20, 14)), ((400, 1), 2, (800, 2))])
def test_size_is_that_of_the_shorter_side_and_the_aspect_is_kept(gen, shape, size, expected):
    translator = of_network(gen, size=size)
    result = translator(photo(*shape), 'curry')
    assert result.size == expected
    scaled = photo(*shape).resize(expected, Image.BILINEAR)
    np.testing.assert_array_equal(result, of_network(gen)(scaled, 'curry'))


@pytest.mark.parametrize('image_size, expected', [(8, 8), (None, 256)])
def test_the_size_is_that_of_the_training_unless_it_is_said(gen, tmp_path, image_size, expected):
    meta = {'image_size': image_size} if image_size else {}
    weights.save(gen, tmp_path / 'G.npz', {'categories': DISHES, **meta})
    translator = Translator(tmp_path / 'G.npz')
    assert translator.size == expected
    assert translator.prepare(photo(30, 20)).shape == (3, expected, expected * 3 // 2)
    assert Translator(tmp_path / 'G.npz', 'photo').prepare(photo(30, 20)).shape == (3, 20, 30)


def test_results_have_the_photos_size_or_the_networks(gen):
    image = photo(30, 20)
    assert Translator(gen, 10)(image, 'ramen').size == (30, 20)
    assert of_network(gen, 10)(image, 'ramen').size == (15, 10)
    # At the photo's own size the two are the same.
    np.testing.assert_array_equal(Translator(gen, 20)(image, 'ramen'),
                                  of_network(gen)(image, 'ramen'))


@pytest.mark.parametrize('size', [(1, 60), (1, 200), (200, 1), (1, 3000000)])
def test_thin_photos_are_not_scaled_up_without_end(gen, size):
    translator = Translator(gen, 256)
    says = (r'^a photo of 1 x 60 pixels is too thin to be scaled to 256 x 15,360: crop it, or '
            r'translate it at its own size \(size photo\)$' if size == (1, 60) else 'too thin')
    with pytest.raises(FoodganError, match=says):
        translator(Image.new('RGB', size), 'ramen')
    assert Translator(gen, 'photo')(Image.new('RGB', (1, 60)), 'ramen').size == (1, 60)


def test_what_memory_cannot_hold_is_refused_before_it_is_scaled(gen):
    with pytest.raises(FoodganError, match=r'^a photo of 40 x 30 pixels, translated at 6,666,667 x '
                       r'5,000,000, takes about [\d,.]+ GB of memory, and [\d,.]+ GB are '
                       'available: translate it at a smaller size'):
        Translator(gen, 5000000)(photo(40, 30), 'ramen')


def test_weights_come_from_a_file(gen, backend, tmp_path):
    weights.save(gen, tmp_path / 'G.npz', {'categories': DISHES})
    for source in str(tmp_path / 'G.npz'), tmp_path / 'G.npz':
        translator = of_network(source, backend=backend)
        assert translator.categories == DISHES
        np.testing.assert_array_equal(translator(photo(8, 8), 'ramen'),
                                      of_network(gen, backend=backend)(photo(8, 8), 'ramen'))


@pytest.mark.parametrize('size', [(32, 24), (33, 22), (3, 7)])
@pytest.mark.parametrize('separable', [False, True])
def test_weights_of_a_student(backend, tmp_path, size, separable):
    rng = np.random.default_rng(0)
    gen = ConditionalGenerator(4, 3, 1, separable, rng=rng)
    for _, param in sorted(gen.namedparams()):
        if param.ndim == 2:
            param.array += rng.uniform(-0.5, 0.5, param.shape).astype('f4')
    weights.save(gen, tmp_path / 'G.npz', {'categories': DISHES})
    results = of_network(tmp_path / 'G.npz', backend=backend).all(photo(*size))
    assert list(results) == DISHES
    for index, (_name, result) in enumerate(results.items()):
        assert result.size == size
        difference = np.asarray(result, np.float32) - forward(gen, photo(*size), index)
        assert np.abs(difference).max() <= 0.53
    assert np.any(np.asarray(results['curry']) != np.asarray(results['ramen']))


def test_categories_given_go_before_those_stored(gen, tmp_path):
    weights.save(gen, tmp_path / 'G.npz', {'categories': DISHES})
    for source in gen, tmp_path / 'G.npz':
        translator = of_network(source, backend='chainer', categories=['ramen', 'curry', 'soba'])
        assert translator.categories == ['ramen', 'curry', 'soba']
        np.testing.assert_array_equal(translator(photo(8, 8), 'ramen'),
                                      of_network(gen)(photo(8, 8), 'curry'))
        with pytest.raises(FoodganError, match='3 categories'):
            of_network(source, categories=['ramen', 'curry'])


@pytest.mark.parametrize('c_dim, expected', [(10, list(NAMES)), (2, ['0', '1'])])
def test_a_generator_without_names_has_the_papers_ten_or_numbers(c_dim, expected):
    assert of_network(Generator(4, c_dim, 0)).categories == expected


@pytest.mark.parametrize('name', ['Fried rice', 'チャーハン', '炒飯', 'FRIED-RICE'])
def test_a_dish_has_many_names(gen, name):
    translator, image = Translator(gen, 8), photo(8, 8)
    assert translator.check(name) == 'fried_rice'
    np.testing.assert_array_equal(translator(image, name), translator(image, 'fried_rice'))
    array = translator.prepare(image)
    np.testing.assert_array_equal(next(translator.translate([array], [name])),
                                  next(translator.translate([array], ['fried_rice'])))


@pytest.mark.parametrize('name, says', [
    ('raman', 'did you mean ramen'), ('ラメン', r'did you mean ramen\?'),
    ('fride rice', 'did you mean fried_rice'), ('xyz', 'there are curry, fried_rice, ramen'),
    ('牛丼', 'magical_rice_bowl_student or magical_rice_bowl_live or bowls_64'),
    ('phở', '^phở: these weights do not know the dish, .*: name the weights photos_96$')])
def test_an_unknown_dish_is_answered_with_what_there_is(gen, name, says):
    with pytest.raises(FoodganError, match=says):
        of_network(gen)(photo(8, 8), name)


@pytest.mark.parametrize('arguments, says', [
    ({'backend': 'chaner'}, 'mean chainer'), ({'precision': 'bf'}, 'mean bf16'),
    ({'precision': 'bf16'}, 'bf16: chainer computes in float32'),
    *(({'label_strength': value}, f'^label strength {value}: neither a number above 0 nor auto$')
      for value in (0, -2, float('nan'), float('inf'), 'strong', '2', None)),
    *(({'size': value}, f'^size {value}: neither a number of pixels')
      for value in (0, -1, 1.5, 'photos')),
    ({'device': 'nonsense'}, 'nonsense: there is no such device here'),
    ({'output_size': 'networ'}, 'mean network')])
def test_arguments_of_no_use_are_named(gen, arguments, says):
    with pytest.raises(FoodganError, match=says):
        Translator(gen, **arguments)


@pytest.mark.parametrize('error', [
    MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory")])
def test_too_little_memory_is_one_line(error):
    class Exhausted(Generator):
        def forward(self, x, c):
            raise error

    with pytest.raises(FoodganError, match='a photo of 11 x 8 pixels needs more memory'):
        of_network(Exhausted(4, 3, 0))(photo(11, 8), '1')


def test_other_errors_are_not_hidden():
    class Broken(Generator):
        def forward(self, x, c):
            raise RuntimeError('shapes differ')

    with pytest.raises(RuntimeError, match='shapes differ'):
        of_network(Broken(4, 3, 0))(photo(12, 8), '1')


# Too little memory for the second photo, and enough again for the third.
EXHAUSTED = """
import resource, sys
from PIL import Image
from chainer_foodgan import Translator
from chainer_foodgan.errors import FoodganError

translator = Translator('G.npz', 'photo', backend=sys.argv[1])
small = translator(Image.new('RGB', (64, 64)), '0').tobytes()
with open('/proc/self/statm') as file:
    used = int(file.read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 2 ** 27, -1))
try:
    translator(Image.new('RGB', (2000, 1000)), '0')
except FoodganError as error:
    print(error)
resource.setrlimit(resource.RLIMIT_AS, (-1, -1))
assert translator(Image.new('RGB', (64, 64)), '0').tobytes() == small
"""


@pytest.mark.skipif(not sys.platform.startswith('linux'), reason='limits memory as Linux does')
@pytest.mark.parametrize('name', ['onnxruntime', 'openvino'])
def test_engines_say_that_memory_is_short_and_go_on(name, tmp_path):
    for library in engines.LIBRARIES[name]:
        pytest.importorskip(library, reason=f'computes with {name}: pip install onnx {name}')
    weights.save(Generator(16, 2, 0), tmp_path / 'G.npz', {})
    result = subprocess.run([sys.executable, '-c', EXHAUSTED, name], cwd=str(tmp_path),
                            capture_output=True, text=True)
    assert result.stdout == ('a photo of 2000 x 1000 pixels needs more memory than there is; '
                             'translate it at a smaller size, such as 512\n'), result.stderr
    assert (result.returncode, result.stderr) == (0, '')


def test_dishes_are_computed_together_as_far_as_memory_is_to_hold(gen, calls, monkeypatch):
    image = photo(15, 12)  # 16 x 12 with its padding
    together = of_network(gen).all(image)
    monkeypatch.setattr(module, 'PIXELS', 2 * 16 * 12 + 1)
    some = of_network(gen).all(image)
    monkeypatch.setattr(module, 'PIXELS', 1)
    alone = of_network(gen).all(image)
    assert calls == [(1, 3), (1, 2), (1, 1)] + [(1, 1)] * 3
    for name in DISHES:
        assert abs(np.int16(together[name]) - np.int16(some[name])).max() <= 1
        assert abs(np.int16(together[name]) - np.int16(alone[name])).max() <= 1


def test_photos_of_one_size_are_computed_together(gen, backend, calls, monkeypatch):
    translator = of_network(gen, backend=backend)
    photos = [translator.prepare(photo(9, 8).rotate(90 * turn, expand=False)) for turn in range(3)]
    names = ['ramen', 'curry']
    expected = [next(translator.translate([array], [name])) for array in photos for name in names]
    del calls[:]
    found = list(translator.translate(photos, names))
    monkeypatch.setattr(module, 'PIXELS', 5 * 12 * 8)
    found += translator.translate(photos, names)
    assert calls == [(6, 6), (5, 5), (1, 1)]
    for picture, alone in zip(found, expected * 2):
        assert picture.size == (9, 8)
        assert abs(np.int16(picture) - np.int16(alone)).max() <= 1


def test_a_generator_is_computed_as_it_is_by_chainer(gen):
    gen = gen.copy('init')
    translator = of_network(gen)
    assert translator.backend == 'chainer'
    translator(photo(8, 8), 'ramen')
    for param in gen.params():
        param.array[...] = 0
    assert np.all(np.asarray(translator(photo(8, 8), 'ramen')) == 128)


def test_a_device_is_chainers(tmp_path, gen):
    weights.save(gen, tmp_path / 'G.npz', {})
    assert of_network(tmp_path / 'G.npz', device='@numpy').backend == 'chainer'
    assert of_network(tmp_path / 'G.npz').backend == engines.choose('auto')


@pytest.mark.parametrize('change', [
    lambda arrays: arrays.pop('main/1/gamma'), lambda arrays: arrays['main/0/W'].fill(np.nan),
    lambda arrays: arrays.update({'main/3/W': np.zeros((8, 5, 4, 4), np.float32)})])
def test_weights_are_refused_before_an_engine_sees_them(
        gen, backend, tmp_path, monkeypatch, change):
    monkeypatch.setattr(engines, 'make', lambda *arguments: pytest.fail('an engine is made'))
    arrays = {key: array.copy() for key, array in arrays_of(gen).items()}
    change(arrays)
    np.savez(tmp_path / 'G.npz', **arrays)
    with pytest.raises(FoodganError, match='G.npz'):
        of_network(tmp_path / 'G.npz', backend=backend)


def test_bf16_is_openvino_and_said(gen, tmp_path):
    openvino = pytest.importorskip('openvino', reason='computes in bf16: pip install openvino onnx')
    if 'BF16' not in openvino.Core().get_property('CPU', 'OPTIMIZATION_CAPABILITIES'):
        pytest.skip('bf16 takes a processor that computes in it')
    weights.save(gen, tmp_path / 'G.npz', {})
    translator = of_network(tmp_path / 'G.npz', precision='bf16')
    assert translator.backend == 'openvino' and translator.engine.endswith(', bf16')
    assert translator(photo(8, 8), '0').size == (8, 8)


def test_nothing_is_kept_for_a_backward_pass(gen):
    calls = []

    class Watched(Generator):
        def forward(self, x, c):
            y = super().forward(x, c)
            calls.append(y.creator_node)
            return y

    of_network(Watched(4, 3, 0))(photo(8, 8), '0')
    assert calls == [None]


def left_half(size):
    """A mask: white on the left."""
    mask = Image.new('L', size)
    mask.paste(255, (0, 0, size[0] // 2, size[1]))
    return mask


@pytest.mark.parametrize('size', ['photo', 14])
def test_outside_a_mask_the_pixels_are_the_photos(gen, backend, size):
    translator, image = of_network(gen, size=size, backend=backend), photo(40, 28)
    whole, untouched = translator(image, 'ramen'), image
    if size != 'photo':
        untouched = image.resize((20, 14), Image.BILINEAR)
    half = untouched.width // 2
    masked = np.asarray(translator(image, 'ramen', left_half(untouched.size)))
    np.testing.assert_array_equal(masked[:, half:], np.asarray(untouched)[:, half:])
    np.testing.assert_array_equal(masked[:, :half], np.asarray(whole)[:, :half])
    assert np.any(masked[:, :half] != np.asarray(untouched)[:, :half])


def test_a_mask_is_made_of_the_upright_photo_and_is_for_all_dishes(gen):
    image, seen = photo(20, 12), []
    image.getexif()[0x0112] = 6

    def find_mask(upright):
        seen.append((upright.mode, upright.size))
        return left_half(upright.size)

    translator = of_network(gen)
    results = translator.all(image, find_mask)
    assert seen == [('RGB', (12, 20))]
    upright = image.transpose(Image.Transpose.ROTATE_270)
    for name, result in results.items():
        np.testing.assert_array_equal(np.asarray(result)[:, 6:], np.asarray(upright)[:, 6:])
        expected = translator(image, name, left_half((12, 20)))
        assert abs(np.int16(result) - np.int16(expected)).max() <= 1  # two ways to round


def test_each_photo_has_its_own_mask_or_none(gen):
    translator, images = of_network(gen), [photo(9, 8), photo(9, 8).rotate(180)]
    arrays = [translator.prepare(image) for image in images]
    plain = list(translator.translate(arrays, ['ramen', 'curry']))
    masked = list(translator.translate(arrays, ['ramen', 'curry'], [None, Image.new('L', (9, 8))]))
    for found, expected in zip(masked, plain[:2] + [images[1]] * 2):
        np.testing.assert_array_equal(found, expected)
