"""The generator, its label at the input or in the middle: the original's table, slopes, PyTorch."""

import numpy
import pytest

from chainer_foodgan import weights
from chainer_foodgan.links import Convolution2D, Deconvolution2D, Generator, InstanceNormalization

import chainer

# Index in the Sequential: kind, ksize, stride, pad, channels in and out, size of the output at 256.
TABLE = {
    0: ('conv', 7, 1, 3, 13, 64, 256),
    3: ('conv', 4, 2, 1, 64, 128, 128),
    6: ('conv', 4, 2, 1, 128, 256, 64),
    **{9 + n: ('block', 3, 1, 1, 256, 256, 64) for n in range(6)},
    15: ('deconv', 4, 2, 1, 256, 128, 128),
    18: ('deconv', 4, 2, 1, 128, 64, 256),
    21: ('conv', 7, 1, 3, 64, 3, 256)}


@pytest.fixture(scope='module')
def full():
    return Generator(rng=numpy.random.default_rng(0))


class Shapes(chainer.LinkHook):
    """Notes what every link puts out."""

    def __init__(self):
        self.shapes = {}

    def forward_postprocess(self, args):
        self.shapes[args.link] = args.out.shape


def small(seed=0, conv_dim=2, c_dim=3, repeat_num=1):
    return Generator(conv_dim, c_dim, repeat_num, rng=numpy.random.default_rng(seed))


def batch(B, c_dim=3, H=8, W=8, dtype=numpy.float64):
    rng = numpy.random.default_rng(7)
    return (rng.uniform(-1, 1, (B, 3, H, W)).astype(dtype),
            rng.integers(0, 2, (B, c_dim)).astype(dtype))


def test_parameter_count(full):
    assert full.count_params() == 8446208
    assert (full.conv_dim, full.c_dim, full.repeat_num) == (64, 10, 6)


def assert_convolution(link, kind, ksize, stride, pad, in_channels, out_channels):
    assert type(link) is {'conv': Convolution2D, 'deconv': Deconvolution2D}[kind]
    channels = (in_channels, out_channels) if kind == 'deconv' else (out_channels, in_channels)
    assert link.W.shape == channels + (ksize, ksize)
    assert numpy.broadcast_to(link.stride, 2).tolist() == [stride, stride]
    assert numpy.broadcast_to(link.pad, 2).tolist() == [pad, pad]
    assert link.b is None


def test_layers(full):
    expected = set()
    for index, (kind, ksize, stride, pad, in_channels, out_channels, _) in TABLE.items():
        layer = full.main[str(index)]
        expected.add(str(index))
        if kind == 'block':
            assert sorted(child.name for child in layer.main.children()) == ['0', '1', '3', '4']
            for name in ('0', '3'):
                assert_convolution(
                    layer.main[name], 'conv', ksize, stride, pad, in_channels, out_channels)
                norm = layer.main[str(int(name) + 1)]
                assert type(norm) is InstanceNormalization
                assert norm.gamma.shape == norm.beta.shape == (out_channels,) and norm.eps == 1e-5
        else:
            assert_convolution(layer, kind, ksize, stride, pad, in_channels, out_channels)
            if index != 21:
                expected.add(str(index + 1))
                norm = full.main[str(index + 1)]
                assert type(norm) is InstanceNormalization
                assert norm.gamma.shape == norm.beta.shape == (out_channels,) and norm.eps == 1e-5
    assert {child.name for child in full.main.children()} == expected


def test_sizes_at_256():
    gen = Generator(conv_dim=1, c_dim=2, rng=numpy.random.default_rng(0))
    x = numpy.zeros((1, 3, 256, 256), numpy.float32)
    with Shapes() as hook, chainer.no_backprop_mode():
        y = gen(x, numpy.ones((1, 2), numpy.float32))
    for index, row in TABLE.items():
        assert hook.shapes[gen.main[str(index)]][2:] == (row[-1], row[-1])
    assert y.shape == x.shape


def test_released_keys(full):
    norm = ('weight', 'bias', 'running_mean', 'running_var')
    expected = set()
    for index, row in TABLE.items():
        if row[0] == 'block':
            prefix = f'main.{index}.main.'
            for conv in (0, 3):
                expected.add(f'{prefix}{conv}.weight')
                expected.update(f'{prefix}{conv + 1}.{leaf}' for leaf in norm)
        else:
            expected.add(f'main.{index}.weight')
            if index != 21:
                expected.update(f'main.{index + 1}.{leaf}' for leaf in norm)
    state = weights.state_dict(full)
    assert set(state) == expected
    # Renamed, never transposed.
    numpy.testing.assert_array_equal(state['main.15.weight'], full.main['15'].W.array)
    numpy.testing.assert_array_equal(state['main.10.main.3.weight'],
                                     full.main['10'].main['3'].W.array)
    numpy.testing.assert_array_equal(state['main.19.weight'], full.main['19'].gamma.array)


def test_the_start_of_every_layer(full):
    """Bounds 1 / sqrt(in_channels k k), all but reached; in channels for deconvolutions too."""
    for index, (kind, ksize, _, _, in_channels, _, _) in TABLE.items():
        layers = [full.main[str(index)]]
        if kind == 'block':
            layers = [layers[0].main[name] for name in ('0', '3')]
        s = 1 / numpy.sqrt(in_channels * ksize ** 2)
        for layer in layers:
            assert 0.99 * s < abs(layer.W.array).max() <= s
            assert layer.W.array.std() == pytest.approx(s / 3 ** 0.5, rel=0.03)
    for name, param in full.namedparams():
        if name.endswith('/gamma'):
            assert 0 <= param.array.min() < 0.1 and 0.9 < param.array.max() <= 1
        if name.endswith('/beta'):
            assert not param.array.any()


@pytest.mark.parametrize('B, H, W', [(1, 8, 8), (3, 12, 4), (2, 4, 16)])
def test_output(use_torch, B, H, W):
    x, c = batch(B, H=H, W=W, dtype=numpy.float32)
    y = small()(x, c)
    assert isinstance(y, chainer.Variable)
    assert y.shape == (B, 3, H, W) and y.dtype == numpy.float32
    assert abs(y.array).max() < 1
    # Every sample on its own.
    one = small()(x[-1:], c[-1:])
    numpy.testing.assert_allclose(y.array[-1:], one.array, rtol=1e-5, atol=1e-6)


def test_a_label_vector_is_a_constant_map(use_torch):
    x, c = batch(3, H=12, W=8, dtype=numpy.float32)
    ready = numpy.empty((3, 3, 12, 8), numpy.float32)
    for n in range(3):
        for category in range(3):
            ready[n, category] = c[n, category]
    gen = small()
    expected = gen(x, c).array
    for c_map in (ready, chainer.Variable(ready), chainer.Variable(c)):
        numpy.testing.assert_array_equal(gen(x, c_map).array, expected)
    ready[:, :, :6] = 1 - ready[:, :, :6]
    assert (gen(x, ready).array != expected).any()


def test_training_and_testing_are_the_same(use_torch):
    x, c = batch(3, dtype=numpy.float32)
    gen = small()
    results = []
    for train in (True, False):
        with chainer.using_config('train', train), chainer.no_backprop_mode():
            results.append(gen(x, c).array)
    numpy.testing.assert_array_equal(*results)


@pytest.mark.parametrize('B', [1, 3])
def test_gradients_are_slopes(use_torch, float64, check_gradients, B):
    gen = small()
    check_gradients(gen, *batch(B), params=list(gen.params()))


@pytest.mark.parametrize('B, repeat_num, position', [
    (1, 1, 'input'), (3, 1, 'input'), (1, 6, 'input'), (3, 6, 'input'), (3, 2, 'middle')])
def test_equals_the_original_in_pytorch(use_torch, float64, B, repeat_num, position):
    torch = pytest.importorskip('torch', reason='compares with PyTorch: pip install torch')
    from torch import nn

    def conv(*arguments, kind=nn.Conv2d):
        return kind(*arguments, bias=False)

    def norm(channels):
        return nn.InstanceNorm2d(channels, affine=True, track_running_stats=True)

    class Block(nn.Module):
        def __init__(self, dim):
            super().__init__()
            self.main = nn.Sequential(conv(dim, dim, 3, 1, 1), norm(dim), nn.ReLU(),
                                      conv(dim, dim, 3, 1, 1), norm(dim))

        def forward(self, x):
            return x + self.main(x)

    at_input = position == 'input'
    join = () if at_input else (conv(16 + 5, 16, 3, 1, 1), norm(16), nn.ReLU())
    net = nn.Module()
    net.main = nn.Sequential(
        conv(3 + 5 * at_input, 4, 7, 1, 3), norm(4), nn.ReLU(),
        conv(4, 8, 4, 2, 1), norm(8), nn.ReLU(), conv(8, 16, 4, 2, 1), norm(16), nn.ReLU(),
        *join, *(Block(16) for _ in range(repeat_num)),
        conv(16, 8, 4, 2, 1, kind=nn.ConvTranspose2d), norm(8), nn.ReLU(),
        conv(8, 4, 4, 2, 1, kind=nn.ConvTranspose2d), norm(4), nn.ReLU(),
        conv(4, 3, 7, 1, 3), nn.Tanh()).double()

    gen = Generator(4, 5, repeat_num, position, rng=numpy.random.default_rng(0))
    state = {key: torch.tensor(array) for key, array in weights.state_dict(gen).items()}
    # PyTorch 0.3 kept running statistics, as the state has them; later ones count batches, too.
    counts = {key: torch.tensor(0) for key in net.state_dict() if key.endswith('batches_tracked')}
    net.load_state_dict({**state, **counts}, strict=True)

    x, c = batch(B, 5, 12, 8)
    before = 0 if at_input else 9  # layers that see no label
    h = net.main[:before](torch.tensor(x))
    planes = torch.tensor(c)[:, :, None, None].expand(B, 5, *h.shape[2:])
    expected = net.main[before:](torch.cat([h, planes], dim=1)).detach().numpy()
    numpy.testing.assert_allclose(gen(x, c).array, expected, rtol=1e-9, atol=1e-9)


def middle(conv_dim=4, c_dim=5, repeat_num=2):
    return Generator(conv_dim, c_dim, repeat_num, 'middle', rng=numpy.random.default_rng(0))


def test_layers_where_the_label_joins_in_the_middle():
    shapes = {key: array.shape for key, array in weights.state_dict(middle()).items()
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
    gen = middle()
    y = gen(x, c)
    assert y.shape == x.shape and abs(y.array).max() < 1
    ready = numpy.tile(c[:, :, None, None], (1, 1, 3, 2))
    numpy.testing.assert_array_equal(gen(x, ready).array, y.array)
    assert abs(gen(x, c[::-1]).array - y.array).max() > 1e-3


def test_another_label_position_is_refused():
    with pytest.raises(KeyError):
        Generator(2, 3, 1, label_position='end')


def test_copies_and_training_find_the_label(float64, check_slope):
    """Gradients of the label's own filters are slopes, in a copy too."""
    gen = middle(2, 3, 1).copy(mode='copy')
    rng = numpy.random.default_rng(3)
    x, c = rng.uniform(-1, 1, (2, 3, 8, 8)), rng.uniform(0, 1, (2, 3))
    weight = rng.standard_normal(x.shape)
    W = gen.main['9'].W

    def loss():
        return chainer.functions.sum(weight * gen(x, c))

    gradient, = chainer.grad([loss()], [W])
    assert abs(gradient.array[:, -3:]).max() > 1e-3
    check_slope(lambda: loss().array, [W.array], [gradient.array], rtol=1e-5)
