"""The networks of pix2pix and CycleGAN (upstream: network.py; Isola et al. 2017)."""

from __future__ import annotations

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.kernels import Array
from chainer_foodgan.links.sequential import Built, Rng

import chainer


class ResnetGenerator(Built):
    """CycleGAN's: pictures to pictures by residual blocks at a quarter of the size (Johnson 2016).

    11,378,179 parameters at nine blocks and instance normalisation.

    Args:
        in_channels (int): Channels of the input; labels or noise may come after the colours.
        out_channels (int): Channels of the output.
        conv_dim (int): Channels of the first convolution.
        repeat_num (int): Number of residual blocks. The original has six (for 128 px) or nine.
        norm (str): ``'batch'`` (pix2pix), with a learnt scale and shift, or ``'instance'``
            (CycleGAN), with neither.
        dropout (bool): Whether the residual blocks have dropout.
        rng (numpy.random.Generator): Where the initial weights come from, those of PyTorch 0.3;
            None for fresh ones. See :func:`~chainer_foodgan.links.init_weights`.

    Attributes:
        dropout (Dropout): All of the network's dropout, or None.
    """

    def __init__(self, in_channels: int = 3, out_channels: int = 3, conv_dim: int = 64,
                 repeat_num: int = 9, norm: str = 'batch', dropout: bool = False, *,
                 rng: Rng = None):
        super().__init__('resnet_generator', rng, in_channels=in_channels,
                         out_channels=out_channels, conv_dim=conv_dim, repeat_num=repeat_num,
                         norm=norm, dropout=dropout)

    def forward(self, x: Array) -> chainer.Variable:
        """Float (B, in_channels, H, W), H and W multiples of 4, to (B, out_channels, H, W) in
        [-1, 1].
        """
        return self.model(x)


class UnetGenerator(Built):
    """pix2pix's: pictures to pictures through ever smaller ones, with a skip at every size.

    54,413,955 parameters with eight halvings and batch normalisation.

    Args: As of :class:`ResnetGenerator`, and in place of ``repeat_num``
        num_downs (int): Halvings of the size, at least 5. The original has 7 for 128 px and 8 for
            256 px, which leave one pixel. Dropout is between the innermost and the widest level.

    Attributes:
        dropout (Dropout): All of the network's dropout, or None.
    """

    def __init__(self, in_channels: int = 3, out_channels: int = 3, num_downs: int = 7,
                 conv_dim: int = 64, norm: str = 'batch', dropout: bool = False, *,
                 rng: Rng = None):
        if num_downs < 5:
            raise ValueError(f'a U-Net halves at least 5 times, not {num_downs}')
        super().__init__('unet_generator', rng, in_channels=in_channels,
                         out_channels=out_channels, num_downs=num_downs, conv_dim=conv_dim,
                         norm=norm, dropout=dropout)

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


class NLayerDiscriminator(Built):
    """A PatchGAN: every score judges a square of the picture, of 70 x 70 pixels at three layers.

    2,764,737 parameters with three layers and instance normalisation.

    Args:
        in_channels (int): Channels of the input: of the picture, or of both pictures of a pair.
        conv_dim (int): Channels of the first convolution.
        layers (int): Number of convolutions that halve the size. The squares are 16, 34, 70, 142,
            286 pixels wide at 1, 2, 3, 4, 5.
        norm (str): ``'batch'``, with a learnt scale and shift, or ``'instance'``, with neither.
        sigmoid (bool): Whether scores are probabilities, or logits.
        rng (numpy.random.Generator): See :class:`ResnetGenerator`.
    """

    def __init__(self, in_channels: int = 3, conv_dim: int = 64, layers: int = 3,
                 norm: str = 'batch', sigmoid: bool = False, *, rng: Rng = None):
        super().__init__('nlayer_discriminator', rng, in_channels=in_channels, conv_dim=conv_dim,
                         layers=layers, norm=norm, sigmoid=sigmoid)

    def forward(self, x: Array) -> chainer.Variable:
        """Float (B, in_channels, H, W) to scores, float (B, 1, h, w); h = H / 2 ** layers - 2 for
        multiples of 2 ** layers.
        """
        return self.model(x)


class PixelDiscriminator(Built):
    """Judges every pixel by itself: 1 x 1 convolutions.

    Args: As of :class:`NLayerDiscriminator`, without ``layers``.
    """

    def __init__(self, in_channels: int = 3, conv_dim: int = 64, norm: str = 'batch',
                 sigmoid: bool = False, *, rng: Rng = None):
        super().__init__('pixel_discriminator', rng, in_channels=in_channels, conv_dim=conv_dim,
                         norm=norm, sigmoid=sigmoid)

    def forward(self, x: Array) -> chainer.Variable:
        """Float (B, in_channels, H, W) to scores, float (B, 1, H, W)."""
        return self.net(x)
