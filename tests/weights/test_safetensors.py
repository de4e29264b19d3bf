"""Weights as safetensors, compared with what the library's own functions make and read."""

import json
import struct
import sys

import numpy as np
import pytest

from chainer_foodgan import weights
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.weights import safetensors

library = pytest.importorskip(
    'safetensors.numpy', reason='compares with safetensors: pip install safetensors')

ARRAYS = {'main/0/W': np.arange(24, dtype=np.float32).reshape(2, 3, 2, 2).T,
          'main/1/gamma': np.array([1.5], np.float16), 'main/1/beta': np.array([2.5]),
          'conv/b': np.array([1, 2], np.int64)}
META = {'categories': ['ramen', '牛丼'], 'licence': 'MIT', 'image_size': 64, 'quality': None,
        'year': '2018', 'quoted': '"a"', 'empty': '', 'share': 0.5}


def test_what_is_written_is_read(tmp_path):
    safetensors.write(tmp_path / 'a.safetensors', ARRAYS, META)
    state, meta = safetensors.read(tmp_path / 'a.safetensors')
    assert meta == META
    assert set(state) == {'main.0.weight', 'main.1.weight', 'main.1.bias', 'conv.bias'}
    for key, array in zip(('main.0.weight', 'main.1.weight', 'main.1.bias', 'conv.bias'),
                          ARRAYS.values()):
        assert state[key].dtype == array.dtype
        np.testing.assert_array_equal(state[key], array)
        state[key][...] = 0  # arrays of one's own


def test_the_library_reads_what_is_written(tmp_path):
    safetensors.write(tmp_path / 'a.safetensors', ARRAYS, META)
    np.testing.assert_array_equal(library.load_file(str(tmp_path / 'a.safetensors'))[
        'main.0.weight'], ARRAYS['main/0/W'])
    import safetensors as package
    with package.safe_open(str(tmp_path / 'a.safetensors'), 'np') as file:
        metadata = file.metadata()
    assert metadata['format'] == 'pt' and metadata['licence'] == 'MIT'
    assert json.loads(metadata['categories']) == ['ramen', '牛丼']


def test_bfloat16_is_read_as_float32(tmp_path):
    header = json.dumps({'a': {'dtype': 'BF16', 'shape': [3], 'data_offsets': [0, 6]}}).encode()
    (tmp_path / 'a.safetensors').write_bytes(
        struct.pack('<Q', len(header)) + header + struct.pack('<3H', 0x3f80, 0xc000, 0x4049))
    found = weights.read_state_dict(tmp_path / 'a.safetensors')['a']
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, np.array([1, -2, 3.140625], np.float32))


def test_without_the_library_the_user_is_told(tmp_path, monkeypatch):
    safetensors.write(tmp_path / 'a.safetensors', ARRAYS, {})
    for name in 'safetensors', 'safetensors.numpy':
        monkeypatch.setitem(sys.modules, name, None)
    for action in (lambda: safetensors.read(tmp_path / 'a.safetensors'),
                   lambda: safetensors.write(tmp_path / 'b.safetensors', ARRAYS, {})):
        with pytest.raises(FoodganError, match='pip install safetensors'):
            action()
    assert not (tmp_path / 'b.safetensors').exists()
