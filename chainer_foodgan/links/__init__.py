"""The networks and what they are made of."""

from chainer_foodgan.links.convolution import Convolution2D, Deconvolution2D
from chainer_foodgan.links.discriminator import Discriminator
from chainer_foodgan.links.generator import Generator
from chainer_foodgan.links.initialiser import TorchUniform
from chainer_foodgan.links.normalisation import InstanceNormalization
from chainer_foodgan.links.sequential import Sequential

__all__ = ['Convolution2D', 'Deconvolution2D', 'Discriminator', 'Generator',
           'InstanceNormalization', 'Sequential', 'TorchUniform']
