"""The networks and what they are made of.

Links are imported when first used: what networks are like is known without Chainer, in
:mod:`~chainer_foodgan.links.architectures`, :mod:`~chainer_foodgan.links.recognising` and
:mod:`~chainer_foodgan.links.graph` (as ONNX nodes).
"""

from chainer_foodgan.lazy import exports

__getattr__, __dir__, __all__ = exports(__name__, {
    'BatchNormalization': 'primitives', 'ConditionalDiscriminator': 'conditional_discriminator',
    'ConditionalGenerator': 'conditional_generator', 'Convolution2D': 'primitives',
    'Deconvolution2D': 'primitives', 'Discriminator': 'discriminator', 'Generator': 'generator',
    'InstanceNormalization': 'primitives', 'NLayerDiscriminator': 'patch_discriminator',
    'NoiseGenerator': 'noise_generator', 'PixelDiscriminator': 'patch_discriminator',
    'ResnetGenerator': 'resnet_generator', 'Sequential': 'sequential',
    'TorchUniform': 'primitives', 'UnetGenerator': 'unet_generator',
    'init_weights': 'initialiser'})
