"""Reading a generator without making it, and what that does not import."""

import os
import subprocess
import sys

import numpy as np
import pytest

from chainer_foodgan import weights
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.links import Discriminator, Generator
from chainer_foodgan.weights import registry
from chainer_foodgan.weights.naming import arrays_of

META = {'categories': ['curry', 'ramen', 'soba'], 'image_size': 32}


@pytest.fixture
def gen():
    return Generator(conv_dim=4, c_dim=3, repeat_num=2)


@pytest.fixture
def path(gen, tmp_path):
    weights.save(gen, tmp_path / 'G.npz', META, dtype='float16')
    return tmp_path / 'G.npz'


def test_arrays_sizes_and_what_is_known(gen, path):
    read = weights.read_generator(path)
    assert read.sizes == {'conv_dim': 4, 'c_dim': 3, 'repeat_num': 2}
    assert (read.categories, read.image_size) == (('curry', 'ramen', 'soba'), 32)
    expected = arrays_of(gen)
    assert read.arrays.keys() == expected.keys()
    for key, array in read.arrays.items():
        assert array.dtype == np.float16
        np.testing.assert_array_equal(array, expected[key].astype(np.float16))


def test_overrides_go_before_the_file(path):
    read = weights.read_generator(path, categories=['a', 'b', 'c'], image_size=64)
    assert (read.categories, read.image_size) == (('a', 'b', 'c'), 64)
    with pytest.raises(FoodganError, match='c_dim 3 instead of 4'):
        weights.read_generator(path, c_dim=4, categories=None)


def test_what_is_no_generator_is_refused(tmp_path):
    weights.save(Discriminator(16, 4, 3, 2), tmp_path / 'D.npz', {})
    with pytest.raises(FoodganError, match='holds a discriminator'):
        weights.read_generator(tmp_path / 'D.npz')


HEAVY = ('import sys\n{}\nheavy = sorted({{"chainer", "torch", "matplotlib", "onnx", "PIL", '
         '"filelock"}} & set(sys.modules))\nassert not heavy, heavy\n')


@pytest.mark.parametrize('code', [
    'from chainer_foodgan import weights\nweights.read_generator("G.npz")\n'
    'weights.read_state_dict("G.npz")\nweights.names()\nweights.record("photos_96")',
    'from chainer_foodgan import weights\nweights.read_generator("photos_96")',
    'from chainer_foodgan.commands import main\nassert main(["weights"]) == 0',
    'from chainer_foodgan.commands import main\nassert main(["convert", "G.npz", "G.pth"]) == 0',
    'from chainer_foodgan.commands import main\nassert main(["fetch", "photos_96"]) == 0'])
def test_reading_and_converting_import_nothing_heavy(path, code):
    result = subprocess.run([sys.executable, '-c', HEAVY.format(code)], cwd=str(path.parent),
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert (result.returncode, result.stderr) == (0, '')


FETCH = '''
import os, sys
from chainer_foodgan.weights.fetching import cache
assert 'chainer' not in sys.modules
before = cache._root()
import chainer
assert cache._root() == before
chainer.dataset.set_dataset_root('elsewhere')
print(before, cache._root())
'''


@pytest.mark.parametrize('root', ['root', None])
def test_the_cache_is_where_chainer_has_it(tmp_path, root):
    env = {**os.environ, 'HOME': str(tmp_path), 'USERPROFILE': str(tmp_path)}
    env.pop('CHAINER_DATASET_ROOT', None)
    if root is not None:
        env['CHAINER_DATASET_ROOT'] = root
    result = subprocess.run([sys.executable, '-c', FETCH], env=env, cwd=str(tmp_path),
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    expected = root or os.path.join(str(tmp_path), '.chainer', 'dataset')
    assert (result.stdout, result.stderr) == (expected + ' elsewhere\n', '')


def test_the_food_mask_is_no_generator():
    with pytest.raises(FoodganError, match=r'^mask_food: a network that finds food .*; name '
                       'weights that translate, magical_rice_bowl_student, bowls_64, .*magical_rice_bowl$'):
        weights.load('mask_food')
    with pytest.raises(FoodganError, match='holds a network that finds food .*; translating takes'):
        weights.load(registry.path_of('mask_food'))
    assert 'mask_food' not in weights.names()
