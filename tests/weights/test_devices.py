"""Files for phones: LiteRT computes what Chainer does; what Core ML is handed means the same."""

import sys

import numpy as np
import pytest

from chainer_foodgan import weights
from chainer_foodgan.commands import main
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.links import ConditionalGenerator, Discriminator, Generator

import chainer
import chainer.functions as F

NAMES = ['curry', 'ラーメン', 'soba']


@pytest.fixture(params=['released', 'student', 'separable'])
def gen(request, tmp_path):
    """A tiny generator, saved as G.npz."""
    rng = np.random.default_rng(0)
    if request.param == 'released':
        gen = Generator(4, 3, 2, rng=rng)
    else:
        gen = ConditionalGenerator(4, 3, 2, request.param == 'separable', rng=rng)
    for _, param in sorted(gen.namedparams()):
        if param.ndim < 4:  # scales and shifts that differ
            param.array += rng.uniform(-0.5, 0.5, param.shape).astype('f4')
    weights.save(gen, tmp_path / 'G.npz', {'categories': NAMES, 'image_size': 16})
    return gen


def translated(gen, size):
    """A photo, label vectors and what Chainer makes of them; channels come first."""
    rng = np.random.default_rng(1)
    x = rng.uniform(-1, 1, (1, 3, size, size)).astype('f4')
    labels = [np.float32([c]) for c in ([0, 1, 0], [0.5, 0, 0.5])]
    with chainer.no_backprop_mode():
        return x, [(c, gen(x, c).array) for c in labels]


@pytest.mark.parametrize('size', [None, 24])
def test_litert_computes_what_chainer_does(gen, tmp_path, size):
    pytest.importorskip('ai_edge_litert', reason='runs .tflite: pip install ai-edge-litert')
    from ai_edge_litert.interpreter import Interpreter
    path = tmp_path / 'G.tflite'
    weights.convert(tmp_path / 'G.npz', path, size=size)
    run = Interpreter(str(path), num_threads=1).get_signature_runner('serving_default')
    x, expected = translated(gen, size or 16)
    for c, y in expected:
        found = run(x=np.ascontiguousarray(x.transpose(0, 2, 3, 1)), c=c)['y']
        assert found.dtype == np.float32
        np.testing.assert_allclose(found.transpose(0, 3, 1, 2), y, atol=1e-4)


def test_a_tflite_file(tmp_path):
    schema = pytest.importorskip('ai_edge_litert.schema_py_generated')
    weights.save(Generator(4, 3, 1), tmp_path / 'G.npz', {'categories': NAMES})
    for name in 'ab':
        weights.convert(tmp_path / 'G.npz', tmp_path / f'{name}.tflite', size=8)
    data = (tmp_path / 'a.tflite').read_bytes()
    assert data == (tmp_path / 'b.tflite').read_bytes()
    model = schema.Model.GetRootAs(data, 0)
    texts = {model.Metadata(i).Name(): model.Buffers(model.Metadata(i).Buffer()).DataAsNumpy()
             for i in range(model.MetadataLength())}
    assert 'ラーメン' in bytes(texts[b'categories']).decode()
    # Numbers are used where they are in the file.
    starts = [model.Buffers(i)._tab.Vector(model.Buffers(i)._tab.Offset(4))
              for i in range(model.BuffersLength()) if model.Buffers(i).DataLength()]
    assert starts and not any(start % 16 for start in starts)


@pytest.fixture
def package(gen, tmp_path):
    """G.mlpackage as coremltools reads it: (specification, program)."""
    ct = pytest.importorskip('coremltools', reason='writes .mlpackage: pip install coremltools')
    from coremltools.converters.mil.frontend.milproto.load import load
    weights.convert(tmp_path / 'G.npz', tmp_path / 'G.mlpackage')
    model = ct.models.MLModel(str(tmp_path / 'G.mlpackage'), skip_model_load=True)
    specification = model.get_spec()
    return specification, load(specification, specification.specificationVersion,
                               model.weights_dir)


def computed(program, inputs):
    """Runs a program by what Apple's reference says of each operator, in float32."""
    values = dict(inputs)

    def value(var):
        found = values[var.name] if var.val is None else np.asarray(var.val)
        return found.astype('f4') if found.dtype == np.float16 else found

    def convolved(convolution, x, weight, strides, pad, pad_type, bias=None, groups=1, **_):
        assert pad_type == 'custom' and len(set(pad)) == len(set(strides)) == 1
        return convolution(x, weight, bias, int(strides[0]), int(pad[0]),
                           groups=int(groups)).array

    def normalised(x, epsilon, gamma=None, beta=None):
        y = (x - x.mean((2, 3), keepdims=True)) / np.sqrt(x.var((2, 3), keepdims=True) + epsilon)
        return y if gamma is None else y * gamma[:, None, None] + beta[:, None, None]

    operators = {
        'cast': lambda x, dtype: x, 'add': lambda x, y: x + y, 'mul': lambda x, y: x * y,
        'sub': lambda x, y: x - y, 'relu': lambda x: np.maximum(x, 0), 'tanh': np.tanh,
        'sigmoid': lambda x: 1 / (1 + np.exp(-x)), 'instance_norm': normalised,
        'expand_dims': lambda x, axes: np.expand_dims(x, tuple(axes)),
        'linear': lambda x, weight, bias=0: x @ weight.T + bias,
        'tile': lambda x, reps: np.tile(x, reps),
        'concat': lambda values, axis, interleave: np.concatenate(values, axis),
        'split': lambda x, split_sizes, axis, **_: np.split(x, np.cumsum(split_sizes)[:-1], axis),
        'conv': lambda **each: convolved(F.convolution_2d, **each),
        'conv_transpose': lambda output_shape=None, **each: convolved(F.deconvolution_2d, **each)}
    for op in program.functions['main'].operations:
        if op.op_type == 'const':
            continue
        named = {name: [value(each) for each in var] if isinstance(var, (tuple, list))
                 else value(var) for name, var in op.inputs.items() if var is not None}
        found = operators[op.op_type](*([named.pop('x')] if op.op_type == 'tanh' else []), **named)
        for var, array in zip(op.outputs, found if op.op_type == 'split' else [found]):
            values[var.name] = array
    return values['y']


def test_what_core_ml_is_handed(gen, tmp_path, package):
    specification, program = package
    shown = {each.name: each.type.WhichOneof('Type')
             for each in [*specification.description.input, *specification.description.output]}
    assert shown == {'x': 'imageType', 'c': 'multiArrayType', 'y': 'imageType'}
    assert 'ラーメン' in specification.description.metadata.userDefined['categories']
    block, = specification.mlProgram.functions['main'].block_specializations.values()
    kinds = [op.type for op in block.operations]
    norms = sum(key.endswith('/gamma') for key in weights.read_generator(
        tmp_path / 'G.npz').arrays)
    assert (kinds.count('instance_norm'), kinds.count('conv_transpose')) == (norms, 2)
    assert not [kind for kind in kinds if 'custom' in kind]
    x, expected = translated(gen, 16)
    pixels = np.round(x * 127.5 + 127.5)  # what Core ML hands in from an image
    with chainer.no_backprop_mode():
        for c, _ in expected:
            y = gen(np.float32(pixels / 127.5 - 1), c).array
            found = computed(program, {'x': pixels, 'c': c})
            # Weights are float16.
            assert abs(found - (y * 127.5 + 127.5)).max() < 1


def test_a_package_takes_the_place_of_a_package_alone(tmp_path, capsys):
    pytest.importorskip('coremltools')
    weights.save(Generator(4, 3, 1), tmp_path / 'G.npz', {'image_size': 16})
    target = tmp_path / 'G.mlpackage'
    target.mkdir()
    (target / 'diary.txt').write_text('mine')
    assert main(['convert', str(tmp_path / 'G.npz'), str(target)]) == 1
    line = capsys.readouterr().err
    assert 'something else' in line and line.count('\n') == 1
    assert {path.name for path in tmp_path.rglob('*')} == {'G.npz', 'G.mlpackage', 'diary.txt'}


@pytest.mark.parametrize('name', ['G.tflite', 'G.mlpackage'])
def test_what_is_refused(tmp_path, monkeypatch, name):
    weights.save(Generator(4, 3, 1), tmp_path / 'G.npz', {})
    weights.save(Discriminator(16, 4, 3, 2), tmp_path / 'D.npz', {})
    target = tmp_path / name
    with pytest.raises(FoodganError, match='a multiple of 4, not 30; name another by --size'):
        weights.convert(tmp_path / 'G.npz', target, size=30)
    with pytest.raises(FoodganError, match='this is Discriminator'):
        weights.convert(tmp_path / 'D.npz', target)
    for module in 'ai_edge_litert.schema_py_generated', 'coremltools':
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(FoodganError, match='pip install (ai-edge-litert|coremltools)'):
        weights.convert(tmp_path / 'G.npz', target)
    assert not target.exists()
    with pytest.raises(FoodganError, match='leave --size out'):
        weights.convert(tmp_path / 'G.npz', tmp_path / 'G.pth', size=16)
