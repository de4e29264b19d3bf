"""pix2pix's generator: sizes, keys, slopes, and the same network in PyTorch."""

import numpy
import pytest

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.links import Convolution2D, UnetGenerator
from chainer_foodgan.weights.naming import arrays_of, renamed_for_pytorch

import chainer


def small(**sizes):
    sizes = {'num_downs': 5, 'conv_dim': 2, **sizes}
    return UnetGenerator(**sizes, rng=numpy.random.default_rng(0))


def batch(B=2, channels=3, H=32, W=64):
    return numpy.random.default_rng(7).uniform(-1, 1, (B, channels, H, W))


def test_parameter_count():
    """Printed by the original code as 54.414 M for pix2pix's default."""
    gen = UnetGenerator(num_downs=8, rng=numpy.random.default_rng(0))
    assert gen.count_params() == 54413955
    downs = [(3, 64), (64, 128), (128, 256), (256, 512)] + 4 * [(512, 512)]
    ups = [(512, 512)] + 3 * [(1024, 512)] + [(1024, 256), (512, 128), (256, 64), (128, 3)]
    filters = 16 * sum(a * b for a, b in downs + ups)
    # On the way down neither the outermost level nor the innermost is normalised.
    norms = 2 * (128 + 256 + 4 * 512 + 4 * 512 + 256 + 128 + 64)
    assert gen.count_params() == filters + norms + 3


def test_keys_are_nested():
    """Those of the original: level in level, activations and dropout counted."""
    names = {key.rpartition('.')[0]
             for key in renamed_for_pytorch(arrays_of(small(num_downs=6, dropout=True)))}
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

    gen = small(num_downs=num_downs, conv_dim=1, in_channels=2, out_channels=4)
    x = batch(3, 2, 2 ** num_downs, 2 ** num_downs).astype(numpy.float32)
    with Shapes(), chainer.no_backprop_mode():
        y = gen(x)
    assert y.shape == (3, 4) + x.shape[2:] and y.dtype == numpy.float32 and abs(y.array).max() < 1
    widths = [1, 2, 4] + (num_downs - 3) * [8]
    assert shapes == [(3, width) + 2 * (2 ** (num_downs - 1 - level),)
                      for level, width in enumerate(widths)]


def test_a_single_picture_trains_too(use_torch):
    """pix2pix's batch is one picture: its one pixel in the middle has no normalisation."""
    y = small()(batch(1, H=32, W=32).astype(numpy.float32))
    assert numpy.isfinite(y.array).all() and y.array.std() > 0.01


def test_other_sizes_are_refused_in_words():
    with pytest.raises(FoodganError, match='^100 x 32 pixels.* halves 5 times .* multiples of 32'):
        small()(numpy.zeros((1, 3, 32, 100), numpy.float32))
    with pytest.raises(ValueError, match='at least 5 times, not 4'):
        small(num_downs=4)


def test_dropout_is_seeded_and_for_training_alone():
    gen, x = small(num_downs=6, dropout=True), batch(H=64).astype(numpy.float32)

    def run(seed):
        gen.dropout.rng = numpy.random.default_rng(seed)
        return gen(x).array

    numpy.testing.assert_array_equal(run(1), run(1))
    assert (run(1) != run(2)).any()
    with chainer.using_config('train', False):
        numpy.testing.assert_array_equal(run(1), run(2))


@pytest.mark.parametrize('norm', ['batch', 'instance'])
def test_gradients_are_slopes(use_torch, float64, check_gradients, norm):
    link = small(norm=norm, conv_dim=1)
    check_gradients(link, batch(), params=list(link.params()))


@pytest.mark.parametrize('norm, num_downs, dropout', [
    ('batch', 5, False), ('instance', 6, True), ('batch', 7, True), ('instance', 8, False)])
def test_equals_the_original_in_pytorch(use_torch, float64, twin, assert_same_training, stirred,
                                        norm, num_downs, dropout):
    sizes = {'in_channels': 4, 'out_channels': 2, 'num_downs': num_downs, 'conv_dim': 2,
             'norm': norm, 'dropout': dropout}
    gen = stirred(small(**sizes))
    assert_same_training(gen, twin(gen, **sizes), batch(2, 4, 2 ** num_downs, 2 ** num_downs))
