"""Sequences of layers whose links are numbered as PyTorch numbers them, and links from layers."""

from __future__ import annotations

import functools
from typing import Any, Callable, Optional

import chainer
import chainer.functions as F
import numpy

from chainer_foodgan.functions.activations import leaky_relu, relu
from chainer_foodgan.functions.dropout import Dropout
from chainer_foodgan.functions.padding import reflection_pad
from chainer_foodgan.links.convolution import Convolution2D, Deconvolution2D
from chainer_foodgan.links.normalisation import (
    BatchNormalization, ConditionalInstanceNormalization, InstanceNormalization,
    plain_instance_normalization)

__all__ = ['Block', 'Builder', 'Sequential']


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

    def __init__(self, *numbered, **named):
        super().__init__()
        self._layers = []
        for name, layer in (*enumerate(numbered), *named.items()):
            if isinstance(layer, chainer.Link):
                self.add_link(str(name), layer)
                layer = str(name)  # by name, so that copies of the chain use their own links
            self._layers.append(layer)

    def layers(self):
        """The links and functions, in order (list)."""
        return [self[layer] if isinstance(layer, str) else layer for layer in self._layers]

    def forward(self, x, c=None, *, start=0, stop=None):
        """Applies the layers from number ``start`` on, up to but without number ``stop``.

        Args:
            x (Variable or ndarray): Float (B, C, H, W).
            c (Variable or ndarray): Label vectors, float (B, c_dim), where a layer takes them.
            start, stop (int): Numbers of layers.
        """
        for layer in self.layers()[start:stop]:
            x = layer(x, c) if getattr(layer, 'conditional', False) else layer(x)
        return x


class Block(chainer.Chain):
    """A sequence under a name of its own, its input joined to its output.

    Args:
        name (str): Of the sequence.
        sequence (Sequential): It.
        join (str): ``'add'``, ``'concat'`` or None, see :class:`chainer_foodgan.links.layers.Block`.
    """

    conditional = True

    def __init__(self, name, sequence, join):
        super().__init__()
        self._name, self._join = name, join
        self.add_link(name, sequence)

    def forward(self, x, c=None):
        y = self[self._name](x, c)
        if self._join is None:
            return y
        return x + y if self._join == 'add' else F.concat((x, y), axis=1)


class Builder:
    """Makes links and functions of :mod:`~chainer_foodgan.links.layers`.

    Args:
        rng (numpy.random.Generator): Where the initial weights come from, layer by layer; None
            for fresh ones.

    Attributes:
        dropout (Dropout): All of the network's dropout, or None.
    """

    def __init__(self, rng: Optional[numpy.random.Generator]):
        self._rng = numpy.random.default_rng() if rng is None else rng
        self.dropout: Optional[Dropout] = None

    def __call__(self, layer: Any) -> Callable:
        """The link or function of a layer, or the sequence of several."""
        if isinstance(layer, list):
            return Sequential(*map(self, layer))
        if isinstance(layer, dict):
            return Sequential(**{name: self(child) for name, child in layer.items()})
        return getattr(self, '_' + type(layer).__name__.lower())(layer)

    def _block(self, layer):
        return Block(layer.name, self(layer.layers), layer.join)

    def _conv(self, layer):
        return Convolution2D(layer.in_channels, layer.out_channels, layer.ksize, layer.stride,
                             layer.pad, not layer.bias, layer.groups, rng=self._rng)

    def _deconv(self, layer):
        return Deconvolution2D(layer.in_channels, layer.out_channels, layer.ksize, layer.stride,
                               layer.pad, layer.extra, not layer.bias, rng=self._rng)

    def _instancenorm(self, layer):
        if not layer.affine:
            return plain_instance_normalization
        if layer.c_dim is None:
            return InstanceNormalization(layer.channels, rng=self._rng)
        return ConditionalInstanceNormalization(layer.channels, layer.c_dim)

    def _batchnorm(self, layer):
        return BatchNormalization(layer.channels, rng=self._rng)

    def _activation(self, layer):
        if layer.name == 'leaky_relu':
            return functools.partial(leaky_relu, slope=layer.slope)
        return {'relu': relu, 'tanh': F.tanh, 'sigmoid': F.sigmoid}[layer.name]

    def _reflectionpad(self, layer):
        return functools.partial(reflection_pad, pad=layer.pad)

    def _dropout(self, layer):
        if self.dropout is None:
            self.dropout = Dropout(self._rng)
        return self.dropout
