"""StarGAN's generator and discriminator (upstream: model.py), and the generator of students."""

from __future__ import annotations

import collections
import os

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from chainer_foodgan import weights
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.weights.naming import released, renamed_for_chainer
from chainer_foodgan.weights.recognising import recognise


class InstanceNorm(nn.Module):
    """Instance normalisation by the instance's own statistics, in ``eval()`` too.

    That is what PyTorch 0.3 computed whatever the running statistics that it kept. Today's
    ``nn.InstanceNorm2d`` either refuses them ("Unexpected running stats buffer(s)") or uses them in
    ``eval()``, which gives wrong pictures. Here they are buffers that are stored and never used, so
    that a released state dict is loaded strictly and comes out under the same keys. Files without
    them, and files of later PyTorch versions, which count batches too, are loaded as well.

    Args:
        channels (int): C.
        eps (float): Added to the variance.
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


class ResidualBlock(nn.Module):
    """Two normalised 3 x 3 convolutions beside a skip; no ReLU after the sum."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.main = nn.Sequential(
            nn.Conv2d(channels, channels, 3, 1, 1, bias=False), InstanceNorm(channels), nn.ReLU(),
            nn.Conv2d(channels, channels, 3, 1, 1, bias=False), InstanceNorm(channels))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.main(x)


class Pretrained(nn.Module):
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
        kind = _KINDS[found.kind]
        if not issubclass(cls, kind):
            raise FoodganError('{}: holds a {}; read it by {}.from_pretrained'.format(
                source, found.kind.replace('_', ' '), kind.__name__))
        if 'label_position' in found.sizes:
            raise FoodganError('{}: its label joins in the middle, which no PyTorch module here '
                               'does; load it by chainer_foodgan.weights.load'.format(source))
        gen = _fill(cls(**found.sizes), released(found.arrays))
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
        super().__init__()
        self.conv_dim, self.c_dim, self.repeat_num = conv_dim, c_dim, repeat_num

        def normalised(convolution, in_channels, out_channels, *geometry):
            return (convolution(in_channels, out_channels, *geometry, bias=False),
                    InstanceNorm(out_channels), nn.ReLU())

        dim = conv_dim
        self.main = nn.Sequential(
            *normalised(nn.Conv2d, 3 + c_dim, dim, 7, 1, 3),
            *normalised(nn.Conv2d, dim, 2 * dim, 4, 2, 1),
            *normalised(nn.Conv2d, 2 * dim, 4 * dim, 4, 2, 1),
            *(ResidualBlock(4 * dim) for _ in range(repeat_num)),
            *normalised(Deconvolution, 4 * dim, 2 * dim, 4, 2, 1),
            *normalised(Deconvolution, 2 * dim, dim, 4, 2, 1),
            nn.Conv2d(dim, 3, 7, 1, 3, bias=False),
            nn.Tanh())

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


class ConditionalInstanceNorm(nn.Module):
    """Instance normalisation, then the scale and the shift that a label vector picks or blends.

    Args:
        channels (int): C.
        c_dim (int): Number of categories.
        eps (float): Added to the variance.
    """

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


class ConditionalSequential(nn.Sequential):
    """A sequence of modules; those whose ``conditional`` is true take the label vectors, too."""

    def forward(self, x: Tensor, c: Tensor) -> Tensor:
        for module in self:
            x = module(x, c) if getattr(module, 'conditional', False) else module(x)
        return x


class ConditionalResidualBlock(nn.Module):
    """:class:`ResidualBlock` with conditional normalisation."""

    conditional = True

    def __init__(self, channels: int, c_dim: int, separable: bool) -> None:
        super().__init__()

        def convolution():
            if not separable:
                return nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
            return nn.Sequential(collections.OrderedDict(
                depth=nn.Conv2d(channels, channels, 3, 1, 1, groups=channels, bias=False),
                point=nn.Conv2d(channels, channels, 1, bias=False)))

        self.main = ConditionalSequential(
            convolution(), ConditionalInstanceNorm(channels, c_dim), nn.ReLU(),
            convolution(), ConditionalInstanceNorm(channels, c_dim))

    def forward(self, x: Tensor, c: Tensor) -> Tensor:
        return x + self.main(x, c)


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
        super().__init__()
        self.conv_dim, self.c_dim, self.repeat_num = conv_dim, c_dim, repeat_num
        self.separable = separable

        def normalised(convolution, in_channels, out_channels, *geometry):
            return (convolution(in_channels, out_channels, *geometry, bias=False),
                    ConditionalInstanceNorm(out_channels, c_dim), nn.ReLU())

        dim = conv_dim
        self.main = ConditionalSequential(
            *normalised(nn.Conv2d, 3, dim, 7, 1, 3),
            *normalised(nn.Conv2d, dim, 2 * dim, 4, 2, 1),
            *normalised(nn.Conv2d, 2 * dim, 4 * dim, 4, 2, 1),
            *(ConditionalResidualBlock(4 * dim, c_dim, separable) for _ in range(repeat_num)),
            *normalised(Deconvolution, 4 * dim, 2 * dim, 4, 2, 1),
            *normalised(Deconvolution, 2 * dim, dim, 4, 2, 1),
            nn.Conv2d(dim, 4, 7, 1, 3))

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


#: Which class translates by which of the networks that :mod:`chainer_foodgan.weights` tells apart.
_KINDS = {'generator': Generator, 'conditional_generator': ConditionalGenerator}


class Discriminator(nn.Module):
    """Scores how real each patch of a photo looks, and tells its category.

    Args:
        image_size (int): Side of the photos in pixels, a multiple of 2 ** repeat_num.
        conv_dim (int): Channels of the first convolution; each further one doubles them.
        c_dim (int): Number of categories.
        repeat_num (int): Number of convolutions that halve the size.
    """

    def __init__(self, image_size: int = 256, conv_dim: int = 64, c_dim: int = 10,
                 repeat_num: int = 6) -> None:
        super().__init__()
        self.image_size, self.conv_dim = image_size, conv_dim
        self.c_dim, self.repeat_num = c_dim, repeat_num
        dims = [3] + [conv_dim * 2 ** n for n in range(repeat_num)]
        layers = [layer for n in range(repeat_num)
                  for layer in (nn.Conv2d(dims[n], dims[n + 1], 4, 2, 1), nn.LeakyReLU(0.01))]
        self.main = nn.Sequential(*layers)
        self.conv1 = nn.Conv2d(dims[-1], 1, 3, 1, 1, bias=False)
        self.conv2 = nn.Conv2d(dims[-1], c_dim, image_size // 2 ** repeat_num, bias=False)

    @classmethod
    def from_pretrained(cls, path: str | os.PathLike) -> Discriminator:
        """A discriminator from a file of any format that the package reads.

        Raises:
            FoodganError: The file cannot be read or holds no discriminator.
        """
        state = weights.read_state_dict(path)
        network = recognise(renamed_for_chainer(state)[0])
        if network is None or network.kind != 'discriminator':
            raise FoodganError('{}: holds no discriminator; in a run folder the file of one ends '
                               'in _D.npz'.format(path))
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


def _fill(module, state):
    module.load_state_dict({key: torch.tensor(array) for key, array in state.items()})
    return module
