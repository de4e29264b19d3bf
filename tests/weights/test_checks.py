"""What a file is that is taken for weights: a sentence for each."""

import numpy as np
import pytest

from chainer_foodgan import weights
from chainer_foodgan.errors import FoodganError

FILES = [
    (b'', 'an empty file; copy or download it again'),
    (b'\xef\xbb\xbf\n<html><body>Page not found', 'a web page, saved in place of the file'),
    (b'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 34000000\n',
     'the pointer of a file that Git LFS has not downloaded; run `git lfs pull`'),
    (b'\x93NUMPY\x01\x00', 'a single NumPy array'),
    (b'\xff\xd8\xff\xe0', 'a photo'), (b'\x89PNG\r\n', 'a picture'),
    (b'something', 'another kind of file; get the weights themselves')]


@pytest.mark.parametrize('suffix', ['.npz', '.pth', '.pt', '.safetensors'])
@pytest.mark.parametrize('content, says', FILES)
def test_other_files_are_named(tmp_path, suffix, content, says):
    path = tmp_path / ('a' + suffix)
    path.write_bytes(content)
    for action in weights.load, weights.read_state_dict:
        with pytest.raises(FoodganError) as caught:
            action(path)
        assert str(caught.value).startswith(f'{path}: not a') and says in str(caught.value)


@pytest.mark.parametrize('suffix', ['.pth', '.safetensors'])
def test_absent_files_and_folders_are_named(tmp_path, suffix):
    with pytest.raises(FoodganError, match='there is no such file'):
        weights.load(tmp_path / ('a' + suffix))
    (tmp_path / ('b' + suffix)).mkdir()
    with pytest.raises(FoodganError, match='a folder without'):
        weights.load(tmp_path / ('b' + suffix))


def test_formats_under_other_names_are_named(tmp_path, torch_files):
    tensors = {'a': torch_files.Tensor(np.zeros(2, np.float32))}
    (tmp_path / 'a.npz').write_bytes(torch_files.zip_bytes(tensors))
    (tmp_path / 'b.npz').write_bytes(torch_files.legacy_bytes(tensors))
    for name in 'a.npz', 'b.npz':
        with pytest.raises(FoodganError, match='has to end in .pth'):
            weights.load(tmp_path / name)
    np.savez(tmp_path / 'c.npz', a=np.zeros(2))
    (tmp_path / 'c.npz').rename(tmp_path / 'c.pth')
    with pytest.raises(FoodganError, match='it has to end in .npz'):
        weights.load(tmp_path / 'c.pth')
    np.savez(tmp_path / 'd.npz', **{'updater/iteration': np.array(3)})
    (tmp_path / 'd.pth').write_bytes((tmp_path / 'd.npz').read_bytes())
    for name in 'd.npz', 'd.pth':
        with pytest.raises(FoodganError, match='the snapshot of a whole training'):
            weights.load(tmp_path / name)


def test_a_download_cut_short_is_named(tmp_path, to_bytes, torch_files):
    content = to_bytes({'a': torch_files.Tensor(np.ones((9, 9), np.float32))})
    for length in range(20, len(content), 97):
        (tmp_path / 'a.pth').write_bytes(content[:length])
        with pytest.raises(FoodganError, match='damaged or cut short .*download it again'):
            weights.load(tmp_path / 'a.pth')


@pytest.mark.parametrize('value', [np.nan, np.inf, -np.inf, 1e39])
def test_numbers_that_no_network_has_are_named(tmp_path, to_bytes, torch_files, value):
    (tmp_path / 'a.pth').write_bytes(
        to_bytes({'main.3.weight': torch_files.Tensor(np.array([1, value, 0]))}))
    with pytest.raises(FoodganError, match='main.3.weight holds NaN or infinity, the training'):
        weights.load(tmp_path / 'a.pth')


def test_other_pickles_are_named(tmp_path):
    (tmp_path / 'a.pth').write_bytes(b'\x80\x04}.\x80\x04}.')
    with pytest.raises(FoodganError, match='not one that PyTorch wrote'):
        weights.load(tmp_path / 'a.pth')
