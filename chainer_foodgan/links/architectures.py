"""Every network as layers, once for all frameworks: see :mod:`chainer_foodgan.links.layers`.

What the arguments mean is said by the links of these names. The layers are those of the original:
model.py (StarGAN; Johnson et al. 2016) and network.py (pix2pix, CycleGAN).
"""

from __future__ import annotations

from typing import Any, Callable

from chainer_foodgan.links.layers import (
    LEAKY_RELU,
    RELU,
    SIGMOID,
    TANH,
    Activation,
    BatchNorm,
    Block,
    Conv,
    Deconv,
    Dropout,
    InstanceNorm,
    ReflectionPad,
)

Layers = dict[str, Any]


def generator(conv_dim: int, c_dim: int, repeat_num: int,
              label_position: str = 'input') -> Layers:
    """StarGAN's generator."""
    at_input, in_middle = {'input': (c_dim, 0), 'middle': (0, c_dim)}[label_position]
    wide = 4 * conv_dim
    join = [Conv(wide + in_middle, wide, 3, 1, 1, bias=False), InstanceNorm(wide),
            RELU] if in_middle else []
    return {'main': [*_translating(3 + at_input, conv_dim, repeat_num, InstanceNorm, _plain, join),
                     Conv(conv_dim, 3, 7, 1, 3, bias=False), TANH]}


def conditional_generator(conv_dim: int, c_dim: int, repeat_num: int,
                          separable: bool = False) -> Layers:
    """A student's generator; four channels come out, a picture and how much of it to take."""
    def norm(channels):
        return InstanceNorm(channels, c_dim=c_dim)

    convolution = depthwise_separable if separable else _plain
    return {'main': [*_translating(3, conv_dim, repeat_num, norm, convolution),
                     Conv(conv_dim, 4, 7, 1, 3)]}


def depthwise_separable(in_channels: int, out_channels: int, ksize: int, stride: int = 1,
                        pad: int = 0, bias: bool = False) -> Layers:
    """A convolution within each channel, then one across them (Howard et al. 2017, MobileNets)."""
    return {'depth': Conv(in_channels, in_channels, ksize, stride, pad, False, in_channels),
            'point': Conv(in_channels, out_channels, 1, bias=bias)}


def _plain(in_channels, out_channels, ksize, stride, pad):
    return Conv(in_channels, out_channels, ksize, stride, pad, bias=False)


def _translating(in_channels: int, dim: int, repeat_num: int, norm: Callable,
                 convolution: Callable, join: list = ()) -> list:
    """Both generators but for their last convolution; ``join`` comes after down-sampling."""
    def normalised(layer):
        return layer, norm(layer.out_channels), RELU

    block = Block('main', [convolution(4 * dim, 4 * dim, 3, 1, 1), norm(4 * dim), RELU,
                           convolution(4 * dim, 4 * dim, 3, 1, 1), norm(4 * dim)], 'add')
    return [*normalised(Conv(in_channels, dim, 7, 1, 3, bias=False)),
            *normalised(Conv(dim, 2 * dim, 4, 2, 1, bias=False)),
            *normalised(Conv(2 * dim, 4 * dim, 4, 2, 1, bias=False)),
            *join, *repeat_num * [block],
            *normalised(Deconv(4 * dim, 2 * dim, 4, 2, 1, bias=False)),
            *normalised(Deconv(2 * dim, dim, 4, 2, 1, bias=False))]


def discriminator(image_size: int, conv_dim: int, c_dim: int, repeat_num: int) -> Layers:
    """StarGAN's discriminator: two convolutions, for realness and category, on one trunk."""
    dims = [3] + [conv_dim * 2 ** n for n in range(repeat_num)]
    main = [layer for n in range(repeat_num)
            for layer in (Conv(dims[n], dims[n + 1], 4, 2, 1), Activation('leaky_relu', 0.01))]
    return {'main': main, 'conv1': Conv(dims[-1], 1, 3, 1, 1, bias=False),
            'conv2': Conv(dims[-1], c_dim, image_size // 2 ** repeat_num, bias=False)}


def _norm(name: str) -> Callable:
    """Of the pix2pix and CycleGAN code: 'batch' with a scale and a shift, 'instance' with none."""
    return {'batch': BatchNorm, 'instance': lambda channels: InstanceNorm(channels, False)}[name]


def resnet_generator(in_channels: int, out_channels: int, conv_dim: int, repeat_num: int,
                     norm: str, dropout: bool = False) -> Layers:
    """CycleGAN's generator."""
    bias = norm != 'batch'  # batch normalisation would take a bias out again

    def normalised(kind, *geometry, **extra):
        layer = kind(*geometry, bias=bias, **extra)
        return layer, _norm(norm)(layer.out_channels)

    d = conv_dim
    padded = [ReflectionPad(1), *normalised(Conv, 4 * d, 4 * d, 3)]
    block = Block('conv_block', [*padded, RELU, *([Dropout()] if dropout else []), *padded], 'add')
    return {'model': [
        ReflectionPad(3), *normalised(Conv, in_channels, d, 7), RELU,
        *normalised(Conv, d, 2 * d, 3, 2, 1), RELU, *normalised(Conv, 2 * d, 4 * d, 3, 2, 1), RELU,
        *repeat_num * [block],
        *normalised(Deconv, 4 * d, 2 * d, 3, 2, 1, extra=1), RELU,
        *normalised(Deconv, 2 * d, d, 3, 2, 1, extra=1), RELU,
        ReflectionPad(3), Conv(d, out_channels, 7), TANH]}


def unet_generator(in_channels: int, out_channels: int, num_downs: int, conv_dim: int, norm: str,
                   dropout: bool = False) -> Layers:
    """pix2pix's generator: levels within levels, each beside a skip."""
    bias, d = norm != 'batch', conv_dim
    # The original's first layer of a level is a leaky ReLU that overwrites its input, so the skip
    # has the rectified one. The ReLU that follows every skip makes the two equal.

    def level(outer, inner, below, *end):
        between = [] if below is None else [_norm(norm)(inner), below]
        return Block('model', [
            LEAKY_RELU, Conv(outer, inner, 4, 2, 1, bias=bias), *between, RELU,
            Deconv(inner if below is None else 2 * inner, outer, 4, 2, 1, bias=bias),
            _norm(norm)(outer), *end], 'concat')

    block = level(8 * d, 8 * d, None)
    for _ in range(num_downs - 5):
        block = level(8 * d, 8 * d, block, *([Dropout()] if dropout else []))
    for factor in (4, 2, 1):
        block = level(factor * d, 2 * factor * d, block)
    return {'model': Block('model', [
        Conv(in_channels, d, 4, 2, 1, bias=bias), block, RELU,
        Deconv(2 * d, out_channels, 4, 2, 1), TANH])}


def nlayer_discriminator(in_channels: int, conv_dim: int, layers: int, norm: str,
                         sigmoid: bool = False) -> Layers:
    """pix2pix's and CycleGAN's discriminator of patches."""
    dims = [conv_dim * min(2 ** n, 8) for n in range(layers + 1)]
    sequence = [Conv(in_channels, conv_dim, 4, 2, 1), LEAKY_RELU]
    for n in range(1, layers + 1):
        sequence += [Conv(dims[n - 1], dims[n], 4, 2 if n < layers else 1, 1, norm != 'batch'),
                     _norm(norm)(dims[n]), LEAKY_RELU]
    return {'model': [*sequence, Conv(dims[-1], 1, 4, 1, 1), *([SIGMOID] if sigmoid else [])]}


def pixel_discriminator(in_channels: int, conv_dim: int, norm: str,
                        sigmoid: bool = False) -> Layers:
    """pix2pix's discriminator of single pixels."""
    bias = norm != 'batch'
    return {'net': [
        Conv(in_channels, conv_dim, 1), LEAKY_RELU, Conv(conv_dim, 2 * conv_dim, 1, bias=bias),
        _norm(norm)(2 * conv_dim), LEAKY_RELU, Conv(2 * conv_dim, 1, 1, bias=bias),
        *([SIGMOID] if sigmoid else [])]}
