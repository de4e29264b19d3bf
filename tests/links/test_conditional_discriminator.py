"""The critic of pairs: spectral normalisation, the label by projection, what a score sees."""

import copy

import numpy
import pytest

from chainer_foodgan.links import ConditionalDiscriminator
from chainer_foodgan.weights.naming import arrays_of

import chainer
import chainer.functions as F


def small(conv_dim=2, c_dim=3, layers=2, seed=0):
    return ConditionalDiscriminator(conv_dim, c_dim, layers, rng=numpy.random.default_rng(seed))


def batch(B=2, c_dim=3, H=32, W=40, dtype=numpy.float64):
    rng = numpy.random.default_rng(7)
    x, y = rng.uniform(-1, 1, (2, B, 3, H, W)).astype(dtype)
    return x, y, numpy.eye(c_dim, dtype=dtype)[rng.integers(0, c_dim, B)]


def layers_of(dis):
    return [link for link in dis.links() if hasattr(link, 'W')]


def power_iteration(W, u):
    """Miyato et al. 2018, algorithm 1: one step; the new u, and the filters over sigma."""
    matrix = W.reshape(len(W), -1)
    v = matrix.T @ u
    v = v / (numpy.linalg.norm(v) + 1e-6)
    u = matrix @ v
    u = u / (numpy.linalg.norm(u) + 1e-6)
    return u, W / (u @ matrix @ v)


def test_keys_and_shapes():
    shapes = {key: array.shape for key, array in arrays_of(small(conv_dim=4, c_dim=5)).items()}
    assert {key: shape for key, shape in shapes.items() if not key.endswith('W_u')} == {
        'main/0/W': (4, 6, 4, 4), 'main/0/b': (4,), 'main/2/W': (8, 4, 4, 4), 'main/2/b': (8,),
        'main/4/W': (16, 8, 4, 4), 'main/4/b': (16,), 'score/W': (1, 16, 4, 4),
        'score/b': (1,), 'embed/W': (16, 5)}
    for key, shape in shapes.items():  # what goes on in a snapshot, a vector a matrix
        if key.endswith('/W'):
            assert shapes[key + '_u'] == shape[:1]


def test_the_seed_is_all_there_is():
    state = numpy.random.get_state()[1].copy()
    first, second, other = (arrays_of(small(seed=seed)) for seed in (4, 4, 5))
    for key, array in first.items():
        numpy.testing.assert_array_equal(array, second[key])
        assert (array != other[key]).any()
    assert any(key.endswith('W_u') for key in first)
    small()(*batch(dtype=numpy.float32))
    assert (numpy.random.get_state()[1] == state).all()


@pytest.mark.parametrize('iterations, rtol', [(1, None), (300, 1e-3)])
def test_every_filter_matrix_has_the_spectral_norm_1(iterations, rtol):
    dis, inputs = small(conv_dim=4), batch(1, dtype=numpy.float32)
    for layer in layers_of(dis):
        layer.W.array *= 7
    sizes = {id(layer): numpy.linalg.svd(layer.W.array.reshape(len(layer.W), -1))[1][0]
             for layer in layers_of(dis)}
    for _ in range(iterations):
        y = dis(*inputs)
    assert len(sizes) == 5
    for layer in layers_of(dis):
        _, normal = power_iteration(layer.W.array, layer.W_u)
        found = numpy.linalg.svd(normal.reshape(len(normal), -1))[1][0]
        assert found >= 1 - 1e-5  # a power iteration never overestimates
        if rtol is not None:
            assert found == pytest.approx(1, rel=rtol)
        # The parameter itself stays as large as it was.
        assert numpy.linalg.svd(layer.W.array.reshape(len(layer.W), -1))[1][0] == pytest.approx(
            sizes[id(layer)], rel=1e-6)
    # A constant factor of the filters changes no score once the iteration has converged.
    if rtol is not None:
        for layer in layers_of(dis):
            layer.W.array *= 3
        numpy.testing.assert_allclose(dis(*inputs).array, y.array, rtol=1e-2, atol=1e-3)


def test_the_formula(float64, use_torch):
    """Scores by hand: convolutions by normalised filters, and h . V c at every patch."""
    dis, (x, y, c) = small(), batch()
    vectors = {id(layer): power_iteration(layer.W.array, layer.W_u) for layer in layers_of(dis)}

    def convolved(h, layer, stride):
        return F.convolution_2d(h, vectors[id(layer)][1], layer.b.array, stride, 1)

    h = numpy.concatenate([x, y], axis=1)
    for name, stride in (('0', 2), ('2', 2), ('4', 1)):
        h = F.leaky_relu(convolved(h, dis.main[name], stride), 0.2).array
    expected = convolved(h, dis.score, 1).array
    vector = c @ vectors[id(dis.embed)][1].T
    rows, columns = expected.shape[2:]
    for b in range(len(x)):
        for i in range(rows):
            for j in range(columns):
                expected[b, 0, i, j] += vector[b] @ h[b, :, i, j]
    found = dis(x, y, c).array
    assert found.shape == (2, 1, rows, columns) == (2, 1, 6, 8)
    numpy.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)
    for layer in layers_of(dis):
        numpy.testing.assert_allclose(layer.W_u, vectors[id(layer)][0], rtol=1e-9)


def test_testing_leaves_the_vectors_alone():
    dis, inputs = small(), batch(dtype=numpy.float32)
    before = arrays_of(copy.deepcopy(dis))
    with chainer.using_config('train', False):
        first, second = (dis(*inputs).array for _ in range(2))
    numpy.testing.assert_array_equal(first, second)
    for key, array in arrays_of(dis).items():
        numpy.testing.assert_array_equal(array, before[key])


def test_blended_labels_add_up(float64):
    dis, (x, y, _) = small(), batch()
    with chainer.using_config('train', False):
        first, second, half = (
            dis(x, y, numpy.tile(row, (2, 1))).array
            for row in ([1., 0, 0], [0, 0, 1.], [0.5, 0, 0.5]))
    assert abs(first - second).max() > 1e-3
    numpy.testing.assert_allclose(half, (first + second) / 2, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize('layers, expected', [(1, 16), (2, 34), (3, 70)])
def test_what_a_score_sees(layers, expected):
    """The pixels of the photo and of the translation that one score depends on."""
    dis, (x, y, c) = small(layers=layers), batch(1, H=256, W=256, dtype=numpy.float32)
    x, y = chainer.Variable(x), chainer.Variable(y)
    score = dis(x, y, c)
    middle = score.shape[2] // 2
    for g in chainer.grad([score[0, 0, middle, middle]], [x, y]):
        rows, columns = numpy.nonzero(abs(g.array[0]).sum(axis=0))
        assert numpy.ptp(rows) + 1 == numpy.ptp(columns) + 1 == expected
        assert len(rows) == expected ** 2


def test_gradients_are_slopes(use_torch, float64, check_slope):
    """sigma counts: the gradients are those of filters that are divided by it."""
    dis, (x, y, c) = small(), batch()
    for _ in range(300):  # u and v are constants of the gradient, so they have to be at rest
        dis(x[:1], y[:1], c[:1])
    weight = numpy.random.default_rng(1).standard_normal((2, 1, 6, 8))
    params = [param for _, param in sorted(dis.namedparams())]

    def forward():
        inputs = [chainer.Variable(array) for array in (x, y, c)]
        with chainer.using_config('train', False):
            return F.sum(weight * dis(*inputs)), inputs

    loss, inputs = forward()
    gradients = [g.array for g in chainer.grad([loss], inputs + params)]
    arrays = [x, y, c] + [param.array for param in params]
    check_slope(lambda: forward()[0].array, arrays, gradients, rtol=1e-3)
    check_slope(lambda: forward()[0].array, arrays[:3], gradients[:3], rtol=1e-5)
