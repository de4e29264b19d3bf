"""ONNX files: what they say of themselves, and that ONNX Runtime computes what Chainer does."""

import json
import sys

import numpy as np
import pytest

from chainer_foodgan import weights
from chainer_foodgan.commands import main
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.links import ConditionalGenerator, Discriminator, Generator
from chainer_foodgan.weights import onnx as writer
from chainer_foodgan.weights.naming import arrays_of

import chainer

META = {'categories': ['curry', 'ラーメン', 'soba'], 'image_size': 32, 'licence': 'CC0',
        'network': 'generator'}


@pytest.fixture
def onnx():
    return pytest.importorskip('onnx', reason='writes ONNX: pip install onnx')


@pytest.fixture
def session():
    """Opens a file in ONNX Runtime."""
    runtime = pytest.importorskip('onnxruntime', reason='runs ONNX: pip install onnxruntime')

    def open_session(path):
        options = runtime.SessionOptions()
        options.intra_op_num_threads = 1
        return runtime.InferenceSession(str(path), options, ['CPUExecutionProvider'])
    return open_session


def make(conv_dim=4, c_dim=3, repeat_num=1):
    return Generator(conv_dim, c_dim, repeat_num, rng=np.random.default_rng(0))


def student(separable=False, repeat_num=2):
    """Scales and shifts of the categories differ."""
    rng = np.random.default_rng(0)
    gen = ConditionalGenerator(4, 4, repeat_num, separable, rng=rng)
    for _, param in sorted(gen.namedparams()):
        if param.ndim == 2:
            param.array += rng.uniform(-0.5, 0.5, param.shape).astype('f4')
    return gen


def batch(B, H, W, c_dim=3):
    rng = np.random.default_rng(1)
    return (rng.uniform(-1, 1, (B, 3, H, W)).astype(np.float32),
            np.eye(c_dim, dtype=np.float32)[rng.permutation(c_dim)[:B]])


def as_map(x, c):
    return np.ascontiguousarray(np.broadcast_to(c[..., None, None], c.shape + x.shape[2:]))


def difference(gen, path, session, label_map, *shapes):
    run = session(path).run
    greatest = 0
    for B, H, W in shapes:
        x, c = batch(B, H, W, gen.c_dim)
        with chainer.no_backprop_mode():
            expected = gen(x, c).array
        y, = run(['y'], {'x': x, 'c': as_map(x, c) if label_map else c})
        assert y.shape == expected.shape and y.dtype == np.float32
        greatest = max(greatest, abs(y - expected).max())
    return greatest


@pytest.mark.parametrize('label_map', [False, True])
def test_onnx_runtime_computes_what_chainer_does(onnx, session, tmp_path, label_map):
    gen = make(conv_dim=4, c_dim=4, repeat_num=2)
    writer.write(tmp_path / 'G.onnx', arrays_of(gen), META, label_map)
    shapes = (1, 256, 256), (1, 200, 328), (2, 64, 64), (3, 8, 12)
    assert difference(gen, tmp_path / 'G.onnx', session, label_map, *shapes) < 1e-4


def test_labels_count(onnx, session, tmp_path):
    gen = make()
    writer.write(tmp_path / 'vector.onnx', arrays_of(gen), META)
    writer.write(tmp_path / 'map.onnx', arrays_of(gen), META, label_map=True)
    x, c = batch(1, 16, 16)
    other = np.roll(c, 1, axis=1)
    run = session(tmp_path / 'vector.onnx').run
    assert abs(run(None, {'x': x, 'c': c})[0] - run(None, {'x': x, 'c': other})[0]).max() > 1e-2
    halves = as_map(x, c)
    halves[..., 8:] = as_map(x, other)[..., 8:]
    y, = session(tmp_path / 'map.onnx').run(None, {'x': x, 'c': halves})
    np.testing.assert_allclose(y, gen(x, halves).array, atol=1e-4)


def checked(onnx, path, label):
    """The model in a file; its photos have any size, labels that shape, and all constants are used.
    """
    model = onnx.load(str(path))
    onnx.checker.check_model(model, full_check=True)
    found = {value.name: [dim.dim_param or dim.dim_value
                          for dim in value.type.tensor_type.shape.dim]
             for value in [*model.graph.input, *model.graph.output]}
    assert found == {'x': ['batch', 3, 'height', 'width'], 'c': label,
                     'y': ['batch', 3, 'height', 'width']}
    used = {name for node in model.graph.node for name in node.input}
    assert {entry.name for entry in model.graph.initializer} <= used
    return model


@pytest.mark.parametrize('label_map, shape', [(False, ['batch', 3]),
                                              (True, ['batch', 3, 'height', 'width'])])
def test_names_shapes_and_metadata(onnx, tmp_path, label_map, shape):
    writer.write(tmp_path / 'G.onnx', arrays_of(make()), META, label_map)
    model = checked(onnx, tmp_path / 'G.onnx', shape)
    properties = {entry.key: entry.value for entry in model.metadata_props}
    assert json.loads(properties['categories']) == META['categories']
    assert (properties['image_size'], properties['licence']) == ('32', 'CC0')
    operators = {node.op_type for node in model.graph.node}
    assert not operators & {'Gather', 'Expand', 'Tile', 'Shape'}
    assert [(entry.domain, entry.version) for entry in model.opset_import] == [('', 17)]


def test_equal_weights_give_equal_bytes_and_halves_become_float32(onnx, session, tmp_path):
    gen = make()
    halves = {key: array.astype(np.float16) for key, array in arrays_of(gen).items()}
    for name in 'ab':
        writer.write(tmp_path / (name + '.onnx'), halves, META)
    assert (tmp_path / 'a.onnx').read_bytes() == (tmp_path / 'b.onnx').read_bytes()
    for name, param in gen.namedparams():
        param.array[...] = halves[name[1:]]
    assert difference(gen, tmp_path / 'a.onnx', session, False, (1, 16, 16)) < 1e-4


def test_a_discriminator_is_refused(tmp_path):
    dis = Discriminator(image_size=16, conv_dim=4, c_dim=3, repeat_num=2)
    with pytest.raises(FoodganError, match='this is Discriminator'):
        writer.write(tmp_path / 'D.onnx', arrays_of(dis), {})
    assert not (tmp_path / 'D.onnx').exists()


def test_without_the_library_the_error_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, 'onnx', None)
    with pytest.raises(FoodganError, match='pip install onnx'):
        writer.write(tmp_path / 'G.onnx', arrays_of(make()), {})


def test_convert_writes_both_variants(onnx, session, tmp_path):
    gen = make()
    weights.save(gen, tmp_path / 'G.npz', META)
    for name, label_map in (('vector.onnx', False), ('map.onnx', True)):
        weights.convert(tmp_path / 'G.npz', tmp_path / name, label_map=label_map)
        assert difference(gen, tmp_path / name, session, label_map, (2, 12, 16)) < 1e-4
    with pytest.raises(FoodganError, match='variant of .onnx alone'):
        weights.convert(tmp_path / 'G.npz', tmp_path / 'G.pth', label_map=True)
    assert not (tmp_path / 'G.pth').exists()


def test_the_command_says_what_it_wrote(onnx, tmp_path, capsys):
    weights.save(make(), tmp_path / 'G.npz', META)
    target = str(tmp_path / 'G.onnx')
    assert main(['convert', str(tmp_path / 'G.npz'), target, '--label-map']) == 0
    assert target in capsys.readouterr().out
    shape = onnx.load(target).graph.input[1].type.tensor_type.shape
    assert len(shape.dim) == 4


@pytest.mark.parametrize('half', [False, True])
def test_it_is_read(onnx, tmp_path, half):
    arrays = arrays_of(make())
    writer.write(tmp_path / 'G.onnx', arrays, {**META, 'name': '64'}, half=half)
    found, meta = writer.read(tmp_path / 'G.onnx')
    assert meta == {**META, 'name': '64'}
    assert set(found) == set(arrays)
    for key, array in arrays.items():
        np.testing.assert_array_equal(found[key], array.astype(np.float16 if half else np.float32))
    assert weights.load(tmp_path / 'G.onnx').categories == tuple(META['categories'])


def spoilt(onnx, model, tmp_path, how):
    """A file with something wrong in it."""
    tensor = next(entry for entry in model.graph.initializer if entry.name == 'main/3/W')
    if how == 'elsewhere':
        tensor.data_location = onnx.TensorProto.EXTERNAL
        tensor.external_data.add(key='location', value='/etc/passwd')
    elif how == 'huge':
        del tensor.dims[:]
        tensor.dims.extend([2 ** 20] * 4)
    elif how == 'text':
        tensor.CopyFrom(onnx.helper.make_tensor(tensor.name, onnx.TensorProto.STRING, [1], [b'x']))
    elif how == 'wide scale':  # broadcasting would make an array of 2 ** 40 numbers
        wide = np.zeros((1, 2 ** 20, 1, 1), np.int8), np.ones(2 ** 20, np.float32)
        for array, name in zip(wide, ('_int8', '_scale')):
            model.graph.initializer.append(onnx.numpy_helper.from_array(array, tensor.name + name))
    elif how == 'infinite':
        tensor.CopyFrom(onnx.numpy_helper.from_array(
            np.full(tuple(tensor.dims), np.inf, np.float32), tensor.name))
    path = tmp_path / 'bad.onnx'
    data = model.SerializeToString()
    path.write_bytes(data[:len(data) // 2] if how == 'cut' else
                     b'\x08' + bytes(range(256)) if how == 'noise' else data)
    return path


@pytest.mark.parametrize('how, says', [
    ('elsewhere', 'its numbers are in another file'), ('huge', 'damaged or cut short'),
    ('text', 'damaged or cut short'), ('wide scale', 'damaged or cut short'),
    ('infinite', 'NaN or infinity'), ('cut', 'damaged or cut short'),
    ('noise', 'damaged or cut short')])
def test_a_file_that_is_no_use_is_one_line(onnx, tmp_path, how, says):
    writer.write(tmp_path / 'G.onnx', arrays_of(make()), META)
    path = spoilt(onnx, onnx.load(str(tmp_path / 'G.onnx')), tmp_path, how)
    with pytest.raises(FoodganError, match=says) as caught:
        weights.load(path)
    assert '\n' not in str(caught.value)


def test_a_program_of_somebody_else_holds_nothing(onnx, tmp_path):
    node = onnx.helper.make_node('Relu', ['x'], ['y'])
    value = [onnx.helper.make_tensor_value_info(name, 1, [1]) for name in 'xy']
    onnx.save(onnx.helper.make_model(onnx.helper.make_graph([node], 'g', *[[v] for v in value])),
              str(tmp_path / 'other.onnx'))
    with pytest.raises(FoodganError, match='no network of this package'):
        weights.load(tmp_path / 'other.onnx')


@pytest.mark.parametrize('separable, repeat_num', [(False, 2), (True, 2), (False, 0)])
def test_a_student_computes_what_chainer_does(onnx, session, tmp_path, separable, repeat_num):
    gen = student(separable, repeat_num)
    writer.write(tmp_path / 'G.onnx', arrays_of(gen), META)
    shapes = (1, 200, 328), (2, 64, 64), (3, 8, 12)
    assert difference(gen, tmp_path / 'G.onnx', session, False, *shapes) < 1e-4
    x, c = batch(2, 16, 16, 4)
    run = session(tmp_path / 'G.onnx').run
    blend = np.float32([[0.5, 0, 0.25, 0.25], [0, 0.1, 0.9, 0]])
    np.testing.assert_allclose(run(None, {'x': x, 'c': blend})[0], gen(x, blend).array, atol=1e-4)
    assert abs(run(None, {'x': x, 'c': c})[0] - run(None, {'x': x, 'c': c[::-1].copy()})[0]
               ).max() > 1e-2


def test_a_students_file(onnx, tmp_path):
    for name in 'ab':
        writer.write(tmp_path / (name + '.onnx'), arrays_of(student(True)), META)
    assert (tmp_path / 'a.onnx').read_bytes() == (tmp_path / 'b.onnx').read_bytes()
    model = checked(onnx, tmp_path / 'a.onnx', ['batch', 4])
    assert {node.op_type for node in model.graph.node} == {
        'Conv', 'ConvTranspose', 'InstanceNormalization', 'Relu', 'Tanh', 'Add', 'MatMul', 'Mul',
        'Split', 'Sigmoid', 'Sub', 'Unsqueeze'}


def test_a_students_label_is_no_map(onnx, tmp_path, capsys):
    weights.save(student(), tmp_path / 'G.npz', META | {'categories': list('abcd')})
    source, target = str(tmp_path / 'G.npz'), str(tmp_path / 'G.onnx')
    assert main(['convert', source, target, '--label-map']) != 0
    line = capsys.readouterr().err
    assert 'the label of ConditionalGenerator(conv_dim=4' in line and '--label-map' in line
    assert not (tmp_path / 'G.onnx').exists()
    assert main(['convert', source, target]) == 0
    assert 'ConditionalGenerator(' in capsys.readouterr().out


def test_a_generator_whose_label_joins_in_the_middle_is_refused(tmp_path):
    with pytest.raises(FoodganError, match='the released generator or a conditional one'):
        writer.write(tmp_path / 'G.onnx', arrays_of(Generator(4, 3, 1, 'middle')), {})
