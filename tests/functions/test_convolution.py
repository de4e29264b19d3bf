"""Convolutions: PyTorch's kernels against Chainer's, and both against the definition."""

import itertools

import numpy
import pytest

from chainer_foodgan import functions

import chainer

# B, C, C_out, H, W, ksize, stride, pad: the networks' own layers, odd sizes, sizes that the stride
# does not divide, gaps between the filters' steps, unequal sides.
CASES = [
    (1, 2, 3, 5, 7, (3, 3), 1, 1),
    (3, 3, 2, 6, 4, (4, 4), 2, 1),
    (3, 2, 3, 7, 9, (4, 4), 2, 1),
    (1, 3, 4, 9, 8, (7, 7), 1, 3),
    (3, 2, 5, 4, 4, (4, 4), 1, 0),
    (1, 2, 2, 8, 5, (3, 2), (2, 1), (0, 1)),
    (3, 1, 2, 8, 7, (2, 2), 3, 0),
    (1, 1, 1, 1, 1, (3, 3), 1, 1)]


@pytest.fixture(params=['convolution_2d', 'deconvolution_2d'])
def name(request):
    return request.param


def make(case, name, bias, seed=0):
    B, C, C_out, H, W, ksize, stride, pad = case
    rng = numpy.random.default_rng(seed)
    W_shape = (C_out, C) if name == 'convolution_2d' else (C, C_out)
    arrays = [rng.standard_normal((B, C, H, W)), rng.standard_normal(W_shape + ksize)]
    if bias:
        arrays.append(rng.standard_normal(C_out))
    return arrays, stride, pad


def derivatives(name, arrays, stride, pad):
    """Output, first and second derivatives along fixed directions."""
    rng = numpy.random.default_rng(9)
    inputs = [chainer.Variable(array) for array in arrays]
    x, W, b = (inputs + [None])[:3]
    y = getattr(functions, name)(x, W, b, stride, pad)
    gy = chainer.Variable(rng.standard_normal(y.shape))
    first = chainer.grad([y], inputs, [gy], enable_double_backprop=True)
    directions = [chainer.Variable(rng.standard_normal(g.shape)) for g in first]
    second = chainer.grad(first, inputs + [gy], directions)
    return [None if v is None else v.array for v in [y] + first + second]


def assert_same_by_torch(name, arrays, stride, pad):
    pytest.importorskip('torch', reason='compares with PyTorch: pip install torch')
    results = []
    for mode in ('never', 'always'):
        with chainer.using_config('use_torch', mode):
            results.append(derivatives(name, arrays, stride, pad))
    for chainers, torchs in zip(*results):
        assert (chainers is None) == (torchs is None)
        if chainers is not None:
            assert torchs.dtype == chainers.dtype
            numpy.testing.assert_allclose(torchs, chainers, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize('bias', [False, True])
@pytest.mark.parametrize('case', CASES)
def test_torch_equals_chainer(name, case, bias):
    assert_same_by_torch(name, *make(case, name, bias))


def test_any_memory_layout(name, view):
    arrays, stride, pad = make(CASES[1], name, True)
    assert_same_by_torch(name, [view(array) for array in arrays], stride, pad)


@pytest.mark.parametrize('case', CASES)
def test_convolution_by_its_definition(use_torch, case):
    (x, W, b), stride, pad = make(case, 'convolution_2d', True)
    (sy, sx), (py, px) = numpy.broadcast_to(stride, 2), numpy.broadcast_to(pad, 2)
    padded = numpy.pad(x, [(0, 0), (0, 0), (py, py), (px, px)])
    H, V = ((size - k) // s + 1 for size, k, s in zip(padded.shape[2:], W.shape[2:], (sy, sx)))
    expected = numpy.empty((len(x), len(W), H, V))
    for i, j in itertools.product(range(H), range(V)):
        patch = padded[:, :, i * sy:i * sy + W.shape[2], j * sx:j * sx + W.shape[3]]
        expected[:, :, i, j] = numpy.einsum('bcij,ocij->bo', patch, W) + b
    y = functions.convolution_2d(x, W, b, stride, pad).array
    numpy.testing.assert_allclose(y, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize('case', CASES)
def test_deconvolution_by_its_definition(use_torch, case):
    (x, W, b), stride, pad = make(case, 'deconvolution_2d', True)
    (sy, sx), (py, px) = numpy.broadcast_to(stride, 2), numpy.broadcast_to(pad, 2)
    (B, _, H, V), (_, C_out, kH, kW) = x.shape, W.shape
    canvas = numpy.zeros((B, C_out, sy * (H - 1) + kH, sx * (V - 1) + kW))
    for i, j in itertools.product(range(H), range(V)):
        canvas[:, :, i * sy:i * sy + kH, j * sx:j * sx + kW] += numpy.einsum(
            'bc,coij->boij', x[:, :, i, j], W)
    expected = canvas[:, :, py:canvas.shape[2] - py, px:canvas.shape[3] - px]
    y = functions.deconvolution_2d(x, W, b, stride, pad).array
    numpy.testing.assert_allclose(y, expected + b[None, :, None, None], rtol=1e-9, atol=1e-9)


# A strided convolution has one output size for several input sizes; the transposed one reaches the
# larger of them by extra pixels, fewer than the stride.
EXTRA = [(CASES[1], 1), (CASES[2], (0, 1)), ((2, 3, 2, 4, 5, (3, 3), 2, 1), 1),
         ((1, 2, 3, 3, 4, (2, 2), 3, 0), (2, 1)), ((2, 1, 2, 3, 2, (3, 2), (3, 2), (1, 0)), (2, 1))]


@pytest.mark.parametrize('bias', [False, True])
@pytest.mark.parametrize('case, extra', EXTRA)
def test_deconvolution_of_larger_output_by_its_definition(use_torch, case, extra, bias):
    arrays, stride, pad = make(case, 'deconvolution_2d', bias)
    (x, W), b = arrays[:2], arrays[2] if bias else numpy.zeros(case[2])
    (sy, sx), (py, px), (ey, ex) = (numpy.broadcast_to(v, 2) for v in (stride, pad, extra))
    (B, _, H, V), (_, C_out, kH, kW) = x.shape, W.shape
    canvas = numpy.zeros((B, C_out, sy * (H - 1) + kH + ey, sx * (V - 1) + kW + ex))
    for i, j in itertools.product(range(H), range(V)):
        canvas[:, :, i * sy:i * sy + kH, j * sx:j * sx + kW] += numpy.einsum(
            'bc,coij->boij', x[:, :, i, j], W)
    expected = canvas[:, :, py:canvas.shape[2] - py, px:canvas.shape[3] - px]
    y = functions.deconvolution_2d(*arrays, stride=stride, pad=pad, extra=extra).array
    numpy.testing.assert_allclose(y, expected + b[None, :, None, None], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize('case, extra', EXTRA)
def test_gradients_of_larger_output(use_torch, check_slope, case, extra):
    arrays, stride, pad = make(case, 'deconvolution_2d', True)

    def squares():
        inputs = [chainer.Variable(array) for array in arrays]
        y = functions.deconvolution_2d(*inputs, stride, pad, extra)
        loss = chainer.functions.sum(y ** 3) / y.size
        grads = chainer.grad([loss], inputs, enable_double_backprop=True)
        return loss, sum(chainer.functions.sum(g ** 2) for g in grads), grads, inputs

    loss, value, first, inputs = squares()
    check_slope(lambda: squares()[0].array, arrays, [g.array for g in first])
    second = chainer.grad([value], inputs)
    check_slope(lambda: squares()[1].array, arrays, [g.array for g in second])


@pytest.mark.parametrize('case', CASES[:3])
def test_gradients_are_slopes(use_torch, check_gradients, name, case):
    arrays, stride, pad = make(case, name, True)
    check_gradients(lambda *inputs: getattr(functions, name)(*inputs, stride, pad), *arrays,
                    second=True)


@pytest.mark.parametrize('groups, stride, pad', [(2, 1, 1), (4, 2, 0)])
def test_groups_are_convolutions_of_their_own_channels(use_torch, groups, stride, pad):
    rng = numpy.random.default_rng(0)
    x, W, b = (rng.standard_normal(shape) for shape in ((2, 4, 6, 7), (8, 4 // groups, 3, 3), 8))
    y = functions.convolution_2d(x, W, b, stride, pad, groups)
    parts = [functions.convolution_2d(numpy.ascontiguousarray(part), *rest, stride, pad).array
             for part, *rest in zip(*(numpy.split(array, groups, axis) for array, axis in (
                 (x, 1), (W, 0), (b, 0))))]
    numpy.testing.assert_allclose(y.array, numpy.concatenate(parts, axis=1), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize('stride', [1, 2])
def test_gradients_of_groups_are_slopes(use_torch, check_slope, stride):
    rng = numpy.random.default_rng(0)
    arrays = [rng.standard_normal(shape) for shape in ((2, 4, 6, 7), (4, 1, 3, 3), (4,))]

    def forward():
        inputs = [chainer.Variable(array) for array in arrays]
        y = functions.convolution_2d(*inputs, stride=stride, pad=1, groups=4)
        return chainer.functions.sum(y ** 3), inputs

    def squares():
        loss, inputs = forward()
        grads = chainer.grad([loss], inputs, enable_double_backprop=True)
        return sum(chainer.functions.sum(g ** 2) for g in grads), inputs

    for value in (forward, squares):
        loss, inputs = value()
        gradients = [g.array for g in chainer.grad([loss], inputs)]
        check_slope(lambda value=value: value()[0].array, arrays, gradients, rtol=1e-5)
