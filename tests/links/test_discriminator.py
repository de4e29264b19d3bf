"""The discriminator against the original's table, and through WGAN-GP's double backprop."""

import numpy
import pytest

from chainer_foodgan import weights
from chainer_foodgan.functions import gradient_penalty
from chainer_foodgan.links import Convolution2D, Discriminator

import chainer
import chainer.functions as F

# Index: channels in and out, size of the output at 256. All 4/2/1, with bias.
TABLE = {0: (3, 64, 128), 2: (64, 128, 64), 4: (128, 256, 32), 6: (256, 512, 16),
         8: (512, 1024, 8), 10: (1024, 2048, 4)}
SIZES = [(8, 2), (8, 3), (12, 2), (16, 2), (16, 4)]  # image_size, repeat_num


@pytest.fixture(scope='module')
def full():
    return Discriminator(rng=numpy.random.default_rng(0))


def small(image_size=8, conv_dim=2, c_dim=3, repeat_num=2):
    return Discriminator(image_size, conv_dim, c_dim, repeat_num, rng=numpy.random.default_rng(0))


def enlarged(dis):
    """The critic with weights so large that its scores move."""
    for param in dis.params():
        param.array *= 3
    return dis


def batch(B, size=8, dtype=numpy.float64, seed=7):
    return numpy.random.default_rng(seed).uniform(-1, 1, (B, 3, size, size)).astype(dtype)


def test_parameter_count(full):
    assert full.count_params() == 45048768
    assert (full.image_size, full.conv_dim, full.c_dim, full.repeat_num) == (256, 64, 10, 6)


def assert_convolution(link, in_channels, out_channels, ksize, stride, pad):
    assert type(link) is Convolution2D
    assert link.W.shape == (out_channels, in_channels, ksize, ksize)
    assert numpy.broadcast_to(link.stride, 2).tolist() == [stride, stride]
    assert numpy.broadcast_to(link.pad, 2).tolist() == [pad, pad]


def test_layers(full):
    assert sorted(int(child.name) for child in full.main.children()) == sorted(TABLE)
    for index, (in_channels, out_channels, _) in TABLE.items():
        assert_convolution(full.main[str(index)], in_channels, out_channels, 4, 2, 1)
        assert full.main[str(index)].b.shape == (out_channels,)
    assert_convolution(full.conv1, 2048, 1, 3, 1, 1)
    assert_convolution(full.conv2, 2048, 10, 4, 1, 0)
    assert full.conv1.b is None and full.conv2.b is None


def test_the_start_of_every_layer(full):
    rows = [(full.main[str(index)], row[0] * 16) for index, row in TABLE.items()]
    for layer, fan_in in rows + [(full.conv1, 2048 * 9), (full.conv2, 2048 * 16)]:
        s = fan_in ** -0.5
        assert 0.99 * s < abs(layer.W.array).max() <= s
        assert layer.W.array.std() == pytest.approx(s / 3 ** 0.5, rel=0.03)
        if layer.b is not None:
            assert 0.8 * s < abs(layer.b.array).max() <= s


def test_sizes_at_256():
    shapes = {}

    class Shapes(chainer.LinkHook):
        def forward_postprocess(self, args):
            if isinstance(args.link, Convolution2D):
                shapes[args.link] = args.out.shape

    dis = Discriminator(conv_dim=1, rng=numpy.random.default_rng(0))
    with Shapes(), chainer.no_backprop_mode():
        src, cls = dis(numpy.zeros((1, 3, 256, 256), numpy.float32))
    for index, (_, _, size) in TABLE.items():
        assert shapes[dis.main[str(index)]][2:] == (size, size)
    assert src.shape == (1, 1, 4, 4) and cls.shape == (1, 10)


def test_released_keys():
    state = weights.state_dict(Discriminator(64, 1, 2))
    assert set(state) == {f'main.{index}.{leaf}' for index in TABLE
                          for leaf in ('weight', 'bias')} | {'conv1.weight', 'conv2.weight'}


@pytest.mark.parametrize('image_size, repeat_num', SIZES)
def test_output(use_torch, image_size, repeat_num):
    dis = small(image_size, repeat_num=repeat_num)
    x = batch(3, image_size, numpy.float32)
    src, cls = dis(x)
    s = image_size // 2 ** repeat_num
    assert src.shape == (3, 1, s, s) and cls.shape == (3, 3)
    assert src.dtype == cls.dtype == numpy.float32
    one = dis(x[1:2])
    numpy.testing.assert_allclose(one[0].array, src.array[1:2], rtol=1e-5, atol=1e-6)
    numpy.testing.assert_allclose(one[1].array, cls.array[1:2], rtol=1e-5, atol=1e-6)


def test_training_and_testing_are_the_same(use_torch):
    dis, x = small(), batch(3, dtype=numpy.float32)
    results = []
    for train in (True, False):
        with chainer.using_config('train', train):
            results.append([y.array for y in dis(x)])
    for trained, tested in zip(*results):
        numpy.testing.assert_array_equal(trained, tested)


@pytest.mark.parametrize('B', [1, 3])
def test_gradients_are_slopes(use_torch, float64, check_gradients, B):
    dis = enlarged(small())
    check_gradients(lambda x: F.concat([F.flatten(y) for y in dis(x)], axis=0), batch(B),
                    params=list(dis.params()))


@pytest.mark.parametrize('B', [1, 3])
@pytest.mark.parametrize('image_size, repeat_num', SIZES)
def test_double_backprop(use_torch, float64, check_slope, image_size, repeat_num, B):
    """The penalty's gradient with respect to the weights against its slope."""
    dis = enlarged(small(image_size, repeat_num=repeat_num))
    x_real, x_fake = batch(B, image_size), batch(B, image_size, seed=8)
    alpha = numpy.random.default_rng(9).uniform(0, 1, (B, 1, 1, 1))
    named = sorted(dis.namedparams())

    def penalty():
        return gradient_penalty(dis, x_real, x_fake, alpha)

    gradients = chainer.grad([penalty()], [param for _, param in named])
    # What the gradient of the score does not depend on: biases, and the classifier's head.
    unreached = {name for (name, _), g in zip(named, gradients) if g is None or not g.array.any()}
    assert unreached == {name for name, _ in named if name.endswith('/b')} | {'/conv2/W'}
    reached = [(param, g) for (name, param), g in zip(named, gradients) if name not in unreached]
    for param, gradient in reached:
        check_slope(lambda: penalty().array, [param.array], [gradient.array], rtol=1e-4)


@pytest.mark.parametrize('image_size, repeat_num', SIZES)
@pytest.mark.parametrize('B', [1, 3])
def test_equals_the_original_in_pytorch(use_torch, float64, B, image_size, repeat_num):
    torch = pytest.importorskip('torch', reason='compares with PyTorch: pip install torch')
    from torch import nn
    layers, dim = [nn.Conv2d(3, 4, 4, 2, 1), nn.LeakyReLU(0.01)], 4
    for _ in range(repeat_num - 1):
        layers += [nn.Conv2d(dim, 2 * dim, 4, 2, 1), nn.LeakyReLU(0.01)]
        dim *= 2
    net = nn.Module()
    net.main = nn.Sequential(*layers)
    net.conv1 = nn.Conv2d(dim, 1, 3, 1, 1, bias=False)
    net.conv2 = nn.Conv2d(dim, 5, image_size // 2 ** repeat_num, bias=False)
    net.double()

    dis = small(image_size, 4, 5, repeat_num)
    net.load_state_dict({key: torch.tensor(array)
                         for key, array in weights.state_dict(dis).items()})
    x_real, x_fake = batch(B, image_size), batch(B, image_size, seed=8)
    h = net.main(torch.tensor(x_real))
    src, cls = dis(x_real)
    numpy.testing.assert_allclose(src.array, net.conv1(h).detach().numpy(), rtol=1e-9, atol=1e-9)
    numpy.testing.assert_allclose(
        cls.array, net.conv2(h).detach().numpy().reshape(B, 5), rtol=1e-9, atol=1e-9)

    # The penalty and its gradients, through PyTorch's autograd.
    alpha = numpy.random.default_rng(9).uniform(0, 1, (B, 1, 1, 1))
    x_hat = torch.tensor(alpha * x_real + (1 - alpha) * x_fake, requires_grad=True)
    grad, = torch.autograd.grad(net.conv1(net.main(x_hat)).sum(), x_hat, create_graph=True)
    expected = ((grad.reshape(B, -1).norm(dim=1) - 1) ** 2).mean()
    expected.backward()
    penalty = gradient_penalty(dis, x_real, x_fake, alpha)
    assert float(penalty.array) == pytest.approx(expected.item(), rel=1e-9)
    wanted = {'/{}/W'.format(name[:-len('.weight')].replace('.', '/')): param.grad.numpy()
              for name, param in net.named_parameters()
              if name.endswith('.weight') and name != 'conv2.weight'}
    params = dict(dis.namedparams())
    for name, g in zip(wanted, chainer.grad([penalty], [params[name] for name in wanted])):
        numpy.testing.assert_allclose(g.array, wanted[name], rtol=1e-9, atol=1e-9)
