"""DCGAN's generator against the same network in PyTorch, and the noise it takes."""

import numpy
import pytest

from chainer_foodgan import weights
from chainer_foodgan.links import NoiseGenerator

import chainer


def make(image_size=16, conv_dim=4, c_dim=3, z_dim=5):
    return NoiseGenerator(image_size, conv_dim, c_dim, z_dim, rng=numpy.random.default_rng(0))


@pytest.mark.parametrize('image_size', [8, 16, 64])
def test_sizes(use_torch, image_size):
    gen = make(image_size, conv_dim=2)
    rng = numpy.random.default_rng(1)
    z, c = gen.noise(rng, 3), numpy.eye(3, dtype=numpy.float32)
    y = gen(z, c)
    assert y.shape == (3, 3, image_size, image_size) and y.dtype == numpy.float32
    assert abs(y.array).max() < 1


def test_parameters():
    """100 numbers to 4 x 4 x 512 at 64 channels and 64 pixels, halved down to 64, and 3 colours."""
    widths = [512, 256, 128, 64]
    expected = 100 * 512 * 16 + sum(a * b * 16 for a, b in zip(widths, widths[1:]))
    expected += 2 * sum(widths) + 64 * 3 * 16 + 3
    assert NoiseGenerator().count_params() == expected
    assert NoiseGenerator(c_dim=10).count_params() == expected + 10 * 512 * 16


def test_the_start_is_that_of_the_paper():
    gen = NoiseGenerator(rng=numpy.random.default_rng(0))
    for name, param in gen.namedparams():
        if name.endswith('/W'):
            assert param.array.std() == pytest.approx(0.02, rel=0.03)
            assert abs(param.array.mean()) < 0.001


def test_noise():
    gen = make(z_dim=7)
    z = gen.noise(numpy.random.default_rng(3), 2000)
    assert z.shape == (2000, 7) and z.dtype == numpy.float32
    assert abs(z).max() <= 1 and z.std() == pytest.approx(3 ** -0.5, rel=0.02)
    numpy.testing.assert_array_equal(z, gen.noise(numpy.random.default_rng(3), 2000))
    assert gen.noise(numpy.random.default_rng(3), 1, numpy.float64).dtype == numpy.float64


@pytest.mark.parametrize('train', [True, False])
@pytest.mark.parametrize('c_dim', [0, 3])
def test_equals_the_same_network_in_pytorch(use_torch, float64, train, c_dim):
    torch = pytest.importorskip('torch', reason='compares with PyTorch: pip install torch')
    from torch import nn

    def up(*arguments, bias=False):
        return nn.ConvTranspose2d(*arguments, bias=bias)

    net = nn.Module()
    net.main = nn.Sequential(
        up(5 + c_dim, 8, 4), nn.BatchNorm2d(8), nn.ReLU(),
        up(8, 4, 4, 2, 1), nn.BatchNorm2d(4), nn.ReLU(),
        up(4, 3, 4, 2, 1, bias=True), nn.Tanh()).double().train(train)
    gen = make(16, 4, c_dim)
    rng = numpy.random.default_rng(1)
    for _name, param in gen.namedparams():
        param.array += 0.2 * rng.standard_normal(param.shape)
    state = net.state_dict()
    for key, array in weights.state_dict(gen).items():
        if '.running_' not in key and not key.endswith(('avg_mean', 'avg_var')):
            assert key in state
            state[key] = torch.tensor(array)
    net.load_state_dict(state)
    z, c = gen.noise(rng, 4, float), numpy.eye(3)[[2, 0, 1, 2]]
    inputs = torch.tensor(numpy.concatenate((z, c), axis=1) if c_dim else z)
    expected = net.main(inputs[:, :, None, None]).detach().numpy()
    with chainer.using_config('train', train):
        y = gen(z, c) if c_dim else gen(z)
    numpy.testing.assert_allclose(y.array, expected, rtol=1e-9, atol=1e-9)
