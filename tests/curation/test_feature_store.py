"""Features on disk: whatever was cut off, what is kept is right, and nothing is kept twice."""

import json

import numpy
import pytest

from chainer_foodgan.curation.features import FeatureStore
from chainer_foodgan.errors import FoodganError

MADE_OF = {'network': 'n', 'photos': 7, 'dimension': 3, 'batch_size': 2}
FEATURES = numpy.random.default_rng(0).standard_normal((7, 3)).astype(numpy.float32)


def open_store(folder, **others):
    return FeatureStore(folder, {**MADE_OF, **others})


def fill(store, batches=None):
    for batch in batches or store.pending[:]:
        rows = store.rows(batch)
        store.add(batch, FEATURES[rows.start:rows.stop])


def test_whole(tmp_path):
    store = open_store(tmp_path)
    assert store.pending == [0, 1, 2, 3] and list(store.rows(3)) == [6]
    fill(store)
    assert store.pending == [] == open_store(tmp_path).pending
    mapped = numpy.load(tmp_path / 'features.npy', mmap_mode='r')
    assert isinstance(mapped, numpy.memmap) and mapped.dtype == numpy.float32
    assert (mapped == FEATURES).all() and (store.read(2, 5) == FEATURES[2:5]).all()
    assert json.loads((tmp_path / 'features.json').read_text()) == MADE_OF


@pytest.mark.parametrize('damage, pending', [
    (lambda folder: None, [1, 3]),
    # A line that was being written.
    (lambda folder: append(folder, b'1 00'), [1, 3]),
    (lambda folder: append(folder, b'1 0000zzzz\n-1 00000000\n99 00000000\n'), [1, 3]),
    # A line whose batch did not reach the disk.
    (lambda folder: append(folder, b'1 12345678\n'), [1, 3]),
    (lambda folder: (folder / 'features.journal').unlink(), [0, 1, 2, 3]),
    (lambda folder: (folder / 'features.npy').unlink(), [0, 1, 2, 3]),
    (lambda folder: (folder / 'features.json').unlink(), [0, 1, 2, 3]),
    (lambda folder: overwrite(folder / 'features.npy', -4 * 3 * 3), [1, 2, 3])])
def test_cut_off_anywhere(tmp_path, damage, pending):
    fill(open_store(tmp_path), [0, 2])
    damage(tmp_path)
    store = open_store(tmp_path)
    assert store.pending == pending
    fill(store)
    assert open_store(tmp_path).pending == []
    assert (numpy.load(tmp_path / 'features.npy') == FEATURES).all()


def append(folder, data):
    with open(folder / 'features.journal', 'ab') as file:
        file.write(data)


def overwrite(path, place):
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize('other, words', [
    ({'network': 'm'}, 'network: n, not m'), ({'photos': 8}, 'photos: 7, not 8'),
    ({'batch_size': 3}, 'batch size: 2, not 3'), ({'more': 1}, 'more: None, not 1')])
def test_features_of_something_else_are_left_alone(tmp_path, other, words):
    fill(open_store(tmp_path))
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(FoodganError) as caught:
        open_store(tmp_path, **other)
    assert words in str(caught.value) and 'another --out' in str(caught.value)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_where_no_batch_is_kept_there_is_nothing_to_lose(tmp_path):
    """The weights, say, could not be fetched, and others are named."""
    open_store(tmp_path)
    store = open_store(tmp_path, network='m', dimension=3)
    fill(store)
    assert open_store(tmp_path, network='m').pending == []


@pytest.mark.parametrize('name, content', [
    ('features.npy', b'nothing'), ('features.npy', b''), ('features.json', b'{'),
    ('features.json', b'[]')])
def test_damaged_files(tmp_path, name, content):
    fill(open_store(tmp_path))
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FoodganError, match='cannot use the features .* start afresh'):
        open_store(tmp_path)


def test_features_of_another_shape(tmp_path):
    fill(open_store(tmp_path))
    numpy.save(tmp_path / 'features.npy', FEATURES[:5])
    with pytest.raises(FoodganError, match='another shape'):
        open_store(tmp_path)


def test_what_is_not_finite_is_not_kept(tmp_path):
    store = open_store(tmp_path)
    with pytest.raises(FoodganError, match='no finite features'):
        store.add(0, numpy.full((2, 3), numpy.nan, numpy.float32))
    assert open_store(tmp_path).pending == [0, 1, 2, 3]
