"""Weights into links and out of them, and what reading without a link does not import."""

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

import chainer

META = {'categories': ['curry', 'ramen', 'soba'], 'image_size': 32, 'epoch': 2}


def assert_equal_links(first, second):
    first, second = arrays_of(first), arrays_of(second)
    assert first.keys() == second.keys()
    for key, array in first.items():
        np.testing.assert_array_equal(array, second[key])


@pytest.fixture
def gen():
    return Generator(conv_dim=4, c_dim=3, repeat_num=2)


@pytest.fixture
def dis():
    return Discriminator(image_size=32, conv_dim=4, c_dim=3, repeat_num=3)


@pytest.fixture
def path(gen, tmp_path):
    weights.save(gen, tmp_path / 'G.npz', META)
    return tmp_path / 'G.npz'


def test_a_saved_generator_is_loaded_with_what_it_knows(gen, path):
    loaded = weights.load(str(path))
    assert_equal_links(loaded, gen)
    assert loaded.categories == ('curry', 'ramen', 'soba')
    assert loaded.image_size == 32
    assert weights.read_npz(path)[1] == {'format': 1, 'network': 'generator', **META}


def test_a_bare_chainer_file_is_loaded_without_names(gen, tmp_path):
    chainer.serializers.save_npz(str(tmp_path / 'G.npz'), gen)
    loaded = weights.load(tmp_path / 'G.npz')
    assert_equal_links(loaded, gen)
    assert loaded.categories is None and loaded.image_size is None


def test_overrides_go_before_the_file(path):
    loaded = weights.load(path, categories=['a', 'b', 'c'], image_size=64)
    assert loaded.categories == ('a', 'b', 'c') and loaded.image_size == 64
    with pytest.raises(FoodganError, match='c_dim 3 instead of 4'):
        weights.load(path, c_dim=4, categories=None)


@pytest.mark.parametrize('categories', [['a', 'b'], ['a', 'b', 'b'], 'abc', [1, 2, 3], []])
def test_names_that_cannot_be_those_of_the_network_are_refused(path, categories):
    with pytest.raises(FoodganError, match='3 categories'):
        weights.load(path, categories=categories)


def test_a_discriminator_is_saved_and_filled(dis, tmp_path):
    weights.save(dis, tmp_path / 'D.npz', {}, dtype='float16')
    other = Discriminator(image_size=32, conv_dim=4, c_dim=3, repeat_num=3)
    weights.load_into(other, tmp_path / 'D.npz')
    for key, array in arrays_of(dis).items():
        np.testing.assert_array_equal(arrays_of(other)[key], array.astype(np.float16))
    assert weights.read_npz(tmp_path / 'D.npz')[1]['network'] == 'discriminator'


def test_where_a_generator_belongs_nothing_else_is_taken(dis, tmp_path):
    weights.save(dis, tmp_path / 'D.npz', {})
    with pytest.raises(FoodganError, match='holds a discriminator'):
        weights.load(tmp_path / 'D.npz')
    weights.save(chainer.links.Linear(3, 2), tmp_path / 'C.npz', {'network': 'classifier'})
    with pytest.raises(FoodganError, match='holds a classifier'):
        weights.load(tmp_path / 'C.npz')
    chainer.serializers.save_npz(str(tmp_path / 'L.npz'), chainer.links.Linear(3, 2))
    with pytest.raises(FoodganError, match='no network of this package'):
        weights.load(tmp_path / 'L.npz')


@pytest.mark.parametrize('change, says', [
    (lambda arrays: arrays.pop('main/9/main/4/beta'), 'it lacks main/9/main/4/beta'),
    (lambda arrays: arrays.update({'main/99/W': np.zeros(1)}), 'main/99/W belongs to nothing'),
    (lambda arrays: arrays.update({'main/1/gamma': np.zeros((1, 4))}),
     r'main/1/gamma is \(1, 4\), not \(4,\)')])
def test_loading_is_strict_and_names_what_differs(gen, tmp_path, change, says):
    arrays = dict(arrays_of(gen))
    change(arrays)
    np.savez(tmp_path / 'G.npz', **arrays)
    other = Generator(conv_dim=4, c_dim=3, repeat_num=2)
    before = {key: array.copy() for key, array in arrays_of(other).items()}
    for action in (lambda: weights.load_into(other, tmp_path / 'G.npz'),
                   lambda: weights.load(tmp_path / 'G.npz')):
        with pytest.raises(FoodganError, match=says):
            action()
    for key, array in arrays_of(other).items():
        np.testing.assert_array_equal(array, before[key])


def test_sizes_and_kinds_that_differ_are_said_in_words(path, dis):
    with pytest.raises(FoodganError, match='c_dim 3 instead of 5'):
        weights.load_into(Generator(conv_dim=4, c_dim=5, repeat_num=2), path)
    with pytest.raises(FoodganError, match='it is a generator where a discriminator belongs'):
        weights.load_into(dis, path)


def test_state_dict_and_its_file_agree(gen, path):
    state, read = weights.state_dict(gen), weights.read_state_dict(path)
    # PyTorch 0.3 has running statistics; in a file they belong to nothing.
    assert list(read) == [key for key in state if '.running_' not in key]
    for key, array in read.items():
        assert array.dtype == np.float32
        np.testing.assert_array_equal(array, state[key])
    np.testing.assert_array_equal(state['main.9.main.0.weight'],
                                  gen.main['9'].main['0'].W.array)
    state['main.0.weight'][...] = 0  # a copy
    assert gen.main['0'].W.array.any()


def test_files_of_the_same_weights_are_equal_whatever_the_hash_seed(gen, tmp_path):
    weights.save(gen, tmp_path / 'a.npz', META)
    with np.load(tmp_path / 'a.npz') as file:
        keys = [key for key in file.files if key != '__meta__']
    assert keys == list(arrays_of(gen))


@pytest.mark.parametrize('name', ['G.bin', 'G'])
def test_other_formats_are_refused(gen, tmp_path, name):
    for action in weights.load, weights.read_state_dict, lambda path: weights.save(gen, path, {}):
        with pytest.raises(FoodganError, match='ends in .npz'):
            action(tmp_path / name)


def test_a_failing_save_leaves_what_was_there(gen, path):
    before = path.read_bytes()
    gen.main['0'].W.array[0] = np.nan
    with pytest.raises(FoodganError, match='main/0/W'):
        weights.save(gen, path, META)
    assert path.read_bytes() == before


def test_a_run_folder_means_its_newest_generator(tmp_path):
    models = tmp_path / 'run' / 'models'
    models.mkdir(parents=True)
    for number, name in enumerate(('9_20_G', '10_3_G', '10_3_D', '2_100_G')):
        weights.save(Generator(4, 2 + number, 1), models / (name + '.npz'), {})
    assert weights.load(tmp_path / 'run').c_dim == 3
    assert weights.load(str(tmp_path / 'run')).c_dim == 3


def test_a_folder_that_is_no_run(tmp_path):
    with pytest.raises(FoodganError, match='run folder'):
        weights.load(tmp_path)


def test_reading_makes_no_link(gen, tmp_path):
    weights.save(gen, tmp_path / 'G.npz', META, dtype='float16')
    read = weights.read_generator(tmp_path / 'G.npz')
    assert read.network == ('generator', {'conv_dim': 4, 'c_dim': 3, 'repeat_num': 2})
    assert (read.categories, read.image_size) == (('curry', 'ramen', 'soba'), 32)
    expected = arrays_of(gen)
    assert read.arrays.keys() == expected.keys()
    for key, array in read.arrays.items():
        assert array.dtype == np.float16
        np.testing.assert_array_equal(array, expected[key].astype(np.float16))


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
                            capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (0, '')


FETCH = '''
import os, sys
from chainer_foodgan.weights import cache
assert 'chainer' not in sys.modules
before = cache.root()
import chainer
assert cache.root() == before
chainer.dataset.set_dataset_root('elsewhere')
print(before, cache.root())
'''


@pytest.mark.parametrize('root', ['root', None])
def test_the_cache_is_where_chainer_has_it(tmp_path, root):
    env = {**os.environ, 'HOME': str(tmp_path), 'USERPROFILE': str(tmp_path)}
    env.pop('CHAINER_DATASET_ROOT', None)
    if root is not None:
        env['CHAINER_DATASET_ROOT'] = root
    result = subprocess.run([sys.executable, '-c', FETCH], env=env, cwd=str(tmp_path),
                            capture_output=True, text=True)
    expected = root or os.path.join(str(tmp_path), '.chainer', 'dataset')
    assert (result.stdout, result.stderr) == (expected + ' elsewhere\n', '')


def test_the_food_mask_is_no_generator():
    with pytest.raises(FoodganError, match=r'^mask_food: a network that finds food .*; name '
                       'weights that translate, magical_rice_bowl_student, .*bowls_64, '
                       '.*magical_rice_bowl$'):
        weights.load('mask_food')
    with pytest.raises(FoodganError, match='holds a network that finds food .*; translating takes'):
        weights.load(registry.record('mask_food').path())
    assert 'mask_food' not in weights.names()
