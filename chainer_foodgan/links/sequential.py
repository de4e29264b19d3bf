"""Sequences of layers whose links are numbered as PyTorch numbers them, and links from layers."""

from __future__ import annotations

import functools
from typing import Any, Callable, Optional

import numpy

from chainer_foodgan.functions.activations import Dropout, leaky_relu, reflection_pad, relu
from chainer_foodgan.kernels import Array
from chainer_foodgan.links import architectures, layers
from chainer_foodgan.links.primitives import (
    BatchNormalization,
    ConditionalInstanceNormalization,
    Convolution2D,
    Deconvolution2D,
    InstanceNormalization,
    plain_instance_normalization,
)

import chainer
import chainer.functions as F

#: Where initial weights come from; None for fresh ones.
Rng = Optional[numpy.random.Generator]


class Sequential(chainer.Chain):
    """Applies layers one after the other.

    ``chainer.Sequential`` counts its links only; PyTorch's counts activations too, and so does
    this one: the second convolution of (conv, norm, ReLU, conv) is ``3``, so that npz keys are
    those of the released state dict by renaming alone.

    Args:
        numbered: Links and functions of one array. A link says by its attribute ``conditional``
            that it is called with a label besides.
        named: Further ones, with names in place of numbers.
    """

    conditional = True

    def __init__(self, *numbered: Callable, **named: Callable):
        super().__init__()
        self._layers = []
        for name, layer in (*enumerate(numbered), *named.items()):
            if isinstance(layer, chainer.Link):
                self.add_link(str(name), layer)
                layer = str(name)  # by name, so that copies of the chain use their own links
            self._layers.append(layer)

    def layers(self) -> list[Callable]:
        """The links and functions, in order (list)."""
        return [self[layer] if isinstance(layer, str) else layer for layer in self._layers]

    def forward(self, x: Array, c: Optional[Array] = None, *, start: int = 0,
                stop: Optional[int] = None) -> chainer.Variable:
        """Applies the layers from number ``start`` on, up to but without number ``stop``, to x,
        float (B, C, H, W), and label vectors c, float (B, c_dim), where a layer takes them."""
        for layer in self.layers()[start:stop]:
            x = layer(x, c) if getattr(layer, 'conditional', False) else layer(x)
        return x


class Block(chainer.Chain):
    """A sequence under a name of its own, its input joined to its output as
    :class:`chainer_foodgan.links.layers.Block` says."""

    conditional = True

    def __init__(self, name: str, sequence: Sequential, join: Optional[str]):
        super().__init__()
        self._name, self._join = name, join
        self.add_link(name, sequence)

    def forward(self, x: Array, c: Optional[Array] = None) -> chainer.Variable:
        y = self[self._name](x, c)
        if self._join is None:
            return y
        return x + y if self._join == 'add' else F.concat((x, y), axis=1)


class Builder:
    """Makes links and functions of :mod:`~chainer_foodgan.links.layers`; initial weights come from
    a generator, layer by layer.

    Attributes:
        dropout (Dropout): All of the network's dropout, or None.
    """

    def __init__(self, rng: Rng):
        self._rng = numpy.random.default_rng() if rng is None else rng
        self.dropout: Optional[Dropout] = None

    def __call__(self, layer: Any) -> Callable:
        """The link or function of a layer, or the sequence of several."""
        rng, kind = self._rng, type(layer)
        if kind is list:
            # A U-Net is made from the inside outwards, so its weights are drawn in that order.
            inner = {place: self(child) for place, child in enumerate(layer)
                     if getattr(child, 'join', None) == 'concat'}
            return Sequential(*(inner[place] if place in inner else self(child)
                                for place, child in enumerate(layer)))
        if kind is dict:
            return Sequential(**{name: self(child) for name, child in layer.items()})
        if kind is layers.Block:
            return Block(layer.name, self(layer.layers), layer.join)
        if kind is layers.Conv:
            return Convolution2D(layer.in_channels, layer.out_channels, layer.ksize, layer.stride,
                                 layer.pad, not layer.bias, layer.groups, rng=rng)
        if kind is layers.Deconv:
            return Deconvolution2D(layer.in_channels, layer.out_channels, layer.ksize,
                                   layer.stride, layer.pad, layer.extra, not layer.bias, rng=rng)
        if kind is layers.InstanceNorm:
            if not layer.affine:
                return plain_instance_normalization
            if layer.c_dim is not None:
                return ConditionalInstanceNormalization(layer.channels, layer.c_dim)
            return InstanceNormalization(layer.channels, rng=rng)
        if kind is layers.BatchNorm:
            return BatchNormalization(layer.channels, rng=rng)
        if kind is layers.ReflectionPad:
            return functools.partial(reflection_pad, pad=layer.pad)
        if kind is layers.Dropout:
            self.dropout = self.dropout or Dropout(rng)
            return self.dropout
        if layer.name == 'leaky_relu':
            return functools.partial(leaky_relu, slope=layer.slope)
        return {'relu': relu, 'tanh': F.tanh, 'sigmoid': F.sigmoid}[layer.name]


class Built(chainer.Chain):
    """A network that is made of its layers alone: of the function of that name in
    :mod:`chainer_foodgan.links.architectures`, whose arguments, ``sizes``, become attributes.

    Attributes:
        dropout (Dropout): All of the network's dropout, or None.
    """

    def __init__(self, kind: str, rng: Rng, **sizes: Any):
        super().__init__()
        vars(self).update(sizes)
        build = Builder(rng)
        with self.init_scope():
            for name, child in getattr(architectures, kind)(**sizes).items():
                setattr(self, name, build(child))
        self.dropout = build.dropout
