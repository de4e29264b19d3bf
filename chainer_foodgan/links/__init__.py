"""The networks and what they are made of.

Links are imported when first used: what networks are like is known without Chainer, in
:mod:`~chainer_foodgan.links.architectures`, :mod:`~chainer_foodgan.links.recognising` and
:mod:`~chainer_foodgan.links.graph` (as ONNX nodes).
"""

import importlib

_MODULES = {
    'BatchNormalization': 'primitives', 'ConditionalDiscriminator': 'conditional_discriminator',
    'ConditionalGenerator': 'conditional_generator', 'Convolution2D': 'primitives',
    'Deconvolution2D': 'primitives', 'Discriminator': 'discriminator', 'Generator': 'generator',
    'InstanceNormalization': 'primitives', 'NLayerDiscriminator': 'patch_discriminator',
    'NoiseGenerator': 'noise_generator', 'PixelDiscriminator': 'patch_discriminator',
    'ResnetGenerator': 'resnet_generator', 'Sequential': 'sequential',
    'TorchUniform': 'primitives', 'UnetGenerator': 'unet_generator',
    'init_weights': 'initialiser'}

__all__ = list(_MODULES)


def __getattr__(name):
    if name not in _MODULES:
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    return getattr(importlib.import_module(f'{__name__}.{_MODULES[name]}'), name)


def __dir__():
    return sorted([*globals(), *__all__])
