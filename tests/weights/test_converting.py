"""Weights go from format to format and come back as they were."""

import numpy as np
import pytest

from chainer_foodgan import weights
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.links import ConditionalGenerator, Discriminator, Generator

import chainer

META = {'categories': ['curry', 'ramen', 'soba'], 'image_size': 32, 'licence': 'MIT'}


def student(rng, separable=False):
    """A conditional generator whose dishes differ."""
    gen = ConditionalGenerator(4, 3, 2, separable, rng=rng)
    for _, param in sorted(gen.namedparams()):
        if param.ndim == 2:
            param.array += rng.uniform(-0.5, 0.5, param.shape).astype('f4')
    return gen


LINKS = {
    'student': student,
    'separable student': lambda rng: student(rng, separable=True),
    'generator': lambda rng: Generator(4, 3, 1, rng=rng),
    'label in the middle': lambda rng: Generator(4, 3, 1, 'middle', rng=rng),
    'discriminator': lambda rng: Discriminator(16, 4, 3, 2, rng=rng)}


@pytest.fixture(params=LINKS)
def path(request, tmp_path):
    link = LINKS[request.param](np.random.default_rng(0))
    weights.save(link, tmp_path / 'a.npz', META)
    return tmp_path / 'a.npz'


def chain(path, *suffixes):
    for number, suffix in enumerate(suffixes):
        target = path.with_name(f'{number}{suffix}')
        assert weights.convert(path, target).compared
        path = target
    return path


def assert_same_arrays(first, second):
    first, second = weights.read_state_dict(first), weights.read_state_dict(second)
    assert set(first) == set(second)
    for key, array in first.items():
        assert array.dtype == second[key].dtype
        np.testing.assert_array_equal(array, second[key])


@pytest.mark.parametrize('suffixes', [
    ('.pth', '.npz'), ('.pt', '.npz'), ('.safetensors', '.npz'),
    ('.pth', '.safetensors', '.pth', '.npz')])
def test_there_and_back_are_the_same_arrays(path, suffixes):
    if '.safetensors' in suffixes:
        pytest.importorskip('safetensors', reason='writes safetensors: pip install safetensors')
    assert_same_arrays(path, chain(path, *suffixes))


def test_from_pytorch_and_back_is_the_same_file(path):
    first = chain(path, '.pth')
    assert chain(first, '.npz', '.pth').read_bytes() == first.read_bytes()


def test_what_is_known_travels_where_there_is_a_place(path):
    pytest.importorskip('safetensors', reason='writes safetensors: pip install safetensors')
    back = chain(path, '.safetensors', '.npz')
    assert weights.read_npz(back)[1] == weights.read_npz(path)[1]
    assert 'categories' not in weights.read_npz(chain(path, '.pth', '.npz'))[1]


def test_precision_is_kept_and_loading_makes_float32_of_it(tmp_path):
    gen = Generator(4, 3, 1)
    weights.save(gen, tmp_path / 'a.npz', {}, dtype='float16')
    back = chain(tmp_path / 'a.npz', '.pth', '.npz')
    assert weights.read_state_dict(back)['main.0.weight'].dtype == np.float16
    loaded = weights.load(back).main['0'].W.array
    assert loaded.dtype == np.float32
    np.testing.assert_array_equal(loaded, gen.main['0'].W.array.astype(np.float16))


def test_names_can_be_given(path):
    names = ['a', 'b', 'c']
    network, meta, compared = weights.convert(path, path.with_name('b.npz'), categories=names)
    assert weights.read_npz(path.with_name('b.npz'))[1]['categories'] == names
    assert network.sizes['c_dim'] == 3 and meta['licence'] == 'MIT' and compared
    with pytest.raises(FoodganError, match='3 categories'):
        weights.convert(path, path.with_name('c.npz'), categories=names[:2])
    assert not path.with_name('c.npz').exists()


def test_what_is_no_network_is_not_converted(tmp_path):
    weights.save(chainer.links.Linear(3, 2), tmp_path / 'a.npz', {'network': 'classifier'})
    with pytest.raises(FoodganError, match='holds a classifier; generators and discriminators'):
        weights.convert(tmp_path / 'a.npz', tmp_path / 'a.pth')
    arrays, _ = weights.read_npz(tmp_path / 'a.npz')
    assert not (tmp_path / 'a.pth').exists() and set(arrays) == {'W', 'b'}


def test_a_network_that_lacks_a_layer_is_not_converted(path, tmp_path):
    arrays, _ = weights.read_npz(path)
    arrays.pop('main/0/b' if 'main/0/b' in arrays else 'main/4/beta')
    np.savez(tmp_path / 'b.npz', **arrays)
    with pytest.raises(FoodganError, match='it lacks main/'):
        weights.convert(tmp_path / 'b.npz', tmp_path / 'b.pth')


def test_formats_that_are_not_written_are_named(path):
    with pytest.raises(FoodganError, match="as '.h5' here; a file of them ends in .npz or .pth"):
        weights.convert(path, path.with_name('a.h5'))


def test_a_disk_that_fails_is_noticed(path, monkeypatch):
    from chainer_foodgan.weights import pth
    write = pth.write

    def fail(target, arrays, meta):
        write(target, {key: array + 1 for key, array in arrays.items()}, meta)

    monkeypatch.setattr(pth, 'write', fail)
    with pytest.raises(FoodganError, match='does not hold what was written'):
        weights.convert(path, path.with_name('a.pth'))


@pytest.mark.parametrize('separable', [False, True])
@pytest.mark.parametrize('suffix', ['.npz', '.pth', '.safetensors'])
def test_a_student_is_loaded_from_every_format(tmp_path, suffix, separable):
    if suffix == '.safetensors':
        pytest.importorskip('safetensors', reason='writes safetensors: pip install safetensors')
    gen = student(np.random.default_rng(0), separable)
    weights.save(gen, tmp_path / 'a.npz', META)
    assert weights.read_npz(tmp_path / 'a.npz')[1]['network'] == 'conditional_generator'
    network, _, compared = weights.convert(tmp_path / 'a.npz', tmp_path / ('b' + suffix))
    assert network.kind == 'conditional_generator' and compared
    loaded = weights.load(tmp_path / ('b' + suffix))
    assert type(loaded) is ConditionalGenerator and loaded.separable is separable
    assert loaded.categories == (None if suffix == '.pth' else ('curry', 'ramen', 'soba'))
    for (name, param), (_, other) in zip(*(sorted(each.namedparams()) for each in (gen, loaded))):
        np.testing.assert_array_equal(param.array, other.array, err_msg=name)
    keys = weights.read_state_dict(tmp_path / ('b' + suffix))
    assert keys['main.1.weight'].shape == keys['main.1.bias'].shape == (3, 4)
    assert keys['main.17.bias'].shape == (4,)
    assert ('main.9.main.0.depth.weight' in keys) is separable
    assert not [key for key in keys if 'running' in key]


def test_a_students_critic_is_not_converted(tmp_path):
    from chainer_foodgan.links import ConditionalDiscriminator
    weights.save(ConditionalDiscriminator(2, 3, 1), tmp_path / 'D.npz',
                 {'network': 'conditional_discriminator'})
    with pytest.raises(FoodganError, match='holds a conditional discriminator; generators'):
        weights.convert(tmp_path / 'D.npz', tmp_path / 'D.pth')
    with pytest.raises(FoodganError, match='holds a conditional discriminator; translating'):
        weights.load(tmp_path / 'D.npz')
