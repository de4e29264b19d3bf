"""Records and the faults of entries written by hand."""

import dataclasses
import json

import pytest

from chainer_foodgan.categories import NAMES
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.links import Generator
from chainer_foodgan.weights import registry
from chainer_foodgan.weights.records import Record, git_blob_sha1, parse

ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'  # FIPS 180-2, B.1
HELLO = 'ce013625030ba8dba906f756967f9e9ca394464a'  # git hash-object

SHIPPED = {
    'name': 'small', 'file': 'small_G.npz', 'sha256': 64 * 'a', 'network': 'generator',
    'categories': ['ramen', 'soba'], 'image_size': 16, 'licence': 'MIT', 'attribution': 'nobody',
    'trained_on': 'nothing'}
FETCHED = {
    **{key: value for key, value in SHIPPED.items() if key != 'sha256'}, 'name': 'far',
    'addresses': ['https://127.0.0.1/G.pth'], 'git_blob_sha1': 40 * '0', 'parameters': 2125000,
    'category_order': 'inferred', 'paper': 'a paper', 'quality': 'none'}


def test_entries_become_records_and_entries_again():
    small, far = parse([SHIPPED, FETCHED])
    assert isinstance(small, Record) and small.categories == ('ramen', 'soba')
    assert (small.category_order, small.addresses, small.paper) == ('known', (), None)
    assert far.image_size == 16 and far.addresses == ('https://127.0.0.1/G.pth',)
    assert far.as_json() == FETCHED
    assert small.as_json() == {**SHIPPED, 'category_order': 'known'}
    json.dumps(far.meta)
    assert far.meta.keys() == {'name', 'network', 'categories', 'category_order', 'image_size',
                               'trained_on', 'licence', 'attribution', 'paper'}


def test_a_mask_has_no_categories():
    entry = {**SHIPPED, 'network': 'mask', 'categories': []}
    mask, = parse([entry])
    assert mask.categories == () and mask.as_json() == {**entry, 'category_order': 'known'}
    with pytest.raises(FoodganError, match='small: categories .* a mask has none'):
        parse([{**SHIPPED, 'network': 'mask'}])


def test_a_student_is_a_network_that_translates(monkeypatch):
    entry = {**SHIPPED, 'network': 'conditional_generator'}
    student, = parse([entry])
    assert student.meta['network'] == 'conditional_generator'
    monkeypatch.setattr(registry, 'records', lambda: parse([entry, {
        **SHIPPED, 'name': 'judge', 'network': 'classifier'}]))
    assert registry.names() == ['small']


def test_sizes_are_exact_or_derived():
    far, = parse([FETCHED])
    assert far.about_size == 'about 8.5 MB' and far.limit == 17000000
    far, = parse([{**FETCHED, 'size': 8512345}])
    assert far.about_size == '8.5 MB' and far.limit == 8512345
    assert parse([SHIPPED])[0].about_size is None


def test_an_order_that_is_not_proven_is_said():
    small, far = parse([SHIPPED, FETCHED])
    assert small.order_note is None
    assert 'far is inferred' in far.order_note and '--categories' in far.order_note


@pytest.mark.parametrize('change, says', [
    ({'licence': None}, 'small: licence is null, leave it out'),
    ({'licence': ''}, "licence cannot be ''"),
    ({'image_size': '16'}, "image_size cannot be '16'"),
    ({'image_size': 0}, 'image_size cannot be 0'),
    ({'image_size': True}, 'image_size cannot be True'),
    ({'categories': 'ramen'}, "categories cannot be 'ramen'"),
    ({'categories': ['ramen', 1]}, 'categories cannot be'),
    ({'categories': ['ramen', 'ramen']}, 'categories differ'),
    ({'categories': []}, 'categories differ'),
    ({'license': 'MIT'}, 'nothing is called license (did you mean licence?'),
    ({'name': '../small'}, 'the name takes lower-case letters'),
    ({'name': 3}, 'name cannot be 3'),
    ({'file': 'folder/G.npz'}, 'file is a name without a folder'),
    ({'file': '..'}, 'file is a name without a folder'),
    ({'network': 'net'}, 'network cannot be net'),
    ({'category_order': 'guessed'}, 'category_order is known or inferred'),
    ({'addresses': ['ftp://127.0.0.1/'], 'size': 3}, 'addresses begin with https://'),
    ({'addresses': ['https://127.0.0.1/']}, 'needs its size or the number of its parameters'),
    ({'git_blob_sha1': 40 * '0'}, 'it needs one hash'),
    ({'sha256': 'abc'}, 'its hash takes 64 hexadecimal digits')])
def test_a_fault_is_named_with_its_entry(change, says):
    with pytest.raises(FoodganError) as caught:
        parse([FETCHED, {**SHIPPED, **change}])
    assert says in str(caught.value)


def test_what_is_missing_is_named():
    with pytest.raises(FoodganError, match='entry 1: it lacks name, it lacks file'):
        parse([{}])
    entry = {key: value for key, value in SHIPPED.items() if key != 'sha256'}
    with pytest.raises(FoodganError, match='small: it needs one hash'):
        parse([entry])


@pytest.mark.parametrize('entries, says', [
    ({}, 'not a list'), (['small'], 'entry 1 is no record'),
    ([SHIPPED, SHIPPED], 'small: the name is taken')])
def test_the_list_is_one_of_different_records(entries, says):
    with pytest.raises(FoodganError, match=says):
        parse(entries)


def test_the_released_generator_is_recorded():
    record = registry.record('magical_rice_bowl')
    assert record.categories == NAMES and record.category_order == 'inferred'
    gen = Generator(conv_dim=64, c_dim=len(record.categories), repeat_num=6)
    assert record.parameters == sum(param.size for param in gen.params())
    assert record.git_blob_sha1 == '08c6bf41180010c5dc851156685684ff0f9b17d7'
    assert all(address.endswith('/outputs/models/' + record.file) for address in record.addresses)


@pytest.mark.parametrize('content, expected', [
    (b'hello\n', HELLO), (b'', 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391')])
def test_git_blob_sha1(tmp_path, content, expected):
    (tmp_path / 'file').write_bytes(content)
    assert git_blob_sha1(tmp_path / 'file') == expected


def test_fault_says_what_differs(tmp_path):
    path = tmp_path / 'file'
    by_git = Record('bowl', 'G.pth', 'generator', ('ramen',), 8, 'MIT', '', '',
                    git_blob_sha1=HELLO)
    by_sha = dataclasses.replace(by_git, git_blob_sha1=None, sha256=ABC)
    path.write_bytes(b'hello\n')
    assert by_git.fault(path) is None
    assert 'as bowl (SHA-256 5891b5b522d5..., recorded is ba7816bf8f01...)' in by_sha.fault(path)
    path.write_bytes(b'\n <html>')
    assert 'but a web page (git blob SHA-1' in by_git.fault(path)
    path.write_bytes(b'abc')
    assert by_sha.fault(path) is None
