"""Sizes are read off the arrays."""

import numpy as np
import pytest

from chainer_foodgan import links
from chainer_foodgan.links import ConditionalGenerator, Discriminator, Generator
from chainer_foodgan.links.recognising import Network, recognise
from chainer_foodgan.weights.naming import arrays_of


def test_what_has_a_form_as_onnx():
    assert recognise(arrays_of(Generator(4, 3, 1))).translates_by_onnx
    assert not recognise(arrays_of(Generator(4, 3, 1, 'middle'))).translates_by_onnx
    assert not recognise(arrays_of(Discriminator(16, 2, 3, 2))).translates_by_onnx
    student = recognise(arrays_of(ConditionalGenerator(4, 3, 1)))
    assert student.translates_by_onnx
    assert str(student) == 'ConditionalGenerator(conv_dim=4, c_dim=3, repeat_num=1)'


def networks():
    for conv_dim, c_dim, repeat_num in ((4, 10, 6), (6, 1, 0), (2, 3, 2)):
        sizes = {'conv_dim': conv_dim, 'c_dim': c_dim, 'repeat_num': repeat_num}
        yield 'generator', sizes
        yield 'conditional_generator', sizes
    yield 'generator', {**sizes, 'label_position': 'middle'}
    yield 'conditional_generator', {**sizes, 'separable': True}
    yield 'discriminator', {'image_size': 96, 'conv_dim': 2, 'c_dim': 6, 'repeat_num': 5}
    yield 'discriminator', {'image_size': 64, 'conv_dim': 4, 'c_dim': 3, 'repeat_num': 4}
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
def test_every_network_and_its_shapes(kind, sizes):
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


def test_a_discriminator_of_countless_layers_is_none():
    arrays = {f'main/{2 * layer}/W': np.zeros((4, 3, 4, 4)) for layer in range(99)}
    arrays.update(shaped(conv1_W=(1, 4, 3, 3), conv2_W=(6, 4, 1, 1)))
    assert recognise(arrays) is None
