"""The U-Net of a mask by every engine against the link."""

import numpy as np
import pytest

from chainer_foodgan import weights
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.links import Generator, UnetGenerator
from chainer_foodgan.masks import FoodMask
from chainer_foodgan.translation import engines

import chainer


def unet(*sizes, **options):
    """A network whose running statistics are of some use."""
    rng = np.random.default_rng(0)
    gen = UnetGenerator(*sizes, rng=rng, **options)
    for _name, link in gen.namedlinks():
        if hasattr(link, 'avg_var'):
            for array in link.avg_mean, link.beta.array:
                array[...] = rng.normal(0, 0.1, array.shape)
            link.avg_var[...] = rng.uniform(0.05, 0.5, link.avg_var.shape)
    return gen


@pytest.fixture(params=['chainer', 'onnxruntime', 'openvino'])
def backend(request, monkeypatch):
    for library in engines.LIBRARIES[request.param]:
        pytest.importorskip(library, reason='computes masks: pip install ' + library)
    monkeypatch.setattr(engines, 'choose', lambda backend: request.param)


@pytest.mark.parametrize('num_downs, sizes', [(5, [(32, 64), (96, 32)]), (6, [(64, 128)])])
def test_equals_the_link(backend, tmp_path, num_downs, sizes):
    gen = unet(3, 1, num_downs, 3)
    weights.save(gen, tmp_path / 'mask.npz', {})
    find_mask = FoodMask('none', tmp_path / 'mask.npz')
    for size in sizes:
        x = np.random.default_rng(1).uniform(-1, 1, (2, 3, *size)).astype(np.float32)
        with chainer.using_config('train', False), chainer.no_backprop_mode():
            expected = (gen(x).array[:, 0] + 1) / 2
        assert expected.std() > 0.01  # or the comparison would prove little
        for picture, share in zip(x, expected):
            found = find_mask.shares(picture)
            assert found.dtype == np.float32 and found.shape == size
            np.testing.assert_allclose(found, share, atol=1e-5)


@pytest.mark.parametrize('gen, says', [
    (lambda: Generator(4, 2, 1), 'a generator'), (lambda: unet(3, 3, 5, 2), 'a unet generator'),
    (lambda: unet(3, 1, 5, 2, norm='instance'), 'a unet generator')])
def test_other_networks_are_refused(tmp_path, gen, says):
    weights.save(gen(), tmp_path / 'G.npz', {})
    with pytest.raises(FoodganError, match=f'G.npz: holds {says}; a mask takes'):
        FoodMask('none', tmp_path / 'G.npz')
    with pytest.raises(FoodganError, match='holds a generator; a mask takes'):
        FoodMask('none', 'bowls_64')


def test_a_file_that_lacks_something_is_refused(tmp_path):
    weights.save(unet(3, 1, 5, 2), tmp_path / 'mask.npz', {})
    arrays, _ = weights.read_npz(tmp_path / 'mask.npz')
    arrays.pop('model/model/3/b')
    np.savez(tmp_path / 'mask.npz', **arrays)
    with pytest.raises(FoodganError, match='it lacks model/model/3/b'):
        FoodMask('none', tmp_path / 'mask.npz')
