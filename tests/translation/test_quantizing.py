"""Eight bits: the arithmetic against NumPy's, and translations against float32."""

import json
import re
import shutil
import types

import numpy as np
import pytest
from PIL import Image

from chainer_foodgan import Translator, weights
from chainer_foodgan.commands import main
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.links import ConditionalGenerator, Generator
from chainer_foodgan.links.graph import Graph, places_of_int8
from chainer_foodgan.site import folder
from chainer_foodgan.translation import engines, quantizing

import chainer
import chainer.functions as F

onnx = pytest.importorskip('onnx', reason='writes ONNX: pip install onnx')
onnxruntime = pytest.importorskip('onnxruntime', reason='calibrates: pip install onnxruntime')

DISHES = ['curry', 'ラーメン', 'soba']


def student(separable=False):
    """Scales and shifts of the categories differ."""
    rng = np.random.default_rng(0)
    gen = ConditionalGenerator(8, 3, 2, separable, rng=rng)
    for _, param in sorted(gen.namedparams()):
        if param.ndim == 2:
            param.array += rng.uniform(-0.5, 0.5, param.shape).astype('f4')
    return gen


LINKS = {'student': student, 'separable student': lambda: student(True),
         'generator': lambda: Generator(8, 3, 2, rng=np.random.default_rng(0))}


@pytest.fixture(params=LINKS)
def float32(request):
    """A network in floating point."""
    return weights.NetworkWeights.of(LINKS[request.param]())._replace(image_size=32)


def photos(number=6):
    """Smooth ones, as photos are."""
    rng = np.random.default_rng(1)
    return [rng.uniform(-1, 1, (3, 4, 5)).astype('f4').repeat(8, 1).repeat(8, 2)
            for _ in range(number)]


def psnr(first, second):
    return 10 * np.log10(4 / np.mean((first - second) ** 2))


def test_evaluating_measures_what_eight_bits_make(place, capsys):
    assert main(['quantize', 'G.npz', 'G.onnx', '--calibrate', 'photos']) == 0
    found = []
    for source in 'G.npz', 'G.onnx':
        assert main(['evaluate', '--weights', source, '--images', 'by_dish', '--metrics', 'cycle',
                     '--image-size', '32', '--out', f'{source}.json']) == 0
        found.append(json.loads((place / f'{source}.json').read_text())['all']['cycle'])
    assert found[1] == pytest.approx(found[0], rel=0.2) and found[0] != found[1]


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with weights and photos, and an empty cache."""
    monkeypatch.setenv('CHAINER_DATASET_ROOT', str(tmp_path / 'cache'))
    monkeypatch.setattr(chainer.dataset.download, '_dataset_root', str(tmp_path / 'cache'))
    monkeypatch.chdir(tmp_path)
    weights.save(student(), 'G.npz', {'categories': DISHES, 'image_size': 32, 'licence': 'CC0'})
    (tmp_path / 'photos').mkdir()
    for number, pixels in enumerate(photos(3)):
        Image.fromarray(np.uint8(127.5 * (pixels.transpose(1, 2, 0) + 1))).save(
            f'photos/{number}.png')
    for dish in DISHES:
        shutil.copytree('photos', f'by_dish/{dish}')
    return tmp_path


def test_a_convolution_in_eight_bits_is_that_of_rounded_numbers():
    """Input in steps of 3/255 from -1 to 2, filters in steps of 1/63 of each channel's largest."""
    rng = np.random.default_rng(2)
    x = rng.uniform(-1.5, 2.5, (2, 5, 9, 10)).astype('f4')  # some are beyond the range
    W = rng.normal(0, 9, (4, 5, 3, 3)).astype('f4') * np.float32([1, 5, .1, 0])[:, None, None, None]
    graph = Graph(onnx, types.SimpleNamespace(kind='one'), {'main/3/W': W}, {'main/3': [-1, 2]})
    model = graph.model(graph.convolution('x', 'main/3/W', 3, 2, 1),
                        {'x': (np.float32, ('batch', 5, 'H', 'W'))}, 4)
    y, = onnxruntime.InferenceSession(model.SerializeToString()).run(None, {'x': x})
    x = np.clip(np.round((x + 1) / (3 / 255)), 0, 255) * (3 / 255) - 1
    step = abs(W).max((1, 2, 3), keepdims=True) / 63
    W = np.round(W / np.maximum(step, 1e-9)) * step
    expected = np.clip(np.round(F.convolution_2d(x, W, stride=2, pad=1).array), -128, 127)
    assert abs(expected).max() == 128 and not expected[:, 3].any()
    wrong = np.round(y) != expected  # half-way between two numbers, float32 may fall to either
    assert wrong.mean() < 0.01 and abs(y - expected).max() < 1.01


def test_which_convolutions_are_rounded():
    assert places_of_int8(weights.NetworkWeights.of(student()).network) == [
        'main/3', 'main/6', 'main/9/main/0', 'main/9/main/3', 'main/10/main/0', 'main/10/main/3']
    assert places_of_int8(weights.NetworkWeights.of(student(True)).network)[2:4] == [
        'main/9/main/0/point', 'main/9/main/3/point']


def test_filters_of_another_scale_translate_as_before(float32):
    """Instance normalisation takes it out; and outputs fill what eight bits hold."""
    made = quantizing.quantize(float32, photos())
    x, c = photos(1)[0][None], np.eye(3, dtype='f4')[[0]]
    with chainer.no_backprop_mode(), chainer.using_config('use_torch', 'never'):
        before, after = (one.link()(x, c).array for one in (float32, made))
    np.testing.assert_allclose(after, before, atol=2e-3)
    places = places_of_int8(made.network)
    found = [quantizing._watched(made, places)(photo[None], np.eye(3, dtype='f4')[[turn % 3]])
             for turn, photo in enumerate(photos())]
    for number, place in enumerate(places):
        inputs, outputs = zip(*(pairs[number] for pairs in found))
        np.testing.assert_allclose(made.ranges[place], [min(0, np.min(inputs)), np.max(inputs)],
                                   rtol=1e-2)
        np.testing.assert_allclose(abs(np.array(outputs)).max((0, 1, 3, 4)), 100, rtol=1e-2)


@pytest.mark.parametrize('name', ['onnxruntime', 'openvino'])
def test_translations_in_eight_bits_are_near_those_in_float32(float32, name):
    """A step of 1/255 of a range makes an error of 59 dB below it; that of 6 convolutions, with
    an input and an output each, adds up to 48 dB; a picture has half of the range and more."""
    pytest.importorskip(name, reason=f'computes with {name}: pip install onnx {name}')
    made = quantizing.quantize(float32, photos())
    x, c = np.stack(photos(3)), np.eye(3, dtype='f4')
    expected = engines.make(name, float32)(x, c)
    y = engines.make(name, made, 'int8')(x, c)
    assert 30 < psnr(y, expected) < 70  # above, nothing would have been rounded


def test_the_file_keeps_names_size_and_what_was_rounded(place, capsys):
    assert main(['quantize', 'G.npz', 'q.onnx', '--calibrate', 'photos']) == 0
    assert re.match(r'q\.onnx: 0\.1 MB, 6 convolutions in eight bits; [345]\d\.\d dB from float32 '
                    'on 3 photos$', capsys.readouterr().out)
    stored = weights.read_generator(place / 'q.onnx')
    assert stored.categories == tuple(DISHES) and stored.image_size == 32
    assert list(stored.ranges) == places_of_int8(stored.network)
    model = onnx.load('q.onnx')
    onnx.checker.check_model(model, full_check=True)
    assert {entry.key: entry.value for entry in model.metadata_props}['licence'] == 'CC0'
    filters = {entry.name: entry.data_type for entry in model.graph.initializer
               if entry.name.startswith('main/9/main/0/W')}
    assert filters == {'main/9/main/0/W_int8': onnx.TensorProto.INT8,
                       'main/9/main/0/W_scale': onnx.TensorProto.FLOAT}
    translator = Translator('q.onnx', backend='onnxruntime', output_size='network')
    assert translator.precision == 'int8' and translator.engine.endswith(', int8')
    picture = translator(Image.open('photos/0.png'), 'ラーメン')
    exact = Translator('G.npz', backend='onnxruntime', output_size='network')(
        Image.open('photos/0.png'), 'ラーメン')
    assert np.mean((np.float32(picture) - np.float32(exact)) ** 2) < 255 ** 2 / 10 ** 3  # 30 dB
    assert picture.tobytes() != exact.tobytes()
    folder._write_generator('q.onnx', 'q', place / 'site')
    site = onnx.load('site/weights/q.onnx')
    assert {entry.name for entry in site.graph.initializer} >= set(filters)
    for name in 'r.npz', 's.onnx':  # any format that has a place for it keeps it
        weights.convert('q.onnx', name)
        again = Translator(name, backend='onnxruntime', output_size='network')
        assert again.precision == 'int8'
        assert again(Image.open('photos/0.png'), 'ラーメン').tobytes() == picture.tobytes()


def test_the_file_computes_by_itself_what_the_engine_does(place):
    quantizing.write('G.npz', 'q.onnx', 'photos')
    x, c = np.stack(photos(2)), np.eye(3, dtype='f4')[[1, 2]]
    y, = onnxruntime.InferenceSession('q.onnx').run(None, {'x': x, 'c': c})
    other = engines.make('onnxruntime', weights.read_generator(place / 'q.onnx'), 'int8')(x, c)
    # 50 dB: a number half-way between two steps may fall to either.
    assert np.mean((y - other) ** 2) < 4e-5


def test_precision_int8_calibrates_once(place, monkeypatch, capsys):
    first = Translator('G.npz', precision='int8', backend='onnxruntime', output_size='network')
    assert 'calibrating eight bits, once' in capsys.readouterr().err
    picture = first(Image.open('photos/0.png'), 'soba').tobytes()
    kept, = place.glob('cache/chainer_foodgan/int8-*/*.onnx')
    with monkeypatch.context() as patched:
        patched.setattr(quantizing, 'quantize', None)  # it would not get far
        second = Translator('G.npz', precision='int8', backend='onnxruntime', output_size='network')
        assert second(Image.open('photos/0.png'), 'soba').tobytes() == picture
    kept.write_bytes(b'\x08 damaged')
    Translator('G.npz', precision='int8', backend='onnxruntime')
    assert weights.read_generator(kept).ranges
    weights.save(LINKS['generator'](), 'G.npz', {'categories': DISHES, 'image_size': 32})
    Translator('G.npz', precision='int8', backend='onnxruntime')
    assert len(list(kept.parent.glob('*.onnx'))) == 2
    assert capsys.readouterr().err.count('once for these weights') == 2


def test_a_cache_that_cannot_be_written_costs_time_alone(place):
    (place / 'cache').write_text('a file where the folder belongs')
    assert Translator('G.npz', precision='int8', backend='onnxruntime').precision == 'int8'


def test_a_file_in_eight_bits_is_measured_in_them(place):
    from chainer_foodgan.evaluations.evaluate import _generator

    quantizing.write('G.npz', 'q.onnx', 'photos')
    stored = weights.read_generator(place / 'q.onnx')
    x, c = np.stack(photos(1)), np.eye(3, dtype='f4')[[1]]
    y = _generator(stored, '@numpy')(x, c).array
    with chainer.no_backprop_mode():
        assert 30 < psnr(y, stored.link()(x, c).array) < 70


@pytest.mark.parametrize('arguments, says', [
    (['G.npz', 'q.npz'], 'q.npz: weights in eight bits are written as .onnx'),
    (['G.npz', 'q.onnx', '--calibrate', 'none'], 'none'),
    (['G.npz', 'q.onnx', '--calibrate', 'empty'], 'empty: there is no picture in this folder'),
    (['G.npz', 'q.onnx', '--calibrate', 'G.npz'], 'G.npz'),
    (['middle.npz', 'q.onnx'], 'int8: there are the released generator and conditional ones'),
    (['done.onnx', 'q.onnx'], 'done.onnx: in eight bits already'),
    (['nothing', 'q.onnx'], 'nothing: neither a file nor weights of that name'),
    (['G.npz', 'G.npz/q.onnx', '--calibrate', 'photos/0.png'], 'cannot write')])
def test_what_is_no_use_is_one_line(place, capsys, arguments, says):
    (place / 'empty').mkdir()
    weights.save(Generator(4, 3, 1, 'middle'), 'middle.npz', {'categories': DISHES})
    if arguments[0] == 'done.onnx':
        quantizing.write('G.npz', 'done.onnx', 'photos/0.png')
    assert main(['quantize', *arguments]) == 1
    error, = [line for line in capsys.readouterr().err.splitlines() if 'foodgan:' in line]
    assert says in error and not (place / 'q.onnx').exists()


@pytest.mark.parametrize('ranges', [
    [], {'main/0': [0, 1]}, {'main/3': [0]}, {'main/3': [0, 1e300]}, {'main/3': [1, 2]},
    {'main/3': [0, True]}, {'main/3': 'ab'}, {'../x': [0, 1]}])
def test_ranges_that_do_not_fit_are_refused(place, ranges):
    data = weights.read_npz('G.npz')
    weights.loading.npz.write('bad.npz', data[0], {**data[1], 'ranges': ranges})
    with pytest.raises(FoodganError, match='ranges of numbers in eight bits do not fit'):
        Translator('bad.npz')
    with pytest.raises(FoodganError, match='ranges of numbers in eight bits do not fit'):
        weights.convert('bad.npz', 'worse.onnx')


def test_chainer_computes_in_float32_alone(place):
    quantizing.write('G.npz', 'q.onnx', 'photos/0.png')
    for options in {'backend': 'chainer'}, {'device': '@numpy'}:
        with pytest.raises(FoodganError, match='int8: chainer computes in float32'):
            Translator('q.onnx', **options)
