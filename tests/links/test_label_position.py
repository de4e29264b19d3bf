"""The generator whose label joins after down-sampling, as the paper's text has it."""

import numpy
import pytest

from chainer_foodgan import weights
from chainer_foodgan.links import Generator

import chainer


def make(conv_dim=4, c_dim=5, repeat_num=2):
    return Generator(conv_dim, c_dim, repeat_num, 'middle', rng=numpy.random.default_rng(0))


def test_layers_and_shapes():
    shapes = {key: array.shape for key, array in weights.state_dict(make()).items()
              if array.ndim == 4}
    assert shapes == {
        'main.0.weight': (4, 3, 7, 7), 'main.3.weight': (8, 4, 4, 4),
        'main.6.weight': (16, 8, 4, 4), 'main.9.weight': (16, 16 + 5, 3, 3),
        **{f'main.{block}.main.{conv}.weight': (16, 16, 3, 3)
           for block in (12, 13) for conv in (0, 3)},
        'main.14.weight': (16, 8, 4, 4), 'main.17.weight': (8, 4, 4, 4),
        'main.20.weight': (3, 4, 7, 7)}


def test_parameters_beyond_those_of_the_input_form():
    gen, other = Generator(c_dim=10, label_position='middle'), Generator(c_dim=10)
    # A convolution with its scale and shift, less the label's share of the first one.
    assert gen.count_params() - other.count_params() == \
        256 * (256 + 10) * 9 + 2 * 256 - 64 * 10 * 49
    assert (gen.label_position, other.label_position) == ('middle', 'input')


def test_a_label_map_of_a_quarter_of_the_size(use_torch):
    rng = numpy.random.default_rng(1)
    x = rng.uniform(-1, 1, (2, 3, 12, 8)).astype(numpy.float32)
    c = numpy.eye(5, dtype=numpy.float32)[[3, 1]]
    gen = make()
    y = gen(x, c)
    assert y.shape == x.shape and abs(y.array).max() < 1
    ready = numpy.tile(c[:, :, None, None], (1, 1, 3, 2))
    numpy.testing.assert_array_equal(gen(x, ready).array, y.array)
    assert abs(gen(x, c[::-1]).array - y.array).max() > 1e-3


def test_another_position_is_refused():
    with pytest.raises(KeyError):
        Generator(2, 3, 1, label_position='end')


def test_equals_the_same_network_in_pytorch(use_torch, float64):
    torch = pytest.importorskip('torch', reason='compares with PyTorch: pip install torch')
    from torch import nn

    def conv(*arguments, kind=nn.Conv2d):
        return kind(*arguments, bias=False)

    def norm(channels):
        return nn.InstanceNorm2d(channels, affine=True)

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.main = nn.Sequential(conv(16, 16, 3, 1, 1), norm(16), nn.ReLU(),
                                      conv(16, 16, 3, 1, 1), norm(16))

        def forward(self, x):
            return x + self.main(x)

    net = nn.Module()
    net.main = nn.Sequential(
        conv(3, 4, 7, 1, 3), norm(4), nn.ReLU(), conv(4, 8, 4, 2, 1), norm(8), nn.ReLU(),
        conv(8, 16, 4, 2, 1), norm(16), nn.ReLU(),
        conv(16 + 5, 16, 3, 1, 1), norm(16), nn.ReLU(), Block(), Block(),
        conv(16, 8, 4, 2, 1, kind=nn.ConvTranspose2d), norm(8), nn.ReLU(),
        conv(8, 4, 4, 2, 1, kind=nn.ConvTranspose2d), norm(4), nn.ReLU(),
        conv(4, 3, 7, 1, 3), nn.Tanh()).double()
    gen = make()
    net.load_state_dict({key: torch.tensor(array) for key, array in weights.state_dict(gen).items()
                         if '.running_' not in key})
    rng = numpy.random.default_rng(2)
    x, c = rng.uniform(-1, 1, (3, 3, 12, 8)), rng.integers(0, 2, (3, 5)).astype(float)
    h = net.main[:9](torch.tensor(x))
    planes = torch.tensor(c)[:, :, None, None].expand(3, 5, 3, 2)
    expected = net.main[9:](torch.cat([h, planes], dim=1)).detach().numpy()
    numpy.testing.assert_allclose(gen(x, c).array, expected, rtol=1e-9, atol=1e-9)


def test_copies_and_training_find_the_label(float64, check_slope):
    """Gradients of the label's own filters are slopes, in a copy too."""
    gen = make(2, 3, 1).copy(mode='copy')
    rng = numpy.random.default_rng(3)
    x, c = rng.uniform(-1, 1, (2, 3, 8, 8)), rng.uniform(0, 1, (2, 3))
    weight = rng.standard_normal(x.shape)
    W = gen.main['9'].W

    def loss():
        return chainer.functions.sum(weight * gen(x, c))

    gradient, = chainer.grad([loss()], [W])
    assert abs(gradient.array[:, -3:]).max() > 1e-3
    check_slope(lambda: loss().array, [W.array], [gradient.array], rtol=1e-5)
