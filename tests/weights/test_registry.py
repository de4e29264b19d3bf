"""Weights that have a name: what is recorded of them, and the files that ship."""

import dataclasses
import hashlib
import json
import pathlib
import re

import pytest

from chainer_foodgan import weights
from chainer_foodgan.categories import NAMES
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.links import Generator
from chainer_foodgan.weights import registry
from chainer_foodgan.weights.registry import Record, git_blob_sha1

ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'  # FIPS 180-2, B.1
HELLO = 'ce013625030ba8dba906f756967f9e9ca394464a'  # git hash-object

FAR = Record(
    'far', 'G.pth', 'generator', ('ramen', 'soba'), 16, 'MIT', 'nobody', 'nothing',
    addresses=('https://127.0.0.1/G.pth',), git_blob_sha1=40 * '0', parameters=2125000,
    category_order='inferred')


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
        registry.record('small').path(shipped)


def test_an_unknown_name_is_answered_with_the_nearest(shipped):
    for action in weights.load, weights.record:
        with pytest.raises(FoodganError, match='did you mean small'):
            action('smal')


@pytest.mark.parametrize('text, says', [
    ('[{', 'Expecting'), ('[{}]', 'missing .* .file.'), ('{"a": 1}', 'no attribute'),
    ('[{"license": "MIT"}]', 'license')])
def test_a_broken_list_is_one_line(shipped, text, says):
    (shipped.parent / 'records.json').write_text(text)
    with pytest.raises(FoodganError, match='records.json: .*' + says):
        weights.names()


def test_the_folder_is_the_one_that_ships():
    assert registry.folder().name == 'pretrained' and registry.folder().is_dir()


@pytest.mark.parametrize('record', registry.records(), ids=lambda record: record.name)
def test_what_is_recorded_is_whole(record):
    assert re.fullmatch('[a-z0-9_-]+', record.name)
    assert re.fullmatch(r'\w[\w.-]*', record.file)  # no folder
    assert record.network in (*weights.GENERATORS, 'discriminator', 'classifier', 'mask')
    assert type(record.categories) is tuple and all(type(n) is str for n in record.categories)
    assert bool(record.categories) != (record.network == 'mask')
    assert len(set(record.categories)) == len(record.categories)
    assert type(record.image_size) is int and record.image_size > 0
    assert record.category_order in ('known', 'inferred')
    assert all((record.licence, record.attribution, record.trained_on))
    assert (record.sha256 is None) != (record.git_blob_sha1 is None)
    assert re.fullmatch('[0-9a-f]{64}|[0-9a-f]{40}', record.sha256 or record.git_blob_sha1)
    assert all(address.startswith('https://') for address in record.addresses)
    assert not record.addresses or record.limit > 0


def test_names_differ_and_are_those_of_what_translates():
    names = [record.name for record in registry.records()]
    assert len(set(names)) == len(names)
    assert set(weights.names()) == {record.name for record in registry.records()
                                    if record.network.endswith('generator')}
    assert registry.DEFAULT_WEIGHTS in weights.names()


def test_the_released_generator_is_recorded():
    record = registry.record('magical_rice_bowl')
    assert record.categories == NAMES and record.category_order == 'inferred'
    gen = Generator(conv_dim=64, c_dim=len(record.categories), repeat_num=6)
    assert record.parameters == sum(param.size for param in gen.params())
    assert record.git_blob_sha1 == '08c6bf41180010c5dc851156685684ff0f9b17d7'
    assert all(address.endswith('/outputs/models/' + record.file) for address in record.addresses)


def test_what_a_file_says_of_itself():
    meta = json.loads(json.dumps(FAR.meta))
    assert meta['categories'] == ['ramen', 'soba'] and meta['category_order'] == 'inferred'
    assert meta.keys() == {'name', 'network', 'categories', 'category_order', 'image_size',
                           'trained_on', 'licence', 'attribution'}


def test_sizes_are_exact_or_derived():
    assert FAR.about_size == 'about 8.5 MB' and FAR.limit == 17000000
    far = dataclasses.replace(FAR, size=8512345)
    assert far.about_size == '8.5 MB' and far.limit == 8512345
    assert dataclasses.replace(FAR, parameters=None).about_size is None


def test_an_order_that_is_not_proven_is_said():
    assert dataclasses.replace(FAR, category_order='known').order_note is None
    assert 'far is inferred' in FAR.order_note and '--categories' in FAR.order_note


@pytest.mark.parametrize('content, expected', [
    (b'hello\n', HELLO), (b'', 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391')])
def test_git_blob_sha1(tmp_path, content, expected):
    (tmp_path / 'file').write_bytes(content)
    assert git_blob_sha1(tmp_path / 'file') == expected


def test_fault_says_what_differs(tmp_path):
    path = tmp_path / 'file'
    by_git = dataclasses.replace(FAR, git_blob_sha1=HELLO)
    by_sha = dataclasses.replace(FAR, git_blob_sha1=None, sha256=ABC)
    path.write_bytes(b'hello\n')
    assert by_git.fault(path) is None
    assert 'as far (SHA-256 5891b5b522d5..., recorded is ba7816bf8f01...)' in by_sha.fault(path)
    path.write_bytes(b'\n <html>')
    assert 'but a web page (git blob SHA-1' in by_git.fault(path)
    path.write_bytes(b'abc')
    assert by_sha.fault(path) is None
