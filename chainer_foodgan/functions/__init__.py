"""Differentiable functions: building blocks of the networks, and what the training minimises."""

from chainer_foodgan.functions.activations import Dropout, leaky_relu, reflection_pad, relu
from chainer_foodgan.functions.convolution import convolution_2d, deconvolution_2d
from chainer_foodgan.functions.losses import dis_losses, gan_loss, gen_losses, gradient_penalty
from chainer_foodgan.functions.normalisation import instance_normalization

__all__ = [
    'Dropout', 'convolution_2d', 'deconvolution_2d', 'dis_losses', 'gan_loss', 'gen_losses',
    'gradient_penalty', 'instance_normalization', 'leaky_relu', 'reflection_pad', 'relu']
