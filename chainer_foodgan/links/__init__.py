"""The networks and what they are made of."""

from chainer_foodgan.links.conditional_discriminator import ConditionalDiscriminator
from chainer_foodgan.links.conditional_generator import ConditionalGenerator
from chainer_foodgan.links.convolution import Convolution2D, Deconvolution2D
from chainer_foodgan.links.discriminator import Discriminator
from chainer_foodgan.links.generator import Generator
from chainer_foodgan.links.initialiser import TorchUniform, init_weights
from chainer_foodgan.links.noise_generator import NoiseGenerator
from chainer_foodgan.links.normalisation import BatchNormalization, InstanceNormalization
from chainer_foodgan.links.patch_discriminator import NLayerDiscriminator, PixelDiscriminator
from chainer_foodgan.links.resnet_generator import ResnetGenerator
from chainer_foodgan.links.sequential import Sequential
from chainer_foodgan.links.unet_generator import UnetGenerator

__all__ = ['BatchNormalization', 'ConditionalDiscriminator', 'ConditionalGenerator',
           'Convolution2D', 'Deconvolution2D', 'Discriminator', 'Generator',
           'InstanceNormalization', 'NLayerDiscriminator', 'NoiseGenerator', 'PixelDiscriminator',
           'ResnetGenerator', 'Sequential', 'TorchUniform', 'UnetGenerator', 'init_weights']
