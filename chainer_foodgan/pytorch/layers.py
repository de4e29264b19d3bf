"""Layers of :mod:`chainer_foodgan.links.layers` as PyTorch 0.3 starts and reads them."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class InstanceNorm(nn.Module):
    """Instance normalisation by the instance's own statistics, in ``eval()`` too.

    That is what PyTorch 0.3 computed whatever the running statistics that it kept. Today's
    ``nn.InstanceNorm2d`` either refuses them ("Unexpected running stats buffer(s)") or uses them in
    ``eval()``, which gives wrong pictures. Here they are buffers that are stored and never used, so
    that a released state dict is loaded strictly and comes out under the same keys. Files without
    them, and files of later PyTorch versions, which count batches too, are loaded as well.
    """

    def __init__(self, channels: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.rand(channels))  # U(0, 1), as PyTorch 0.3 starts
        self.bias = nn.Parameter(torch.zeros(channels))
        self.register_buffer('running_mean', torch.zeros(channels))
        self.register_buffer('running_var', torch.ones(channels))

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, C, H, W)."""
        return F.instance_norm(x, weight=self.weight, bias=self.bias, eps=self.eps)

    def _load_from_state_dict(self, state_dict, prefix, *args) -> None:
        for name, buffer in self.named_buffers():
            state_dict.setdefault(prefix + name, buffer)
        state_dict.pop(prefix + 'num_batches_tracked', None)
        super()._load_from_state_dict(state_dict, prefix, *args)


class Deconvolution(nn.ConvTranspose2d):
    """``nn.ConvTranspose2d`` with PyTorch 0.3's start, U(-s, s), s = 1 / sqrt(in_channels k k).

    Today's counts the output's channels. (Convolutions start as they did.)
    """

    def reset_parameters(self) -> None:
        bound = self.weight[:, 0].numel() ** -0.5
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -bound, bound)


class PlainInstanceNorm(nn.InstanceNorm2d):
    """Instance normalisation without scale and shift, which loads files of PyTorch 0.3 too.

    Those have running statistics, which that version never used.
    """

    def _load_from_state_dict(self, state_dict, prefix, *args) -> None:
        for name in ('running_mean', 'running_var', 'num_batches_tracked'):
            state_dict.pop(prefix + name, None)
        super()._load_from_state_dict(state_dict, prefix, *args)


class BatchNorm(nn.BatchNorm2d):
    """``nn.BatchNorm2d`` with PyTorch 0.3's start: scale U(0, 1)."""

    def reset_parameters(self) -> None:
        super().reset_parameters()
        nn.init.uniform_(self.weight)


class ConditionalInstanceNorm(nn.Module):
    """Instance normalisation, then the scale and the shift that a label vector picks or blends."""

    conditional = True

    def __init__(self, channels: int, c_dim: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(c_dim, channels))
        self.bias = nn.Parameter(torch.zeros(c_dim, channels))

    def forward(self, x: Tensor, c: Tensor) -> Tensor:
        """(B, C, H, W) and label vectors (B, c_dim) -> (B, C, H, W)."""
        scale, shift = ((c @ rows)[:, :, None, None] for rows in (self.weight, self.bias))
        return F.instance_norm(x, eps=self.eps) * scale + shift


class Sequential(nn.Sequential):
    """A sequence of modules; those whose ``conditional`` is true take the label vectors, too."""

    conditional = True

    def forward(self, x: Tensor, c: Tensor | None = None) -> Tensor:
        for module in self:
            x = module(x, c) if getattr(module, 'conditional', False) else module(x)
        return x


class Block(nn.Module):
    """A sequence under a name of its own, its input joined to its output."""

    conditional = True

    def __init__(self, name: str, sequence: Sequential, join: str | None) -> None:
        super().__init__()
        self.name, self.join = name, join
        self.add_module(name, sequence)

    def forward(self, x: Tensor, c: Tensor | None = None) -> Tensor:
        y = getattr(self, self.name)(x, c)
        if self.join is None:
            return y
        return x + y if self.join == 'add' else torch.cat([x, y], dim=1)


def build(layer: Any) -> nn.Module:
    """The module of a layer, or the sequence of several."""
    if isinstance(layer, list):
        return Sequential(*map(build, layer))
    if isinstance(layer, dict):
        sequence = Sequential()
        for name, child in layer.items():
            sequence.add_module(name, build(child))
        return sequence
    return _BUILDERS[type(layer).__name__](layer)


def _instance_norm(layer):
    if not layer.affine:
        return PlainInstanceNorm(layer.channels)
    if layer.c_dim is None:
        return InstanceNorm(layer.channels)
    return ConditionalInstanceNorm(layer.channels, layer.c_dim)


_ACTIVATIONS = {'relu': lambda layer: nn.ReLU(), 'tanh': lambda layer: nn.Tanh(),
                'sigmoid': lambda layer: nn.Sigmoid(),
                'leaky_relu': lambda layer: nn.LeakyReLU(layer.slope)}

_BUILDERS = {
    'Activation': lambda layer: _ACTIVATIONS[layer.name](layer),
    'BatchNorm': lambda layer: BatchNorm(layer.channels),
    'Block': lambda layer: Block(layer.name, build(layer.layers), layer.join),
    'Conv': lambda layer: nn.Conv2d(
        layer.in_channels, layer.out_channels, layer.ksize, layer.stride, layer.pad,
        groups=layer.groups, bias=layer.bias),
    'Deconv': lambda layer: Deconvolution(
        layer.in_channels, layer.out_channels, layer.ksize, layer.stride, layer.pad, layer.extra,
        bias=layer.bias),
    'Dropout': lambda layer: nn.Dropout(0.5),
    'InstanceNorm': _instance_norm,
    'ReflectionPad': lambda layer: nn.ReflectionPad2d(layer.pad)}
