"""Sizes are read off the arrays."""

import numpy as np
import pytest

from chainer_foodgan import links
from chainer_foodgan.links import ConditionalGenerator, Discriminator, Generator
from chainer_foodgan.links.recognising import Network, recognise
from chainer_foodgan.weights.naming import arrays_of


@pytest.mark.parametrize('sizes', [
    {'conv_dim': 4, 'c_dim': 10, 'repeat_num': 6}, {'conv_dim': 6, 'c_dim': 1, 'repeat_num': 0},
    {'conv_dim': 4, 'c_dim': 3, 'repeat_num': 2, 'label_position': 'middle'}])
def test_generators(sizes):
    assert recognise(arrays_of(Generator(**sizes))) == ('generator', sizes)


@pytest.mark.parametrize('sizes', [
    {'conv_dim': 4, 'c_dim': 10, 'repeat_num': 4}, {'conv_dim': 6, 'c_dim': 1, 'repeat_num': 0},
    {'conv_dim': 2, 'c_dim': 3, 'repeat_num': 2, 'separable': True}])
def test_conditional_generators(sizes):
    network = recognise(arrays_of(ConditionalGenerator(**sizes)))
    assert network == ('conditional_generator', sizes) and network.translates_by_onnx
    assert str(network).startswith('ConditionalGenerator(conv_dim={}, '.format(sizes['conv_dim']))


def test_what_has_a_form_as_onnx():
    assert recognise(arrays_of(Generator(4, 3, 1))).translates_by_onnx
    assert not recognise(arrays_of(Generator(4, 3, 1, 'middle'))).translates_by_onnx
    assert not recognise(arrays_of(Discriminator(16, 2, 3, 2))).translates_by_onnx


@pytest.mark.parametrize('sizes', [
    {'image_size': 96, 'conv_dim': 2, 'c_dim': 6, 'repeat_num': 5},
    {'image_size': 64, 'conv_dim': 4, 'c_dim': 3, 'repeat_num': 4}])
def test_discriminators(sizes):
    assert recognise(arrays_of(Discriminator(**sizes))) == ('discriminator', sizes)


def networks():
    norms = [{'norm': norm} for norm in ('batch', 'instance')]
    for norm in norms:
        for dropout in (False, True):
            yield 'resnet_generator', {'in_channels': 5, 'out_channels': 2, 'conv_dim': 4,
                                       'repeat_num': 3, 'dropout': dropout, **norm}
        for num_downs in (5, 7):
            yield 'unet_generator', {'in_channels': 5, 'out_channels': 2, 'conv_dim': 2,
                                     'num_downs': num_downs, **norm}
        for layers in (1, 3, 5):
            yield 'nlayer_discriminator', {'in_channels': 6, 'conv_dim': 2, 'layers': layers,
                                           **norm}
        yield 'pixel_discriminator', {'in_channels': 6, 'conv_dim': 4, **norm}


@pytest.mark.parametrize('kind, sizes', list(networks()))
def test_networks_of_pix2pix_and_cyclegan(kind, sizes):
    arrays = arrays_of(getattr(links, Network(kind, sizes).class_name)(**sizes))
    assert recognise(arrays) == (kind, sizes)
    assert Network(kind, sizes).shapes() == {key: array.shape for key, array in arrays.items()}


def shaped(**shapes):
    return {key.replace('_', '/'): np.zeros(shape) for key, shape in shapes.items()}


@pytest.mark.parametrize('arrays', [
    {},
    shaped(main_0_W=(4, 3, 7, 7), main_3_W=(8, 4, 4, 4)),  # no channel left for a label
    shaped(main_0_W=(4, 5, 7, 7)),
    shaped(main_0_W=(4, 3, 7, 7), main_3_W=(8, 4, 4, 4), main_1_gamma=(0, 4)),  # no category
    shaped(main_0_W=(4, 3, 4, 4), conv2_W=(6, 8, 3, 3)),
    shaped(main_0_W=(), conv2_W=(6,)),
    shaped(fc_W=(10, 3))])
def test_anything_else_is_none(arrays):
    assert recognise(arrays) is None


@pytest.mark.parametrize('kind, link, sizes', [
    ('generator', Generator, {'conv_dim': 4, 'c_dim': 10, 'repeat_num': 3}),
    ('generator', Generator, {'conv_dim': 2, 'c_dim': 1, 'repeat_num': 0}),
    ('generator', Generator,
     {'conv_dim': 2, 'c_dim': 3, 'repeat_num': 2, 'label_position': 'middle'}),
    ('conditional_generator', ConditionalGenerator, {'conv_dim': 4, 'c_dim': 10, 'repeat_num': 3}),
    ('conditional_generator', ConditionalGenerator, {'conv_dim': 2, 'c_dim': 1, 'repeat_num': 0}),
    ('conditional_generator', ConditionalGenerator,
     {'conv_dim': 2, 'c_dim': 3, 'repeat_num': 2, 'separable': True}),
    ('discriminator', Discriminator,
     {'image_size': 96, 'conv_dim': 2, 'c_dim': 6, 'repeat_num': 5})])
def test_shapes_are_those_of_the_network(kind, link, sizes):
    expected = {key: array.shape for key, array in arrays_of(link(**sizes)).items()}
    assert Network(kind, sizes).shapes() == expected


def test_a_discriminator_of_countless_layers_is_none():
    arrays = {f'main/{2 * layer}/W': np.zeros((4, 3, 4, 4)) for layer in range(99)}
    arrays.update(shaped(conv1_W=(1, 4, 3, 3), conv2_W=(6, 4, 1, 1)))
    assert recognise(arrays) is None
