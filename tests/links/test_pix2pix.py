"""The networks of pix2pix and CycleGAN: sizes, keys, slopes, and the same networks in PyTorch."""

import numpy
import pytest

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.functions import gradient_penalty
from chainer_foodgan.links import (
    Convolution2D,
    NLayerDiscriminator,
    PixelDiscriminator,
    ResnetGenerator,
    UnetGenerator,
)
from chainer_foodgan.weights.naming import arrays_of, renamed_for_pytorch

import chainer

NETWORKS = pytest.mark.parametrize('make, sizes', [
    (NLayerDiscriminator, {'layers': 1}), (NLayerDiscriminator, {'layers': 3}),
    (PixelDiscriminator, {})], ids=['1 layer', '3 layers', 'pixel'])
NORMS = pytest.mark.parametrize('norm', ['batch', 'instance'])


def small(make, **sizes):
    sizes = {'conv_dim': 2, **sizes}
    return make(**sizes, rng=numpy.random.default_rng(0))


def resnet(**sizes):
    return small(ResnetGenerator, **{'repeat_num': 1, **sizes})


def unet(**sizes):
    return small(UnetGenerator, **{'num_downs': 5, **sizes})


def batch(B=2, channels=3, H=32, W=40, seed=7):
    return numpy.random.default_rng(seed).uniform(-1, 1, (B, channels, H, W))



def test_parameters_of_the_resnet():
    """Printed by the original code as 11.378 M for CycleGAN's default."""
    gen = ResnetGenerator(norm='instance', rng=numpy.random.default_rng(0))
    blocks = 9 * 2 * (256 * 256 * 9 + 256)
    levels = 64 * 128 * 9 + 128 + 128 * 256 * 9 + 256 + 256 * 128 * 9 + 128 + 128 * 64 * 9 + 64
    assert gen.count_params() == blocks + levels + 3 * 64 * 49 + 64 + 64 * 3 * 49 + 3 == 11378179
    # Batch normalisation: no biases but the last convolution's, scale and shift instead.
    gen = ResnetGenerator(conv_dim=8, repeat_num=6)
    channels = 8 + 16 + 32 + 6 * 2 * 32 + 16 + 8
    instance = ResnetGenerator(conv_dim=8, repeat_num=6, norm='instance')
    assert gen.count_params() == instance.count_params() + channels


def test_keys_of_the_resnet_count_padding_activations_and_dropout():
    """Those of the original's Sequential: pad 0, conv 1, norm 2, ReLU 3, conv 4, ..."""
    shapes = {key: array.shape
              for key, array in renamed_for_pytorch(arrays_of(resnet(norm='instance'))).items()}
    weights = {key: shape for key, shape in shapes.items() if key.endswith('weight')}
    assert weights == {
        'model.1.weight': (2, 3, 7, 7), 'model.4.weight': (4, 2, 3, 3),
        'model.7.weight': (8, 4, 3, 3), 'model.10.conv_block.1.weight': (8, 8, 3, 3),
        'model.10.conv_block.5.weight': (8, 8, 3, 3), 'model.11.weight': (8, 4, 3, 3),
        'model.14.weight': (4, 2, 3, 3), 'model.18.weight': (3, 2, 7, 7)}
    assert set(shapes) == set(weights) | {key.replace('weight', 'bias') for key in weights}

    names = {key.rpartition('/')[0] for key in arrays_of(resnet(repeat_num=2, dropout=True))}
    assert names == {'model/' + name for name in (
        '1', '2', '4', '5', '7', '8', '10/conv_block/1', '10/conv_block/2', '10/conv_block/6',
        '10/conv_block/7', '11/conv_block/1', '11/conv_block/2', '11/conv_block/6',
        '11/conv_block/7', '12', '13', '15', '16', '19')}


@pytest.mark.parametrize('norm', ['batch', 'instance'])
def test_output_of_the_resnet(use_torch, norm):
    gen = resnet(in_channels=5, out_channels=2, norm=norm)
    x = batch(3, 5, 8, 20).astype(numpy.float32)
    y = gen(x)
    assert y.shape == (3, 2, 8, 20) and y.dtype == numpy.float32 and abs(y.array).max() < 1


def test_instance_normalisation_keeps_pictures_apart(use_torch, float64):
    gen, x = resnet(norm='instance'), batch(3, H=12, W=16)
    trained = gen(x).array
    numpy.testing.assert_allclose(gen(x[1:2]).array, trained[1:2], rtol=1e-9, atol=1e-9)
    with chainer.using_config('train', False):
        numpy.testing.assert_array_equal(gen(x).array, trained)



def test_parameters_of_the_unet():
    """Printed by the original code as 54.414 M for pix2pix's default."""
    gen = UnetGenerator(num_downs=8, rng=numpy.random.default_rng(0))
    assert gen.count_params() == 54413955
    downs = [(3, 64), (64, 128), (128, 256), (256, 512)] + 4 * [(512, 512)]
    ups = [(512, 512)] + 3 * [(1024, 512)] + [(1024, 256), (512, 128), (256, 64), (128, 3)]
    filters = 16 * sum(a * b for a, b in downs + ups)
    # On the way down neither the outermost level nor the innermost is normalised.
    norms = 2 * (128 + 256 + 4 * 512 + 4 * 512 + 256 + 128 + 64)
    assert gen.count_params() == filters + norms + 3


def test_keys_of_the_unet_are_nested():
    """Those of the original: level in level, activations and dropout counted."""
    names = {key.rpartition('.')[0]
             for key in renamed_for_pytorch(arrays_of(unet(num_downs=6, dropout=True)))}
    expected = {'model.model.0', 'model.model.3'}  # the outermost: conv, level, ReLU, deconv
    prefix = 'model.model.1.model'
    for _ in range(4):  # leaky ReLU 0, conv 1, norm 2, level 3, ReLU 4, deconv 5, norm 6, dropout
        expected |= {f'{prefix}.{index}' for index in (1, 2, 5, 6)}
        prefix += '.3.model'
    expected |= {f'{prefix}.{index}' for index in (1, 3, 4)}  # no norm on its way down
    assert names == expected


@pytest.mark.parametrize('num_downs', [5, 7])
def test_down_to_one_pixel(use_torch, num_downs):
    shapes = []

    class Shapes(chainer.LinkHook):
        def forward_postprocess(self, args):
            if isinstance(args.link, Convolution2D):
                shapes.append(args.out.shape)

    gen = unet(num_downs=num_downs, conv_dim=1, in_channels=2, out_channels=4)
    x = batch(3, 2, 2 ** num_downs, 2 ** num_downs).astype(numpy.float32)
    with Shapes(), chainer.no_backprop_mode():
        y = gen(x)
    assert y.shape == (3, 4) + x.shape[2:] and y.dtype == numpy.float32 and abs(y.array).max() < 1
    widths = [1, 2, 4] + (num_downs - 3) * [8]
    assert shapes == [(3, width) + 2 * (2 ** (num_downs - 1 - level),)
                      for level, width in enumerate(widths)]


def test_a_single_picture_trains_too(use_torch):
    """pix2pix's batch is one picture: its one pixel in the middle has no normalisation."""
    y = unet()(batch(1, H=32, W=32).astype(numpy.float32))
    assert numpy.isfinite(y.array).all() and y.array.std() > 0.01


def test_other_sizes_are_refused_in_words():
    with pytest.raises(FoodganError, match='^100 x 32 pixels.* halves 5 times .* multiples of 32'):
        unet()(numpy.zeros((1, 3, 32, 100), numpy.float32))
    with pytest.raises(ValueError, match='at least 5 times, not 4'):
        unet(num_downs=4)



@pytest.mark.parametrize('make, sizes, expected', [
    # Printed by the original code as 2.765 M (CycleGAN's) and 2.769 M (pix2pix's, for pairs).
    (NLayerDiscriminator, {'norm': 'instance'}, 2764737),
    (NLayerDiscriminator, {'in_channels': 6}, 2768705),
    (PixelDiscriminator, {}, 3 * 64 + 64 + 64 * 128 + 2 * 128 + 128),
    (PixelDiscriminator, {'norm': 'instance'}, 3 * 64 + 64 + 64 * 128 + 128 + 128 + 1)])
def test_parameters_of_the_critics(make, sizes, expected):
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
def test_output_of_the_critics(use_torch, make, sizes, shape, sigmoid):
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


def test_keys_of_the_critics():
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


@pytest.mark.parametrize('make, H, W', [(resnet, 12, 16), (lambda **sizes: unet(
    num_downs=6, **sizes), 64, 64)], ids=['resnet', 'unet'])
def test_dropout_is_seeded_and_for_training_alone(make, H, W):
    gen, x = make(dropout=True), batch(H=H, W=W).astype(numpy.float32)

    def run(seed):
        gen.dropout.rng = numpy.random.default_rng(seed)
        return gen(x).array

    numpy.testing.assert_array_equal(run(1), run(1))
    assert (run(1) != run(2)).any()
    with chainer.using_config('train', False):
        numpy.testing.assert_array_equal(run(1), run(2))
    assert make().dropout is None


@NORMS
@pytest.mark.parametrize('make, sizes, shape', [
    (ResnetGenerator, {'repeat_num': 1}, (12, 16)),
    (UnetGenerator, {'num_downs': 5, 'conv_dim': 1}, (32, 64)),
    (NLayerDiscriminator, {'layers': 1}, (32, 40)), (NLayerDiscriminator, {'layers': 3}, (32, 40)),
    (PixelDiscriminator, {}, (32, 40))])
def test_gradients_are_slopes(use_torch, float64, check_gradients, make, sizes, shape, norm):
    link = small(make, norm=norm, **sizes)
    check_gradients(link, batch(2, 3, *shape), params=list(link.params()))


def cases():
    for norm, repeat_num, dropout in (('batch', 6, False), ('instance', 9, False),
                                      ('batch', 9, True), ('instance', 6, True)):
        yield ResnetGenerator, (12, 16), {
            'in_channels': 4, 'out_channels': 2, 'norm': norm, 'repeat_num': repeat_num,
            'dropout': dropout}
    for norm, num_downs, dropout in (('batch', 5, False), ('instance', 6, True),
                                     ('batch', 7, True), ('instance', 8, False)):
        yield UnetGenerator, 2 * (2 ** num_downs,), {
            'in_channels': 4, 'out_channels': 2, 'norm': norm, 'num_downs': num_downs,
            'dropout': dropout}
    for make, sizes in ((NLayerDiscriminator, {'layers': 1}), (NLayerDiscriminator, {'layers': 3}),
                        (PixelDiscriminator, {})):
        for norm in ('batch', 'instance'):
            for sigmoid in (False, True):
                yield make, (32, 40), {'in_channels': 6, 'norm': norm, 'sigmoid': sigmoid, **sizes}


@pytest.mark.parametrize('make, shape, sizes', list(cases()))
def test_equals_the_original_in_pytorch(use_torch, float64, twin, assert_same_training, stirred,
                                        make, shape, sizes):
    sizes = {'conv_dim': 2, **sizes}
    link = stirred(small(make, **sizes))
    assert_same_training(link, twin(link, **sizes), batch(2, sizes['in_channels'], *shape))
