"""CycleGAN's generator: sizes, keys, slopes, and the same network in PyTorch."""

import numpy
import pytest

from chainer_foodgan.links import ResnetGenerator
from chainer_foodgan.weights.naming import arrays_of, renamed_for_pytorch

import chainer


def small(**sizes):
    sizes = {'conv_dim': 2, 'repeat_num': 1, **sizes}
    return ResnetGenerator(**sizes, rng=numpy.random.default_rng(0))


def batch(B=2, channels=3, H=12, W=16):
    return numpy.random.default_rng(7).uniform(-1, 1, (B, channels, H, W))


def test_parameter_count():
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


def test_keys_count_padding_activations_and_dropout():
    """Those of the original's Sequential: pad 0, conv 1, norm 2, ReLU 3, conv 4, ..."""
    shapes = {key: array.shape
              for key, array in renamed_for_pytorch(arrays_of(small(norm='instance'))).items()}
    weights = {key: shape for key, shape in shapes.items() if key.endswith('weight')}
    assert weights == {
        'model.1.weight': (2, 3, 7, 7), 'model.4.weight': (4, 2, 3, 3),
        'model.7.weight': (8, 4, 3, 3), 'model.10.conv_block.1.weight': (8, 8, 3, 3),
        'model.10.conv_block.5.weight': (8, 8, 3, 3), 'model.11.weight': (8, 4, 3, 3),
        'model.14.weight': (4, 2, 3, 3), 'model.18.weight': (3, 2, 7, 7)}
    assert set(shapes) == set(weights) | {key.replace('weight', 'bias') for key in weights}

    names = {key.rpartition('/')[0] for key in arrays_of(small(repeat_num=2, dropout=True))}
    assert names == {'model/' + name for name in (
        '1', '2', '4', '5', '7', '8', '10/conv_block/1', '10/conv_block/2', '10/conv_block/6',
        '10/conv_block/7', '11/conv_block/1', '11/conv_block/2', '11/conv_block/6',
        '11/conv_block/7', '12', '13', '15', '16', '19')}


@pytest.mark.parametrize('norm', ['batch', 'instance'])
def test_output(use_torch, norm):
    gen = small(in_channels=5, out_channels=2, norm=norm)
    x = batch(3, 5, 8, 20).astype(numpy.float32)
    y = gen(x)
    assert y.shape == (3, 2, 8, 20) and y.dtype == numpy.float32 and abs(y.array).max() < 1


def test_instance_normalisation_keeps_pictures_apart(use_torch, float64):
    gen, x = small(norm='instance'), batch(3)
    trained = gen(x).array
    numpy.testing.assert_allclose(gen(x[1:2]).array, trained[1:2], rtol=1e-9, atol=1e-9)
    with chainer.using_config('train', False):
        numpy.testing.assert_array_equal(gen(x).array, trained)


def test_dropout_is_seeded_and_for_training_alone():
    gen, x = small(dropout=True), batch().astype(numpy.float32)

    def run(seed, train=True):
        gen.dropout.rng = numpy.random.default_rng(seed)
        with chainer.using_config('train', train):
            return gen(x).array

    numpy.testing.assert_array_equal(run(1), run(1))
    assert (run(1) != run(2)).any()
    with chainer.using_config('train', False):
        numpy.testing.assert_array_equal(gen(x).array, gen(x).array)
    assert small().dropout is None


@pytest.mark.parametrize('norm', ['batch', 'instance'])
def test_gradients_are_slopes(use_torch, float64, check_gradients, norm):
    link = small(norm=norm)
    check_gradients(link, batch(), params=list(link.params()))


@pytest.mark.parametrize('norm, repeat_num, dropout', [
    ('batch', 6, False), ('instance', 9, False), ('batch', 9, True), ('instance', 6, True)])
def test_equals_the_original_in_pytorch(use_torch, float64, twin, assert_same_training, stirred,
                                        norm, repeat_num, dropout):
    sizes = {'in_channels': 4, 'out_channels': 2, 'conv_dim': 2, 'repeat_num': repeat_num,
             'norm': norm, 'dropout': dropout}
    gen = stirred(small(**sizes))
    assert_same_training(gen, twin(gen, **sizes), batch(2, 4, 12, 16))
