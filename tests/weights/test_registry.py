"""The weights that ship."""

import hashlib
import json
import pathlib

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
    record = {'name': 'small', 'file': path.name, 'network': 'generator',
              'categories': ['ramen', 'soba'], 'image_size': 16, 'licence': 'MIT',
              'attribution': 'nobody', 'trained_on': 'nothing',
              'sha256': hashlib.sha256(path.read_bytes()).hexdigest()}
    (tmp_path / 'records.json').write_text(json.dumps([record]), encoding='utf-8')
    monkeypatch.setattr(registry, 'folder', lambda: tmp_path)
    return path


def test_weights_are_loaded_by_name(shipped):
    assert weights.names() == ['small']
    assert weights.record('small').licence == 'MIT'
    assert weights.load('small').categories == ('ramen', 'soba')


def test_a_name_is_found_and_a_path_is_none(shipped):
    assert registry.find('small').name == 'small'
    for source in 'small_G.npz', str(shipped), shipped, pathlib.Path('small'):
        assert registry.find(source) is None


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


def test_a_file_for_weights_that_ship_is_refused(shipped):
    with pytest.raises(FoodganError, match='ships with the package'):
        registry.path_of('small', from_file=shipped)


def test_an_unknown_name_is_answered_with_the_nearest(shipped):
    for action in weights.load, weights.record:
        with pytest.raises(FoodganError, match='did you mean small'):
            action('smal')


@pytest.mark.parametrize('text, says', [('[{', 'Expecting'), ('[{}]', 'it lacks name')])
def test_a_broken_list_is_one_line(shipped, text, says):
    (shipped.parent / 'records.json').write_text(text)
    with pytest.raises(FoodganError, match='records.json: .*' + says):
        weights.names()


def test_the_folder_is_the_one_that_ships():
    assert registry.folder().name == 'pretrained' and registry.folder().is_dir()
