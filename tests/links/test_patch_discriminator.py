"""PatchGANs: what a score sees, sizes, keys, slopes, and the same networks in PyTorch."""

import numpy
import pytest

from chainer_foodgan.functions import gradient_penalty
from chainer_foodgan.links import NLayerDiscriminator, PixelDiscriminator
from chainer_foodgan.weights.naming import arrays_of, renamed_for_pytorch

import chainer

NETWORKS = pytest.mark.parametrize('make, sizes', [
    (NLayerDiscriminator, {'layers': 1}), (NLayerDiscriminator, {'layers': 3}),
    (PixelDiscriminator, {})], ids=['1 layer', '3 layers', 'pixel'])
NORMS = pytest.mark.parametrize('norm', ['batch', 'instance'])


def small(make, **sizes):
    sizes = {'conv_dim': 2, **sizes}
    return make(**sizes, rng=numpy.random.default_rng(0))


def batch(B=2, channels=3, H=32, W=40, seed=7):
    return numpy.random.default_rng(seed).uniform(-1, 1, (B, channels, H, W))


@pytest.mark.parametrize('make, sizes, expected', [
    # Printed by the original code as 2.765 M (CycleGAN's) and 2.769 M (pix2pix's, for pairs).
    (NLayerDiscriminator, {'norm': 'instance'}, 2764737),
    (NLayerDiscriminator, {'in_channels': 6}, 2768705),
    (PixelDiscriminator, {}, 3 * 64 + 64 + 64 * 128 + 2 * 128 + 128),
    (PixelDiscriminator, {'norm': 'instance'}, 3 * 64 + 64 + 64 * 128 + 128 + 128 + 1)])
def test_parameter_count(make, sizes, expected):
    assert make(**sizes).count_params() == expected


@pytest.mark.parametrize('layers, expected', [(1, 16), (2, 34), (3, 70), (4, 142)])
def test_what_a_score_sees(layers, expected):
    """The pixels that one score depends on. In testing, as the statistics of a batch see all."""
    dis = small(NLayerDiscriminator, layers=layers, conv_dim=1)
    x = chainer.Variable(batch(1, H=256, W=256).astype(numpy.float32))
    with chainer.using_config('train', False):
        y = dis(x)
    middle = y.shape[2] // 2
    g, = chainer.grad([y[0, 0, middle, middle]], [x])
    rows, columns = numpy.nonzero(abs(g.array[0]).sum(axis=0))
    assert numpy.ptp(rows) + 1 == numpy.ptp(columns) + 1 == expected
    # Every one of them, not only the corners.
    assert len(rows) == expected ** 2


def test_a_pixels_score_sees_the_pixel():
    dis, x = small(PixelDiscriminator), chainer.Variable(batch(1).astype(numpy.float32))
    with chainer.using_config('train', False):
        g, = chainer.grad([dis(x)[0, 0, 5, 9]], [x])
    assert [tuple(place) for place in numpy.argwhere(abs(g.array[0]).sum(axis=0))] == [(5, 9)]


@pytest.mark.parametrize('make, sizes, shape', [
    (NLayerDiscriminator, {'layers': 1}, (14, 18)), (NLayerDiscriminator, {'layers': 2}, (6, 8)),
    (NLayerDiscriminator, {'layers': 3}, (2, 3)), (PixelDiscriminator, {}, (32, 40))])
@pytest.mark.parametrize('sigmoid', [False, True])
def test_output(use_torch, make, sizes, shape, sigmoid):
    dis = small(make, in_channels=6, sigmoid=sigmoid, norm='instance', **sizes)
    for param in dis.params():
        param.array *= 5
    x = batch(3, 6).astype(numpy.float32)
    y = dis(x)
    assert y.shape == (3, 1) + shape and y.dtype == numpy.float32
    assert (y.array.min() > 0 and y.array.max() < 1) == sigmoid
    logits = small(make, in_channels=6, norm='instance', **sizes)
    logits.copyparams(dis)
    if sigmoid:
        numpy.testing.assert_allclose(y.array, 1 / (1 + numpy.exp(-logits(x).array)), rtol=1e-5)


def test_keys():
    """Activations are counted; no normalisation in the first layer nor in the last."""
    def names(dis):
        return {key.rpartition('.')[0] for key in renamed_for_pytorch(arrays_of(dis))}

    assert names(small(NLayerDiscriminator, layers=3)) == {
        f'model.{index}' for index in (0, 2, 3, 5, 6, 8, 9, 11)}
    assert names(small(PixelDiscriminator)) == {'net.0', 'net.2', 'net.3', 'net.5'}
    shapes = {key: array.shape for key, array in arrays_of(
        NLayerDiscriminator(conv_dim=1, layers=5, norm='instance')).items()}
    widths = [1, 2, 4, 8, 8, 8]  # at most 8 times the first
    assert [shapes[f'model/{index}/W'][0] for index in (0, 2, 5, 8, 11, 14)] == widths
    assert shapes['model/17/W'] == (1, 8, 4, 4)


@NORMS
@NETWORKS
def test_gradients_are_slopes(use_torch, float64, check_gradients, make, sizes, norm):
    link = small(make, norm=norm, **sizes)
    check_gradients(link, batch(), params=list(link.params()))


@NORMS
@NETWORKS
def test_equals_the_original_in_pytorch(use_torch, float64, twin, assert_same_training, stirred,
                                        make, sizes, norm):
    sizes = {'in_channels': 6, 'conv_dim': 2, 'norm': norm, **sizes}
    for sigmoid in (False, True):
        dis = stirred(small(make, sigmoid=sigmoid, **sizes))
        assert_same_training(dis, twin(dis, sigmoid=sigmoid, **sizes), batch(2, 6))


@NORMS
@NETWORKS
def test_gradient_penalty_equals_pytorch(use_torch, float64, twin, make, sizes, norm):
    """WGAN-GP's double backprop goes through both normalisations."""
    torch = pytest.importorskip('torch', reason='compares with PyTorch: pip install torch')
    from chainer_foodgan.pytorch import training
    dis = small(make, norm=norm, **sizes)
    module = twin(dis, norm=norm, conv_dim=2, **sizes)
    x_real, x_fake = batch(), batch(seed=8)
    alpha = numpy.random.default_rng(9).uniform(0, 1, (2, 1, 1, 1))
    expected = training.gradient_penalty(
        lambda x: (module(x), None), *map(torch.tensor, (x_real, x_fake, alpha)))
    expected.backward()
    penalty = gradient_penalty(lambda x: (dis(x), None), x_real, x_fake, alpha)
    assert float(penalty.array) == pytest.approx(expected.item(), rel=1e-9)
    wanted = dict(module.named_parameters())
    for name, param in sorted(dis.namedparams()):
        grad, = chainer.grad([penalty], [param])
        key, = renamed_for_pytorch({name[1:]: param})
        # Biases of the last layer are not reached.
        found = numpy.zeros(param.shape) if grad is None else grad.array
        reference = torch.zeros(param.shape) if wanted[key].grad is None else wanted[key].grad
        numpy.testing.assert_allclose(found, reference.numpy(), rtol=1e-6, atol=1e-9)
