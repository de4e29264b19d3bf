"""The label that instance normalisation takes out."""

import json

import numpy
import pytest

from chainer_foodgan import weights
from chainer_foodgan.functions.activations import with_label
from chainer_foodgan.functions.normalisation import instance_normalization
from chainer_foodgan.links import Generator
from labelling import mosaics, surviving

import chainer.functions as F

rng = numpy.random.default_rng


@pytest.mark.parametrize('mode', ['none', 'reflect', 'zeros'])
def test_only_zeros_beyond_the_border_let_a_label_through(float64, mode):
    """Without a border, or with one of mirrored pixels, labels make no difference at all."""
    photo, W = rng(0).normal(size=(1, 3, 20, 20)), rng(1).normal(size=(4, 5, 7, 7))

    def normalised(c):
        x = with_label(photo, c).array
        if mode != 'none':
            x = numpy.pad(x, ((0, 0), (0, 0), (3, 3), (3, 3)),
                          mode='constant' if mode == 'zeros' else mode)
        return instance_normalization(
            F.convolution_2d(x, W), numpy.ones(4), numpy.zeros(4)).array

    one, other = (normalised(numpy.array([c])) for c in ([1., 0], [0, 7.]))
    difference = abs(one - other).max()
    assert difference > 0.1 if mode == 'zeros' else difference < 1e-10


@pytest.mark.parametrize('side', [64, 128, 256, 512])
def test_even_filters_have_a_formula(side):
    # Of 7 taps the mean distance from the middle is 12/7 pixels, in each direction.
    assert surviving.even(7, side) == pytest.approx(1 - (1 - 12 / 7 / side) ** 2, rel=1e-12)
    assert surviving.even(7, side) == pytest.approx(24 / 7 / side, rel=0.02)
    assert surviving.even(3, side // 4) / surviving.even(7, side) == pytest.approx(1.556, rel=0.04)
    assert surviving.band(side) == pytest.approx(12 / side, rel=0.05)


@pytest.mark.parametrize('position, side', [('input', 9), ('input', 40), ('middle', 5)])
def test_the_formula_is_what_is_measured(position, side):
    gen = Generator(4, 5, 1, position, rng=rng(2))
    assert surviving.measured(gen, side) == pytest.approx(
        surviving.share(surviving.filters(gen)[1], side), rel=1e-4)


@pytest.mark.parametrize('name', ['bowls_64', 'photos_96'])
def test_weights_that_ship_lose_half_at_twice_the_size(name):
    W = surviving.filters(weights.load(name))[1]
    shares = [surviving.share(W, side) for side in (64, 128, 256, 512)]
    numpy.testing.assert_allclose(shares, [0.057, 0.029, 0.0145, 0.0073], rtol=0.08)


@pytest.mark.parametrize('blocks', [1, 4, 6])
def test_reach_of_the_padding(blocks):
    """The same geometry in ones: where the zeros beyond the border make a difference."""
    y = numpy.ones((1, 1, 256, 256), numpy.float32)
    layers = [(F.convolution_2d, 7, 1, 3)] + 2 * [(F.convolution_2d, 4, 2, 1)] + \
        2 * blocks * [(F.convolution_2d, 3, 1, 1)] + 2 * [(F.deconvolution_2d, 4, 2, 1)] + \
        [(F.convolution_2d, 7, 1, 3)]
    for function, k, stride, pad in layers:
        y = function(y, numpy.ones((1, 1, k, k), numpy.float32), stride=stride, pad=pad).array
        y = y / y[0, 0, y.shape[2] // 2, y.shape[3] // 2]
        # What the zeros touched stays marked, how little it ever is.
        y = numpy.where(abs(y - 1) > 1e-6, 0, 1).astype(numpy.float32)
    line = y[0, 0, 128]
    touched = (line == 0).argmin()
    assert surviving.reach(blocks) == touched


def test_mosaics_come_apart_again():
    x = rng(0).normal(size=(8, 3, 4, 4))
    whole = mosaics.together(x, 2)
    assert whole.shape == (2, 3, 8, 8)
    numpy.testing.assert_array_equal(whole[1, :, :4, 4:], x[5])
    numpy.testing.assert_array_equal(mosaics.apart(whole, 2), x)
    assert numpy.flatnonzero(mosaics.inner(16, 4)).tolist() == [5, 6, 9, 10]
    assert not mosaics.inner(8, 2).any()


def test_the_script(script, tmp_path):
    out = script('label_under_norm', '--config', 'tiny', '--out', tmp_path)
    folder = tmp_path / 'results'
    record = json.loads((folder / 'label_under_norm.json').read_text('utf-8'))
    assert {path.name for path in folder.iterdir()} == {
        'plot.png', 'mosaics_1.png', 'label_under_norm.json', 'label_under_norm.md'}
    shares, found = record['shares'], record['mosaics']
    for name in ('bowls_64', 'at the input'):
        assert shares[name] == pytest.approx(shares[name + ', measured'], rel=1e-3)
        assert f'{shares[name][0]:.2%}' in out
    plain, auto, own = (found[name] for name in (
        'at the input', 'at the input, label_strength auto', 'in the normalisations'))
    # Auto is 1 at the size of the training, and of bowls alone none is an inner one.
    assert plain[0] == auto[0] and plain[1]['change'] != auto[1]['change']
    assert plain[0]['change_inner'] is None and own[1]['change_inner'] > 0
