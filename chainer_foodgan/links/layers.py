"""Layers as data: what links, PyTorch modules, ONNX nodes and shapes of arrays are all made from.

A network is a dict of named children. A child is a layer, a list (a sequence whose layers are
numbered as PyTorch numbers them, activations too) or a dict (a sequence whose layers have names).
Neither Chainer nor PyTorch is imported here: weights are recognised and checked without them.
"""

from __future__ import annotations

import dataclasses
from typing import Any, Optional

Shapes = dict[str, tuple[int, ...]]
_layer = dataclasses.dataclass(frozen=True)


class Layer:
    """A layer; :meth:`shapes` has those of its arrays by their names in Chainer."""

    def shapes(self) -> Shapes:
        return {}


@_layer
class _Filters(Layer):
    """What convolutions have in common; sizes in pixels, zeros around the picture."""

    in_channels: int
    out_channels: int
    ksize: int
    stride: int = 1
    pad: int = 0
    bias: bool = True

    def _shapes(self, *channels: int) -> Shapes:
        """Of filters that begin with these sizes."""
        return {'W': (*channels, self.ksize, self.ksize),
                **({'b': (self.out_channels,)} if self.bias else {})}


@_layer
class Conv(_Filters):
    """A convolution by square filters."""

    groups: int = 1

    def shapes(self) -> Shapes:
        return self._shapes(self.out_channels, self.in_channels // self.groups)


@_layer
class Deconv(_Filters):
    """A transposed convolution; ``extra`` pixels are kept at the lower and the right end."""

    extra: int = 0

    def shapes(self) -> Shapes:
        return self._shapes(self.in_channels, self.out_channels)


@_layer
class InstanceNorm(Layer):
    """Instance normalisation: with a scale and a shift, one of each category, or without any."""

    channels: int
    affine: bool = True
    c_dim: Optional[int] = None

    def shapes(self) -> Shapes:
        shape = (self.channels,) if self.c_dim is None else (self.c_dim, self.channels)
        return {'gamma': shape, 'beta': shape} if self.affine else {}


@_layer
class BatchNorm(Layer):
    """Batch normalisation with a scale and a shift."""

    channels: int

    def shapes(self) -> Shapes:
        return dict.fromkeys(('gamma', 'beta', 'avg_mean', 'avg_var'), (self.channels,))


@_layer
class Activation(Layer):
    """``'relu'``, ``'leaky_relu'`` of some slope, ``'tanh'`` or ``'sigmoid'``."""

    name: str
    slope: float = 0.


@_layer
class ReflectionPad(Layer):
    """So many pixels around the picture, by reflection."""

    pad: int


@_layer
class Dropout(Layer):
    """Half of the numbers set to 0 in training."""


@_layer
class Block:
    """A sequence under a name of its own, its input joined to its output.

    Attributes:
        join: ``'add'``, a residual block; ``'concat'``, the input's channels first; None: no skip.
    """

    name: str
    layers: Any
    join: Optional[str] = None


RELU, TANH, SIGMOID = Activation('relu'), Activation('tanh'), Activation('sigmoid')
LEAKY_RELU = Activation('leaky_relu', 0.2)


def shapes_of(layer: Any, place: str = '') -> Shapes:
    """The shapes of all arrays of a layer, a sequence or a network, see the module, in the order of
    the layers: Chainer's keys (``main/0/W``) to tuples of int. ``place``: the key of the layer."""
    if isinstance(layer, Block):
        layer = {layer.name: layer.layers}
    elif not isinstance(layer, (dict, list)):
        return {f'{place}/{leaf}': shape for leaf, shape in layer.shapes().items()}
    children = layer.items() if isinstance(layer, dict) else enumerate(layer)
    return {key: shape for name, child in children
            for key, shape in shapes_of(child, f'{place}/{name}' if place else str(name)).items()}
