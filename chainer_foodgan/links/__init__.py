"""The networks and what they are made of. A network has its arguments as attributes.

Links are imported when first used: what networks are like is known without Chainer, in
:mod:`~chainer_foodgan.links.architectures`, :mod:`~chainer_foodgan.links.recognising` and
:mod:`~chainer_foodgan.links.graph` (as ONNX nodes).
"""

from chainer_foodgan.lazy import exports

__getattr__, __dir__, __all__ = exports(__name__, {
    'BatchNormalization': 'primitives', 'ConditionalDiscriminator': 'stargan',
    'ConditionalGenerator': 'stargan', 'Convolution2D': 'primitives',
    'Deconvolution2D': 'primitives', 'Discriminator': 'stargan', 'Generator': 'stargan',
    'InstanceNormalization': 'primitives', 'NLayerDiscriminator': 'pix2pix',
    'NoiseGenerator': 'dcgan', 'PixelDiscriminator': 'pix2pix', 'ResnetGenerator': 'pix2pix',
    'Sequential': 'sequential', 'TorchUniform': 'primitives', 'UnetGenerator': 'pix2pix',
    'init_weights': 'primitives'})
