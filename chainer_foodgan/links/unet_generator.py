"""pix2pix's generator (upstream: network.py; Isola et al. 2017)."""

from __future__ import annotations

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.kernels import Array
from chainer_foodgan.links import architectures
from chainer_foodgan.links.sequential import Builder, Rng

import chainer


class UnetGenerator(chainer.Chain):
    """Pictures to pictures through ever smaller ones, with a skip at every size.

    54,413,955 parameters with eight halvings and batch normalisation.

    Args:
        in_channels (int): Channels of the input; labels or noise may come after the colours.
        out_channels (int): Channels of the output.
        num_downs (int): Halvings of the size, at least 5. The original has 7 for 128 px and 8 for
            256 px, which leave one pixel.
        conv_dim (int): Channels of the first convolution.
        norm (str): ``'batch'``, with a learnt scale and shift, or ``'instance'``, with neither.
        dropout (bool): Whether the levels between the innermost and the widest have dropout.
        rng (numpy.random.Generator): Where the initial weights come from, those of PyTorch 0.3;
            None for fresh ones. See :func:`~chainer_foodgan.links.initialiser.init_weights`.

    Attributes:
        in_channels, out_channels, num_downs, conv_dim (int), norm (str): As given.
        dropout (Dropout): All of the network's dropout, or None.
    """

    def __init__(self, in_channels: int = 3, out_channels: int = 3, num_downs: int = 7,
                 conv_dim: int = 64, norm: str = 'batch', dropout: bool = False, *,
                 rng: Rng = None):
        if num_downs < 5:
            raise ValueError(f'a U-Net halves at least 5 times, not {num_downs}')
        super().__init__()
        self.in_channels, self.out_channels = in_channels, out_channels
        self.num_downs, self.conv_dim, self.norm = num_downs, conv_dim, norm
        layers = architectures.unet_generator(in_channels, out_channels, num_downs, conv_dim, norm,
                                              dropout)
        build = Builder(rng)
        with self.init_scope():
            self.model = build(layers['model'])
        self.dropout = build.dropout

    def forward(self, x: Array) -> chainer.Variable:
        """Translates a batch.

        Args:
            x (Variable or ndarray): Float (B, in_channels, H, W); H and W multiples of
                2 ** num_downs.

        Returns:
            Variable: Float (B, out_channels, H, W) in [-1, 1].

        Raises:
            FoodganError: Another size.
        """
        H, W = x.shape[2:]
        if H % 2 ** self.num_downs or W % 2 ** self.num_downs:
            raise FoodganError(
                f'{W} x {H} pixels: a U-Net that halves {self.num_downs} times takes multiples of '
                f'{2 ** self.num_downs} pixels; choose such a size')
        return self.model(x)
