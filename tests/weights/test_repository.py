"""A model repository: what Triton and OpenVINO Model Server are told, and a batch of several."""

import importlib.util
import json
import pathlib

import numpy as np
import pytest

from chainer_foodgan import weights
from chainer_foodgan.commands import main
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.links import Generator

NAMES = ['curry', 'a "quoted\\" dish', 'ラーメン']


@pytest.fixture
def repository(tmp_path):
    for name in 'my dish', 'other':
        weights.save(Generator(4, 3, 1, rng=np.random.default_rng(0)), tmp_path / f'{name}.npz',
                     {'categories': NAMES})
        weights.convert(tmp_path / f'{name}.npz', f'{tmp_path}/models/')
    return tmp_path / 'models'


@pytest.fixture
def schema():
    """Triton's, without what its package imports for networks."""
    found = importlib.util.find_spec('tritonclient')
    if found is None:
        pytest.skip('reads config.pbtxt: pip install --no-deps tritonclient')
    place = pathlib.Path(found.submodule_search_locations[0], 'grpc', 'model_config_pb2.py')
    spec = importlib.util.spec_from_file_location('model_config_pb2', place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_triton_reads_it(repository, schema):
    from google.protobuf import text_format
    config = text_format.Parse((repository / 'my_dish' / 'config.pbtxt').read_text('utf-8'),
                               schema.ModelConfig())
    assert (config.name, config.backend) == ('my_dish', 'onnxruntime')
    assert config.HasField('dynamic_batching') and config.max_batch_size > 1
    assert json.loads(config.parameters['categories'].string_value) == NAMES
    # The program's inputs without the batch, as Triton compares them.
    runtime = pytest.importorskip('onnxruntime')
    session = runtime.InferenceSession(str(repository / 'my_dish' / '1' / 'model.onnx'))
    for told, found in ((config.input, session.get_inputs()),
                        (config.output, session.get_outputs())):
        assert [(each.name, list(each.dims)) for each in told] == [
            (each.name, [side if isinstance(side, int) else -1 for side in each.shape[1:]])
            for each in found]
        assert {each.data_type for each in told} == {schema.TYPE_FP32}


def test_a_batch_is_what_its_photos_are_alone(repository):
    openvino = pytest.importorskip('openvino')  # as OpenVINO Model Server reads it
    config = json.loads((repository / 'config.json').read_text('utf-8'))
    models = {each['config']['name']: each['config']['base_path']
              for each in config['model_config_list']}
    assert models == {'my_dish': 'my_dish', 'other': 'other'}
    model = openvino.Core().compile_model(repository / models['other'] / '1' / 'model.onnx', 'CPU',
                                          {'INFERENCE_PRECISION_HINT': 'f32'})
    rng = np.random.default_rng(0)
    x, c = rng.uniform(-1, 1, (3, 3, 16, 24)).astype('f4'), np.eye(3, dtype='f4')
    batch = model({'x': x, 'c': c})['y']
    for index in range(3):
        alone = model({'x': x[index:index + 1], 'c': c[index:index + 1]})['y']
        np.testing.assert_allclose(batch[index:index + 1], alone, atol=1e-5)


def test_what_belongs_to_others_stays(tmp_path, capsys):
    weights.save(Generator(4, 3, 1), tmp_path / 'G.npz', {})
    mine = {'model_config_list': [{'config': {'name': 'resnet', 'base_path': '/models/resnet'}}]}
    (tmp_path / 'config.json').write_text(json.dumps(mine))
    weights.convert(tmp_path / 'G.npz', tmp_path)
    config = json.loads((tmp_path / 'config.json').read_text())
    assert config['model_config_list'] == mine['model_config_list'] + [
        {'config': {'name': 'G', 'base_path': 'G'}}]
    for text in '{"theme": "dark"}', '[]', 'no JSON', '[' * 99999:
        (tmp_path / 'config.json').write_text(text)
        assert main(['convert', str(tmp_path / 'G.npz'), str(tmp_path)]) == 1
        assert 'config.json: a file of something else' in capsys.readouterr().err
        assert (tmp_path / 'config.json').read_text() == text
    (tmp_path / 'file').write_text('')
    with pytest.raises(FoodganError, match='cannot (read|write)'):
        weights.convert(tmp_path / 'G.npz', f'{tmp_path}/file/')
