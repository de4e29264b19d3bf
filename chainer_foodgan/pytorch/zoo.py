"""The pix2pix and CycleGAN networks (upstream: network.py) as PyTorch modules.

Weights by PyTorch's own reader, those of the original code's files too:

    from chainer_foodgan.pytorch.zoo import ResnetGenerator
    gen = ResnetGenerator(repeat_num=9, norm='instance')
    gen.load_state_dict(torch.load('latest_net_G.pth', map_location='cpu'))
    y = gen(x)                                        # x float32 (1, 3, H, W) in [-1, 1]
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from chainer_foodgan.pytorch.networks import Deconvolution


class BatchNorm(nn.BatchNorm2d):
    """``nn.BatchNorm2d`` with PyTorch 0.3's start: scale U(0, 1)."""

    def reset_parameters(self) -> None:
        super().reset_parameters()
        nn.init.uniform_(self.weight)


class InstanceNorm(nn.InstanceNorm2d):
    """``nn.InstanceNorm2d``, which loads files of PyTorch 0.3 too.

    Those have running statistics, which that version never used.
    """

    def _load_from_state_dict(self, state_dict, prefix, *args) -> None:
        for name in ('running_mean', 'running_var', 'num_batches_tracked'):
            state_dict.pop(prefix + name, None)
        super()._load_from_state_dict(state_dict, prefix, *args)


_NORMS = {'batch': BatchNorm, 'instance': InstanceNorm}


class ResnetBlock(nn.Module):
    """Two normalised 3 x 3 convolutions on reflected borders beside a skip."""

    def __init__(self, channels: int, norm: str, dropout: bool) -> None:
        super().__init__()

        def normalised():
            return (nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3, bias=norm != 'batch'),
                    _NORMS[norm](channels))

        between = [nn.ReLU(), nn.Dropout(0.5)] if dropout else [nn.ReLU()]
        self.conv_block = nn.Sequential(*normalised(), *between, *normalised())

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv_block(x)


class ResnetGenerator(nn.Module):
    """Pictures to pictures through residual blocks at a quarter of the size.

    Args: As of :class:`chainer_foodgan.links.ResnetGenerator`.
    """

    def __init__(self, in_channels: int = 3, out_channels: int = 3, conv_dim: int = 64,
                 repeat_num: int = 9, norm: str = 'batch', dropout: bool = False) -> None:
        super().__init__()

        def normalised(convolution, channels, out_channels, *geometry):
            return (convolution(channels, out_channels, *geometry, bias=norm != 'batch'),
                    _NORMS[norm](out_channels), nn.ReLU())

        dim = conv_dim
        self.model = nn.Sequential(
            nn.ReflectionPad2d(3),
            *normalised(nn.Conv2d, in_channels, dim, 7),
            *normalised(nn.Conv2d, dim, 2 * dim, 3, 2, 1),
            *normalised(nn.Conv2d, 2 * dim, 4 * dim, 3, 2, 1),
            *(ResnetBlock(4 * dim, norm, dropout) for _ in range(repeat_num)),
            *normalised(Deconvolution, 4 * dim, 2 * dim, 3, 2, 1, 1),
            *normalised(Deconvolution, 2 * dim, dim, 3, 2, 1, 1),
            nn.ReflectionPad2d(3),
            nn.Conv2d(dim, out_channels, 7),
            nn.Tanh())

    def forward(self, x: Tensor) -> Tensor:
        """(B, in_channels, H, W) -> (B, out_channels, H, W) in [-1, 1]; multiples of 4 pixels."""
        return self.model(x)


class SkipBlock(nn.Module):
    """One level of the U: down, all the levels below it, up; the input beside the output."""

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.model = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([x, self.model(x)], dim=1)


class OutermostBlock(SkipBlock):
    """The level whose output is the network's: without a skip."""

    def forward(self, x: Tensor) -> Tensor:
        return self.model(x)


class UnetGenerator(nn.Module):
    """Pictures to pictures through ever smaller ones, with a skip at every size.

    Args: As of :class:`chainer_foodgan.links.UnetGenerator`.
    """

    def __init__(self, in_channels: int = 3, out_channels: int = 3, num_downs: int = 7,
                 conv_dim: int = 64, norm: str = 'batch', dropout: bool = False) -> None:
        super().__init__()
        bias = norm != 'batch'

        def down(channels, out_channels):
            return nn.LeakyReLU(0.2), nn.Conv2d(channels, out_channels, 4, 2, 1, bias=bias)

        def up(channels, out_channels):
            return (nn.ReLU(), Deconvolution(channels, out_channels, 4, 2, 1, bias=bias),
                    _NORMS[norm](out_channels))

        def level(outer, inner, below, *dropout):
            return SkipBlock(*down(outer, inner), _NORMS[norm](inner), below,
                             *up(2 * inner, outer), *dropout)

        dim = conv_dim
        block = SkipBlock(*down(8 * dim, 8 * dim), *up(8 * dim, 8 * dim))
        for _ in range(num_downs - 5):
            block = level(8 * dim, 8 * dim, block, *([nn.Dropout(0.5)] if dropout else []))
        for factor in (4, 2, 1):
            block = level(factor * dim, 2 * factor * dim, block)
        self.model = OutermostBlock(
            nn.Conv2d(in_channels, dim, 4, 2, 1, bias=bias), block, nn.ReLU(),
            Deconvolution(2 * dim, out_channels, 4, 2, 1), nn.Tanh())

    def forward(self, x: Tensor) -> Tensor:
        """(B, in_channels, H, W) -> (B, out_channels, H, W); multiples of 2 ** num_downs pixels."""
        return self.model(x)


class NLayerDiscriminator(nn.Module):
    """A PatchGAN: every score judges a square of the picture, of 70 x 70 pixels at three layers.

    Args: As of :class:`chainer_foodgan.links.NLayerDiscriminator`.
    """

    def __init__(self, in_channels: int = 3, conv_dim: int = 64, layers: int = 3,
                 norm: str = 'batch', sigmoid: bool = False) -> None:
        super().__init__()
        dims = [conv_dim * min(2 ** n, 8) for n in range(layers + 1)]
        sequence = [nn.Conv2d(in_channels, dims[0], 4, 2, 1), nn.LeakyReLU(0.2)]
        for n in range(1, layers + 1):
            sequence += [nn.Conv2d(dims[n - 1], dims[n], 4, 2 if n < layers else 1, 1,
                                   bias=norm != 'batch'),
                         _NORMS[norm](dims[n]), nn.LeakyReLU(0.2)]
        sequence += [nn.Conv2d(dims[-1], 1, 4, 1, 1)]
        self.model = nn.Sequential(*sequence, *([nn.Sigmoid()] if sigmoid else []))

    def forward(self, x: Tensor) -> Tensor:
        """(B, in_channels, H, W) -> scores (B, 1, h, w)."""
        return self.model(x)


class PixelDiscriminator(nn.Module):
    """Judges every pixel by itself.

    Args: As of :class:`chainer_foodgan.links.PixelDiscriminator`.
    """

    def __init__(self, in_channels: int = 3, conv_dim: int = 64, norm: str = 'batch',
                 sigmoid: bool = False) -> None:
        super().__init__()
        bias = norm != 'batch'
        self.net = nn.Sequential(
            nn.Conv2d(in_channels, conv_dim, 1), nn.LeakyReLU(0.2),
            nn.Conv2d(conv_dim, 2 * conv_dim, 1, bias=bias), _NORMS[norm](2 * conv_dim),
            nn.LeakyReLU(0.2), nn.Conv2d(2 * conv_dim, 1, 1, bias=bias),
            *([nn.Sigmoid()] if sigmoid else []))

    def forward(self, x: Tensor) -> Tensor:
        """(B, in_channels, H, W) -> scores (B, 1, H, W)."""
        return self.net(x)
