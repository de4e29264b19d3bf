"""The generator whose label picks scales and shifts: its formula, and the same net in PyTorch."""


import numpy
import pytest

from chainer_foodgan.links import ConditionalGenerator, Convolution2D, Generator
from chainer_foodgan.weights.naming import arrays_of, renamed_for_pytorch

import chainer
import chainer.functions as F

SEPARABLE = pytest.mark.parametrize('separable', [False, True])


def small(separable=False, seed=0, conv_dim=2, c_dim=3, repeat_num=2):
    """No value is at its start: scales and shifts of the categories differ."""
    rng = numpy.random.default_rng(seed)
    gen = ConditionalGenerator(conv_dim, c_dim, repeat_num, separable, rng=rng)
    for name, param in sorted(gen.namedparams()):
        if name.endswith(('gamma', 'beta')):
            param.array += rng.uniform(-0.5, 0.5, param.shape).astype(param.dtype)
    return gen


def batch(B=3, c_dim=3, H=12, W=8, dtype=numpy.float64):
    """Photos and blends of dishes."""
    rng = numpy.random.default_rng(7)
    c = rng.uniform(0, 1, (B, c_dim))
    return (rng.uniform(-1, 1, (B, 3, H, W)).astype(dtype),
            (c / c.sum(axis=1, keepdims=True)).astype(dtype))


def parameters(gen):
    return [param for _, param in sorted(gen.namedparams())]


def test_parameter_counts():
    """Ten rows a normalisation, and four channels and a bias at the end."""
    def expected(convolution):
        convolutions = (7 * 7 * 3 * 32 + 16 * 32 * 64 + 16 * 64 * 128 + 8 * convolution
                        + 16 * 128 * 64 + 16 * 64 * 32)
        normalised = 32 + 64 + 128 + 8 * 128 + 64 + 32
        return convolutions + 10 * 2 * normalised + 7 * 7 * 32 * 4 + 4

    assert ConditionalGenerator().count_params() == expected(9 * 128 * 128) == 1545188
    assert ConditionalGenerator(separable=True).count_params() == expected(9 * 128 + 128 * 128)


def test_it_starts_as_the_released_one_with_plain_scales():
    gen = ConditionalGenerator(4, 3, 1, rng=numpy.random.default_rng(5))
    for name, param in gen.namedparams():
        if name.endswith('gamma'):
            assert (param.array == 1).all() and param.shape[0] == 3
        elif name.endswith('beta'):
            assert not param.array.any() and param.shape[0] == 3
    last = gen.main['16']
    s = (4 * 49) ** -0.5
    for array in (last.W.array, last.b.array, gen.main['0'].W.array * (3 / 4) ** 0.5):
        assert 0.5 * s < abs(array).max() <= s


@SEPARABLE
@pytest.mark.parametrize('B, H, W', [(1, 8, 8), (3, 12, 20)])
def test_output(use_torch, separable, B, H, W):
    x, c = batch(B, H=H, W=W, dtype=numpy.float32)
    gen = small(separable)
    y = gen(x, c)
    assert isinstance(y, chainer.Variable) and y.shape == x.shape and y.dtype == numpy.float32
    assert abs(y.array).max() <= 1
    numpy.testing.assert_allclose(gen(x[-1:], c[-1:]).array, y.array[-1:], rtol=1e-5, atol=1e-6)
    with chainer.using_config('train', False):
        numpy.testing.assert_array_equal(gen(x, c).array, y.array)


def test_the_mask_says_how_much_of_the_picture_is_taken():
    gen, (x, c) = small(), batch()
    last = gen.main['17']
    assert isinstance(last, Convolution2D) and last.b.shape == (4,)
    picture = numpy.tanh(gen.main(x.astype('f4'), c.astype('f4')).array[:, :3])
    assert abs(picture - x).max() > 0.5
    last.W.array[3] = 0
    for bias, expected in ((-200, x.astype('f4')), (200, picture),
                           (numpy.log(3), x + 0.75 * (picture - x))):
        last.b.array[3] = bias
        y = gen(x.astype('f4'), c.astype('f4')).array
        numpy.testing.assert_allclose(y, expected, atol=0 if bias == -200 else 1e-6)


def test_with_equal_rows_and_all_of_the_picture_it_is_the_released_network(float64, use_torch):
    """A generator whose label's filters are 0 has the same layers."""
    gen = ConditionalGenerator(2, 3, 1, rng=numpy.random.default_rng(0))
    plain = Generator(2, 3, 1, rng=numpy.random.default_rng(1))
    arrays = {**arrays_of(gen)}
    for key, param in plain.namedparams():
        array = arrays[key[1:]]
        if key == '/main/16/W':
            param.array[...] = array[:3]
        elif key == '/main/0/W':
            param.array[...] = numpy.concatenate([array, 0 * param.array[:, 3:]], axis=1)
        else:
            param.array[...] = array[0] if array.ndim == 2 else array
    gen.main['16'].b.array[...] = [0, 0, 0, 200]
    gen.main['16'].W.array[3] = 0
    x, c = batch()
    numpy.testing.assert_allclose(gen(x, c).array, plain(x, c).array, rtol=1e-9, atol=1e-9)


def test_dishes_blend_in_scales_and_shifts(float64):
    """Half of two dishes is the network with the mean of their rows, not the mean picture."""
    gen, (x, _) = small(), batch()
    half = gen(x, numpy.tile([0.5, 0, 0.5], (3, 1))).array
    ends = [gen(x, numpy.tile(row, (3, 1))).array for row in numpy.eye(3)[[0, 2]]]
    assert abs(half - sum(ends) / 2).max() > 1e-3 and abs(ends[0] - ends[1]).max() > 1e-2
    mean = small()
    for name, param in mean.namedparams():
        if name.endswith(('gamma', 'beta')):
            param.array[...] = (param.array[0] + param.array[2]) / 2
    numpy.testing.assert_allclose(
        mean(x, numpy.tile([0., 1, 0], (3, 1))).array, half, rtol=1e-9, atol=1e-9)


@SEPARABLE
def test_gradients_are_slopes(use_torch, float64, check_gradients, separable):
    gen = small(separable, repeat_num=1)
    check_gradients(gen, *batch(H=8), params=list(gen.params()))


@SEPARABLE
@pytest.mark.parametrize('B, repeat_num', [(1, 0), (3, 2)])
def test_equals_pytorch(use_torch, float64, separable, B, repeat_num):
    """Translations of blended dishes and all gradients, to 1e-9 of the greatest."""
    torch = pytest.importorskip('torch', reason='compares with PyTorch: pip install torch')
    from chainer_foodgan import pytorch
    gen = small(separable, conv_dim=4, c_dim=5, repeat_num=repeat_num)
    module = pytorch.ConditionalGenerator(4, 5, repeat_num, separable).double()
    module.load_state_dict({key: torch.tensor(array) for key, array in renamed_for_pytorch(
        arrays_of(gen)).items()})

    arrays = batch(B, 5)
    x, c = map(chainer.Variable, arrays)
    t_x, t_c = (torch.tensor(array, requires_grad=True) for array in arrays)
    y, t_y = gen(x, c), module(t_x, t_c)
    assert_close(y.array, t_y)
    goal = numpy.random.default_rng(2).uniform(-1, 1, y.shape)
    ((t_y - torch.tensor(goal)) ** 2).sum().backward()
    names, params = zip(*sorted(gen.namedparams()))
    grads = chainer.grad([F.sum((y - goal) ** 2)], [x, c, *params])
    wanted = {key: param.grad for key, param in module.named_parameters()}
    assert len(wanted) == len(params)
    for grad, expected in zip(grads, (t_x.grad, t_c.grad)):
        assert_close(grad.array, expected)
    for name, grad in zip(names, grads[2:]):
        key, = renamed_for_pytorch({name[1:]: None})
        assert_close(grad.array, wanted[key])


def assert_close(array, tensor):
    expected = tensor.detach().numpy()
    assert array.shape == expected.shape
    assert abs(array - expected).max() <= 1e-9 * max(abs(expected).max(), 1e-3)
