"""Reading and writing npz weights, and every way in which a file can be wrong."""

import io
import zipfile

import numpy as np
import pytest

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.weights import npz

ARRAYS = {'main/0/W': np.arange(24, dtype=np.float32).reshape(2, 3, 2, 2) / 7,
          'main/1/beta': np.array([-1.5, 0.25], np.float32)}


def fault_of(path):
    with pytest.raises(FoodganError) as caught:
        npz.read(path)
    message = str(caught.value)
    assert message.startswith(str(path)) and '\n' not in message
    return message


def test_what_is_written_is_read(tmp_path):
    meta = {'categories': ['ramen', '牛丼'], 'image_size': 64, 'quality': None}
    npz.write(tmp_path / 'a.npz', ARRAYS, meta)
    arrays, found = npz.read(tmp_path / 'a.npz')
    assert found == meta
    assert arrays.keys() == ARRAYS.keys()
    for key, array in ARRAYS.items():
        assert arrays[key].dtype == np.float32
        np.testing.assert_array_equal(arrays[key], array)


def test_numpy_reads_what_is_written(tmp_path):
    npz.write(tmp_path / 'a.npz', ARRAYS, {'format': 1})
    with np.load(tmp_path / 'a.npz', allow_pickle=False) as file:
        np.testing.assert_array_equal(file['main/0/W'], ARRAYS['main/0/W'])
        assert str(file['__meta__']) == '{"format": 1}'


@pytest.mark.parametrize('savez', [np.savez, np.savez_compressed])
def test_a_file_without_meta_is_valid(tmp_path, savez):
    savez(tmp_path / 'a.npz', **ARRAYS)
    arrays, meta = npz.read(tmp_path / 'a.npz')
    assert meta == {}
    np.testing.assert_array_equal(arrays['main/0/W'], ARRAYS['main/0/W'])


def test_half_precision_is_half_the_size(tmp_path):
    array = np.random.default_rng(0).uniform(-1, 1, (64, 32, 4, 4)).astype(np.float32)
    npz.write(tmp_path / 'full.npz', {'W': array}, {})
    npz.write(tmp_path / 'half.npz', {'W': array}, {}, dtype='float16')
    full, half = ((tmp_path / name).stat().st_size for name in ('full.npz', 'half.npz'))
    assert half < full / 2 + 1000
    found = npz.read(tmp_path / 'half.npz')[0]['W']
    assert found.dtype == np.float16
    # float16 has 11 significant bits: rounding errs by at most 2 ** -12 of a value below 1.
    assert 0 < np.abs(found - array).max() <= 2 ** -12


def test_equal_weights_are_equal_files(tmp_path):
    npz.write(tmp_path / 'a.npz', ARRAYS, {'epoch': 1})
    npz.write(tmp_path / 'b.npz', ARRAYS, {'epoch': 1})
    assert (tmp_path / 'a.npz').read_bytes() == (tmp_path / 'b.npz').read_bytes()


@pytest.mark.parametrize('value, dtype', [
    (np.nan, 'float32'), (np.inf, 'float16'), (70000, 'float16')])  # 65504 is float16's largest
def test_values_that_do_not_fit_are_not_written(tmp_path, value, dtype):
    (tmp_path / 'a.npz').write_bytes(b'what was there')
    with pytest.raises(FoodganError, match='main/0/W'):
        npz.write(tmp_path / 'a.npz', {'main/0/W': np.array([value], np.float32)}, {}, dtype)
    assert (tmp_path / 'a.npz').read_bytes() == b'what was there'


@pytest.mark.parametrize('content, says', [
    (b'', 'an empty file'),
    (b'\n<!DOCTYPE html><html><head>', 'a web page'),
    (b'version https://git-lfs.github.com/spec/v1\noid', 'Git LFS'),
    (b'\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.', 'PyTorch'),
    (b'\x93NUMPY\x01\x00', 'a single NumPy array'),
    (b'\xff\xd8\xff\xe0 a photo', 'a photo'),
    (b'something', 'another kind of file')])
def test_other_kinds_of_files_are_named(tmp_path, content, says):
    (tmp_path / 'a.npz').write_bytes(content)
    assert says in fault_of(tmp_path / 'a.npz')


def test_absent_files_and_folders_are_named(tmp_path):
    assert 'no such file' in fault_of(tmp_path / 'a.npz')
    assert 'cannot be read' in fault_of(tmp_path)


def test_a_file_cut_short_anywhere_is_named(tmp_path):
    npz.write(tmp_path / 'a.npz', ARRAYS, {})
    content = (tmp_path / 'a.npz').read_bytes()
    for length in range(4, len(content), 97):
        (tmp_path / 'a.npz').write_bytes(content[:length])
        assert 'damaged or cut short' in fault_of(tmp_path / 'a.npz')


def test_a_changed_byte_never_gives_anything_but_an_error_line(tmp_path):
    npz.write(tmp_path / 'a.npz', ARRAYS, {'categories': ['a', 'b']})
    content = (tmp_path / 'a.npz').read_bytes()
    rng = np.random.default_rng(0)
    refused = 0
    for _ in range(500):
        broken = bytearray(content)
        broken[rng.integers(len(content))] ^= rng.integers(1, 256)
        (tmp_path / 'a.npz').write_bytes(broken)
        try:
            npz.read(tmp_path / 'a.npz')  # a byte of a date or of padding does no harm
        except FoodganError:
            refused += 1
    assert refused > 250


def header(shape, dtype='<f4'):
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        file, {'descr': dtype, 'fortran_order': False, 'shape': shape})
    return file.getvalue()


@pytest.mark.parametrize('shape', [
    (1 << 40,), (1 << 33, 1 << 33), (1 << 32, 1 << 32, 4), (-4, 4), (3,), (5,)])
def test_a_header_that_claims_another_size_than_the_file_has_is_refused(tmp_path, shape):
    with zipfile.ZipFile(tmp_path / 'a.npz', 'w') as archive:
        archive.writestr('W.npy', header(shape) + bytes(16))
    assert 'has 144 bytes' in fault_of(tmp_path / 'a.npz')


def test_an_archive_that_unpacks_to_far_more_than_it_weighs_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / 'a.npz', 'w', zipfile.ZIP_DEFLATED) as archive, archive.open(
            'W.npy', 'w') as entry:
        entry.write(header((2 ** 25,)))
        for _ in range(128):
            entry.write(bytes(2 ** 20))
    assert (tmp_path / 'a.npz').stat().st_size < 2 ** 20
    assert 'far more' in fault_of(tmp_path / 'a.npz')


def test_pickles_are_refused_unread(tmp_path):
    np.savez(tmp_path / 'a.npz', W=np.array([{'an': 'object'}], dtype=object))
    assert 'holds object' in fault_of(tmp_path / 'a.npz')


@pytest.mark.parametrize('name, says', [
    ('updater/model:main/0/W.npy', 'snapshot of a whole training'),
    ('archive/data.pkl', 'a PyTorch file'),
    ('word/document.xml', 'not one of NumPy arrays')])
def test_other_archives_are_named(tmp_path, name, says):
    with zipfile.ZipFile(tmp_path / 'a.npz', 'w') as archive:
        archive.writestr(name, b'something')
    assert says in fault_of(tmp_path / 'a.npz')


@pytest.mark.parametrize('value', [np.nan, np.inf])
def test_values_that_are_not_finite_are_named(tmp_path, value):
    np.savez(tmp_path / 'a.npz', **{**ARRAYS, 'main/3/W': np.array([1, value], np.float32)})
    assert 'main/3/W holds NaN or infinity' in fault_of(tmp_path / 'a.npz')


@pytest.mark.parametrize('meta', ['{"format": ', '[1, 2]', '[' * 100000])
def test_meta_that_is_no_json_object_is_named(tmp_path, meta):
    np.savez(tmp_path / 'a.npz', __meta__=np.array(meta), **ARRAYS)
    assert '__meta__' in fault_of(tmp_path / 'a.npz')
