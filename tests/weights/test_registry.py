"""The weights that ship."""

import hashlib
import json

import pytest

from chainer_foodgan import weights
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.links import Generator
from chainer_foodgan.weights import registry


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """A folder with weights named ``small``."""
    path = tmp_path / 'small_G.npz'
    weights.save(Generator(4, 2, 1), path, {'categories': ['ramen', 'soba'], 'image_size': 16})
    record = {'name': 'small', 'file': path.name, 'categories': ['ramen', 'soba'],
              'sha256': hashlib.sha256(path.read_bytes()).hexdigest(), 'licence': 'MIT'}
    (tmp_path / 'records.json').write_text(json.dumps([record]), encoding='utf-8')
    monkeypatch.setattr(registry, 'folder', lambda: tmp_path)
    return path


def test_weights_are_loaded_by_name(shipped):
    assert weights.names() == ['small']
    assert weights.record('small')['licence'] == 'MIT'
    assert weights.load('small').categories == ('ramen', 'soba')


def test_a_changed_file_is_not_loaded(shipped):
    content = bytearray(shipped.read_bytes())
    content[len(content) // 2] ^= 1
    shipped.write_bytes(content)
    with pytest.raises(FoodganError, match='not the file that was released'):
        weights.load('small')


def test_an_absent_file_is_one_line(shipped):
    shipped.unlink()
    with pytest.raises(FoodganError, match='cannot be read'):
        weights.load('small')


def test_an_unknown_name_is_answered_with_the_nearest(shipped):
    for action in weights.load, weights.record:
        with pytest.raises(FoodganError, match='did you mean small'):
            action('smal')


def test_a_broken_list_is_one_line(shipped):
    (shipped.parent / 'records.json').write_text('[{')
    with pytest.raises(FoodganError, match='records.json'):
        weights.names()


def test_the_folder_is_the_one_that_ships():
    assert registry.folder().name == 'pretrained' and registry.folder().is_dir()
