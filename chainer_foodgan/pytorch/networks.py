"""The networks of :mod:`chainer_foodgan.links` as PyTorch modules.

Weights by PyTorch's own reader, those of the original code's files too:

    from chainer_foodgan.pytorch import ResnetGenerator
    gen = ResnetGenerator(repeat_num=9, norm='instance')
    gen.load_state_dict(torch.load('latest_net_G.pth', map_location='cpu'))
    y = gen(x)                                        # x float32 (1, 3, H, W) in [-1, 1]
"""

from __future__ import annotations

import os
from typing import Any

import torch
from torch import Tensor, nn

from chainer_foodgan import weights
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.links import architectures
from chainer_foodgan.links.recognising import recognise
from chainer_foodgan.pytorch.layers import build
from chainer_foodgan.weights.naming import released, renamed_for_chainer


class _Built(nn.Module):
    """A network of :mod:`chainer_foodgan.links.architectures`, whose sizes become attributes."""

    def __init__(self, kind: str, **sizes: Any) -> None:
        super().__init__()
        for name, size in sizes.items():
            setattr(self, name, size)
        for name, layer in getattr(architectures, kind)(**sizes).items():
            self.add_module(name, build(layer))


class Pretrained(_Built):
    """What translates photos: how it is read.

    Attributes:
        categories (tuple of str or None): Names in label order, as far as
            :meth:`from_pretrained` knows them.
        image_size (int or None): Side of the photos it was trained on, likewise.
    """

    categories: tuple[str, ...] | None = None
    image_size: int | None = None

    @classmethod
    def from_pretrained(cls, source: str | os.PathLike) -> Pretrained:
        """A generator from weights; sizes are read off the arrays.

        Args:
            source (str or os.PathLike): A name of :func:`chainer_foodgan.weights.names`, or a file
                of any format that the package reads. PyTorch's unpickler is not used.

        Raises:
            FoodganError: There is no such name or file, or the file holds no generator of this
                class.
        """
        found = weights.read_generator(source)
        if found.network.class_name not in [base.__name__ for base in cls.__mro__]:
            raise FoodganError(f'{source}: holds a {found.network.noun}; read it by '
                               f'{found.network.class_name}.from_pretrained')
        if not found.network.translates_by_onnx:
            raise FoodganError(f'{source}: its label joins in the middle, which no PyTorch module '
                               'here does; load it by chainer_foodgan.weights.load')
        gen = _fill(cls(**found.network.sizes), released(found.arrays))
        gen.categories, gen.image_size = found.categories, found.image_size
        return gen


class Generator(Pretrained):
    """Changes the dish in a photo to the one that a label vector names.

    Args:
        conv_dim (int): Channels of the first convolution.
        c_dim (int): Number of categories.
        repeat_num (int): Number of residual blocks.
    """

    def __init__(self, conv_dim: int = 64, c_dim: int = 10, repeat_num: int = 6) -> None:
        super().__init__('generator', conv_dim=conv_dim, c_dim=c_dim, repeat_num=repeat_num)

    def forward(self, x: Tensor, c: Tensor) -> Tensor:
        """Translates a batch.

        Args:
            x (Tensor): Photos, float (B, 3, H, W) in [-1, 1]; H and W multiples of 4.
            c (Tensor): Label vectors, float (B, c_dim), or a label map, float (B, c_dim, H, W).

        Returns:
            Tensor: Translations, float (B, 3, H, W) in [-1, 1].
        """
        if c.dim() == 2:
            c = c[:, :, None, None].expand(-1, -1, x.shape[2], x.shape[3])
        return self.main(torch.cat([x, c], dim=1))


class ConditionalGenerator(Pretrained):
    """As :class:`Generator`, but the label picks scales and shifts, and a mask keeps the rest.

    See :class:`chainer_foodgan.links.ConditionalGenerator`.

    Args:
        conv_dim (int): Channels of the first convolution.
        c_dim (int): Number of categories.
        repeat_num (int): Number of residual blocks.
        separable (bool): Whether the residual blocks' convolutions are depthwise-separable.
    """

    def __init__(self, conv_dim: int = 32, c_dim: int = 10, repeat_num: int = 4,
                 separable: bool = False) -> None:
        super().__init__('conditional_generator', conv_dim=conv_dim, c_dim=c_dim,
                         repeat_num=repeat_num, separable=separable)

    def forward(self, x: Tensor, c: Tensor) -> Tensor:
        """Translates a batch.

        Args:
            x (Tensor): Photos, float (B, 3, H, W) in [-1, 1]; H and W multiples of 4.
            c (Tensor): Label vectors, float (B, c_dim). Fractions that add up to 1 blend dishes.

        Returns:
            Tensor: Translations, float (B, 3, H, W) in [-1, 1].
        """
        h = self.main(x, c)
        picture, mask = torch.tanh(h[:, :3]), torch.sigmoid(h[:, 3:])
        return x + mask * (picture - x)


class Discriminator(_Built):
    """Scores how real each patch of a photo looks, and tells its category.

    Args:
        image_size (int): Side of the photos in pixels, a multiple of 2 ** repeat_num.
        conv_dim (int): Channels of the first convolution; each further one doubles them.
        c_dim (int): Number of categories.
        repeat_num (int): Number of convolutions that halve the size.
    """

    def __init__(self, image_size: int = 256, conv_dim: int = 64, c_dim: int = 10,
                 repeat_num: int = 6) -> None:
        super().__init__('discriminator', image_size=image_size, conv_dim=conv_dim, c_dim=c_dim,
                         repeat_num=repeat_num)

    @classmethod
    def from_pretrained(cls, path: str | os.PathLike) -> Discriminator:
        """A discriminator from a file of any format that the package reads.

        Raises:
            FoodganError: The file cannot be read or holds no discriminator.
        """
        state = weights.read_state_dict(path)
        network = recognise(renamed_for_chainer(state)[0])
        if network is None or network.kind != 'discriminator':
            raise FoodganError(f'{path}: holds no discriminator; in a run folder the file of one '
                               'ends in _D.npz')
        return _fill(cls(**network.sizes), state)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Scores a batch.

        Args:
            x (Tensor): Photos, float (B, 3, image_size, image_size) in [-1, 1].

        Returns:
            tuple: ``src``, the patches' scores, (B, 1, s, s) with s = image_size / 2 ** repeat_num,
            and ``cls``, logits, (B, c_dim).
        """
        h = self.main(x)
        return self.conv1(h), self.conv2(h).reshape(x.shape[0], self.c_dim)


class _Pictures(_Built):
    """A network of pix2pix and CycleGAN, which has one child."""

    def forward(self, x: Tensor) -> Tensor:
        """(B, in_channels, H, W) -> (B, C, h, w), as the link of the same name does."""
        child, = self.children()
        return child(x)


class ResnetGenerator(_Pictures):
    """See :class:`chainer_foodgan.links.ResnetGenerator`."""

    def __init__(self, in_channels: int = 3, out_channels: int = 3, conv_dim: int = 64,
                 repeat_num: int = 9, norm: str = 'batch', dropout: bool = False) -> None:
        super().__init__('resnet_generator', in_channels=in_channels, out_channels=out_channels,
                         conv_dim=conv_dim, repeat_num=repeat_num, norm=norm, dropout=dropout)


class UnetGenerator(_Pictures):
    """See :class:`chainer_foodgan.links.UnetGenerator`."""

    def __init__(self, in_channels: int = 3, out_channels: int = 3, num_downs: int = 7,
                 conv_dim: int = 64, norm: str = 'batch', dropout: bool = False) -> None:
        super().__init__('unet_generator', in_channels=in_channels, out_channels=out_channels,
                         num_downs=num_downs, conv_dim=conv_dim, norm=norm, dropout=dropout)


class NLayerDiscriminator(_Pictures):
    """See :class:`chainer_foodgan.links.NLayerDiscriminator`."""

    def __init__(self, in_channels: int = 3, conv_dim: int = 64, layers: int = 3,
                 norm: str = 'batch', sigmoid: bool = False) -> None:
        super().__init__('nlayer_discriminator', in_channels=in_channels, conv_dim=conv_dim,
                         layers=layers, norm=norm, sigmoid=sigmoid)


class PixelDiscriminator(_Pictures):
    """See :class:`chainer_foodgan.links.PixelDiscriminator`."""

    def __init__(self, in_channels: int = 3, conv_dim: int = 64, norm: str = 'batch',
                 sigmoid: bool = False) -> None:
        super().__init__('pixel_discriminator', in_channels=in_channels, conv_dim=conv_dim,
                         norm=norm, sigmoid=sigmoid)


def _fill(module, state):
    module.load_state_dict({key: torch.tensor(array) for key, array in state.items()})
    return module
