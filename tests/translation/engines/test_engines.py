"""Every engine that is installed against Chainer's, and which of them is chosen."""

import functools
import sys

import numpy as np
import pytest

import chainer_foodgan.kernels  # noqa: F401  before chainer: it brings the setting
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.links import ConditionalGenerator, Discriminator, Generator
from chainer_foodgan.translation import engines
from chainer_foodgan.translation.sizes import pad
from chainer_foodgan.weights import NetworkWeights

import chainer

SIZES = {'conv_dim': 8, 'c_dim': 4, 'repeat_num': 2}


@pytest.fixture(scope='module')
def gen():
    return Generator(**SIZES, rng=np.random.default_rng(0))


@pytest.fixture(scope='module')
def weights(gen):
    return NetworkWeights.of(gen)


@pytest.fixture(params=['onnxruntime', 'openvino'])
def name(request):
    engine = request.param
    for library in engines.LIBRARIES[engine]:
        pytest.importorskip(library, reason=f'computes with {engine}: pip install onnx {engine}')
    return engine


def photos(B, H, W):
    x = np.random.default_rng(1).uniform(-1, 1, (B, 3, H, W)).astype(np.float32)
    return pad(x)


def labels(*indexes):
    return np.eye(4, dtype=np.float32)[list(indexes)]


def by_chainer(weights, x, c):
    with chainer.using_config('use_torch', 'never'):
        return engines.make('chainer', weights)(x, c)


@pytest.fixture(scope='module')
def expected_of(weights):
    return functools.lru_cache()(
        lambda H, W: by_chainer(weights, photos(1, H, W), labels(0, 1, 2, 3)))


@pytest.mark.parametrize('H, W', [(96, 96), (200, 328), (30, 41), (3, 5), (1, 40), (7, 7)])
def test_they_compute_what_chainer_does(name, weights, expected_of, H, W):
    x, c = photos(1, H, W), labels(0, 1, 2, 3)
    engine, expected = engines.make(name, weights), expected_of(H, W)
    for index in [3, 0]:
        y = engine(x, c[[index]])
        assert y.dtype == np.float32 and y.shape == expected[[index]].shape
        assert abs(y - expected[[index]]).max() < 1e-4
    together = engine(x, c)
    assert abs(together - expected).max() < 1e-4
    assert abs(together[0] - together[1]).max() > 1e-2  # labels count


def test_a_batch_of_photos_is_each_of_them(name, weights):
    x, c = photos(3, 16, 24), labels(2, 0, 2)
    engine = engines.make(name, weights)
    expected = np.concatenate([by_chainer(weights, x[[i]], c[[i]]) for i in range(3)])
    assert abs(engine(x, c) - expected).max() < 1e-4
    assert abs(by_chainer(weights, x, c) - expected).max() < 1e-4


def test_labels_may_be_any_numbers(name, weights):
    x, c = photos(1, 12, 12), np.float32([[.5, -.25, 0, 2]])
    assert abs(engines.make(name, weights)(x, c) - by_chainer(weights, x, c)).max() < 1e-4


def test_half_precision_files_are_computed_in_float32(name, weights):
    halves = weights._replace(arrays={
        key: array.astype(np.float16) for key, array in weights.arrays.items()})
    x, c = photos(1, 16, 16), labels(1)
    y = engines.make(name, halves)(x, c)
    assert abs(y - by_chainer(halves, x, c)).max() < 1e-4
    assert abs(y - by_chainer(weights, x, c)).max() > 1e-4


def test_a_link_is_computed_as_it_was(name):
    gen = Generator(**SIZES, rng=np.random.default_rng(2))
    engine, x, c = engines.make(name, gen), photos(1, 16, 16), labels(1)
    before = gen(x, c).array
    for param in gen.params():
        param.array[...] = 0
    assert abs(engine(x, c) - before).max() < 1e-4
    assert not engines.make('chainer', gen)(x, c).any()


@pytest.fixture(scope='module', params=[False, True], ids=['student', 'separable student'])
def student(request):
    """No scale and no shift is at its start."""
    sizes = {'conv_dim': 8, 'c_dim': 4, 'repeat_num': 2, 'separable': request.param}
    rng = np.random.default_rng(0)
    gen = ConditionalGenerator(**sizes, rng=rng)
    for _, param in sorted(gen.namedparams()):
        if param.ndim == 2:
            param.array += rng.uniform(-0.5, 0.5, param.shape).astype('f4')
    return gen


@pytest.mark.parametrize('H, W', [(96, 96), (30, 41), (3, 5), (1, 40)])
def test_students_are_computed_as_by_chainer(name, student, H, W):
    x, c = photos(1, H, W), labels(0, 1, 2, 3)
    engine = engines.make(name, student)
    with chainer.using_config('use_torch', 'never'), chainer.no_backprop_mode():
        expected = student(np.repeat(x, 4, axis=0), c).array
    assert abs(by_chainer(student, x, c) - expected).max() < 1e-4
    together = engine(x, c)  # one photo, many dishes
    assert together.dtype == np.float32 and together.shape == expected.shape
    assert abs(together - expected).max() < 1e-4
    assert abs(together[0] - together[1]).max() > 1e-2
    for index in (3, 0):
        assert abs(engine(x, c[[index]]) - expected[[index]]).max() < 1e-4


def test_students_take_batches_and_blends(name, student):
    x, c = photos(2, 16, 24), np.float32([[0.5, 0, 0.5, 0], [0, 0, 0.25, 0.75]])
    read = NetworkWeights.of(student)
    engine = engines.make(name, read)
    assert abs(engine(x, c) - by_chainer(read, x, c)).max() < 1e-4
    halves = read._replace(arrays={key: array.astype('f2') for key, array in read.arrays.items()})
    assert abs(engines.make(name, halves)(x, c) - by_chainer(halves, x, c)).max() < 1e-4


def test_the_name_has_the_version(name, weights):
    assert engines.make(name, weights).name == '{} {}'.format(
        name, sys.modules[name].__version__.split('-')[0])


def test_other_links_are_refused(name):
    for link in (Discriminator(16, 4, 3, 2), Generator(4, 3, 1, 'middle')):
        with pytest.raises(FoodganError, match='computes the released generator and conditional'):
            engines.make(name, link)
    with pytest.raises(FoodganError, match=f'@cupy:0: {name} computes on the processor'):
        engines.make(name, None, device='@cupy:0')


def test_bf16_rounds(weights):
    openvino = pytest.importorskip('openvino', reason='computes in bf16: pip install openvino onnx')
    pytest.importorskip('onnx', reason='writes programs: pip install onnx')
    if 'BF16' not in openvino.Core().get_property('CPU', 'OPTIMIZATION_CAPABILITIES'):
        with pytest.raises(FoodganError, match='bf16: this processor'):
            engines.make('openvino', weights, 'bf16')
        pytest.skip('bf16 takes a processor that computes in it')
    x, c = photos(1, 96, 64), labels(0, 3)
    y = engines.make('openvino', weights, 'bf16')(x, c)
    difference = abs(y - by_chainer(weights, x, c))
    # bfloat16 has 8 bits: one rounding is 2 ** -9 of a number at most.
    assert 1e-4 < difference.max() < .2 and difference.mean() < .02


def test_a_precision_that_the_processor_lacks_is_one_line(weights, monkeypatch):
    openvino = pytest.importorskip('openvino', reason='computes in bf16: pip install openvino onnx')

    class Old:
        def get_property(self, device, name):
            return ['FP32']

    monkeypatch.setattr(openvino, 'Core', Old)
    with pytest.raises(FoodganError, match='bf16: this processor'):
        engines.make('openvino', weights, 'bf16')


def absent(monkeypatch, *libraries):
    for library in libraries:
        monkeypatch.setitem(sys.modules, library, None)


def test_auto_is_the_first_that_can_be_imported(monkeypatch):
    for library in 'onnx', 'onnxruntime', 'openvino':
        pytest.importorskip(library, reason='chooses among all: pip install ' + library)
    assert engines.choose('auto') == 'openvino'
    assert engines.choose('auto', link=True) == 'chainer'
    absent(monkeypatch, 'openvino')
    assert engines.choose('auto') == 'onnxruntime'
    absent(monkeypatch, 'onnxruntime')
    assert engines.choose('auto') == 'chainer'


def test_both_need_onnx(monkeypatch):
    absent(monkeypatch, 'onnx')
    assert engines.choose('auto') == 'chainer'


def test_a_broken_library_is_passed_over(monkeypatch, tmp_path):
    (tmp_path / 'openvino.py').write_text('import math\nmath.nothing\n')
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, 'openvino', raising=False)
    absent(monkeypatch, 'onnxruntime')
    assert engines.choose('auto') == 'chainer'
    with pytest.raises(FoodganError, match=r"no attribute 'nothing'\); pip install openvino onnx"):
        engines.choose('openvino')


@pytest.mark.parametrize('backend', ['onnxruntime', 'openvino'])
def test_an_absent_one_says_what_to_install(monkeypatch, backend):
    absent(monkeypatch, backend)
    with pytest.raises(FoodganError, match=f'{backend}: .*; pip install {backend} onnx'):
        engines.choose(backend)


@pytest.mark.parametrize('arguments, says', [
    ({'backend': 'openvin'}, 'openvin: no such backend; did you mean openvino'),
    ({'backend': 'auto', 'precision': 'bf17'}, 'bf17: no such precision; did you mean bf16'),
    ({'backend': 'onnxruntime', 'precision': 'bf16'}, 'bf16: onnxruntime computes in float32'),
    ({'backend': 'chainer', 'precision': 'bf16'}, 'bf16: chainer computes in float32'),
    ({'backend': 'auto', 'precision': 'bf16', 'link': True}, 'bf16: chainer computes')])
def test_what_does_not_go_together_is_named(arguments, says):
    with pytest.raises(FoodganError, match=says):
        engines.choose(**arguments)


def test_bf16_is_openvino(monkeypatch):
    absent(monkeypatch, 'openvino')
    with pytest.raises(FoodganError, match='pip install openvino'):
        engines.choose('auto', 'bf16')


@pytest.mark.parametrize('error, expected', [
    (MemoryError(), True), (RuntimeError("DefaultCPUAllocator: can't allocate memory"), True),
    (RuntimeError('std::bad_alloc'), True), (RuntimeError('shapes differ'), False)])
def test_too_little_memory_is_told_from_other_errors(error, expected):
    assert engines.out_of_memory(error) is expected
