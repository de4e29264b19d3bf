"""The discriminators of pix2pix and CycleGAN (upstream: network.py; Isola et al. 2017)."""

from __future__ import annotations

from chainer_foodgan.kernels import Array
from chainer_foodgan.links import architectures
from chainer_foodgan.links.sequential import Builder, Rng

import chainer


class NLayerDiscriminator(chainer.Chain):
    """A PatchGAN: every score judges a square of the picture, of 70 x 70 pixels at three layers.

    2,764,737 parameters with three layers and instance normalisation.

    Args:
        in_channels (int): Channels of the input: of the picture, or of both pictures of a pair.
        conv_dim (int): Channels of the first convolution.
        layers (int): Number of convolutions that halve the size. The squares are 16, 34, 70, 142,
            286 pixels wide at 1, 2, 3, 4, 5.
        norm (str): ``'batch'``, with a learnt scale and shift, or ``'instance'``, with neither.
        sigmoid (bool): Whether scores are probabilities, or logits.
        rng (numpy.random.Generator): Where the initial weights come from, those of PyTorch 0.3;
            None for fresh ones. See :func:`~chainer_foodgan.links.initialiser.init_weights`.

    Attributes:
        in_channels, conv_dim, layers (int), norm (str), sigmoid (bool): As given.
    """

    def __init__(self, in_channels: int = 3, conv_dim: int = 64, layers: int = 3,
                 norm: str = 'batch', sigmoid: bool = False, *, rng: Rng = None):
        super().__init__()
        self.in_channels, self.conv_dim, self.layers = in_channels, conv_dim, layers
        self.norm, self.sigmoid = norm, sigmoid
        children = architectures.nlayer_discriminator(in_channels, conv_dim, layers, norm, sigmoid)
        with self.init_scope():
            self.model = Builder(rng)(children['model'])

    def forward(self, x: Array) -> chainer.Variable:
        """Scores a batch.

        Args:
            x (Variable or ndarray): Float (B, in_channels, H, W).

        Returns:
            Variable: Float (B, 1, h, w); h = H / 2 ** layers - 2 for multiples of 2 ** layers.
        """
        return self.model(x)


class PixelDiscriminator(chainer.Chain):
    """Judges every pixel by itself: 1 x 1 convolutions.

    Args: As of :class:`NLayerDiscriminator`, without ``layers``.

    Attributes:
        in_channels, conv_dim (int), norm (str), sigmoid (bool): As given.
    """

    def __init__(self, in_channels: int = 3, conv_dim: int = 64, norm: str = 'batch',
                 sigmoid: bool = False, *, rng: Rng = None):
        super().__init__()
        self.in_channels, self.conv_dim = in_channels, conv_dim
        self.norm, self.sigmoid = norm, sigmoid
        layers = architectures.pixel_discriminator(in_channels, conv_dim, norm, sigmoid)
        with self.init_scope():
            self.net = Builder(rng)(layers['net'])

    def forward(self, x: Array) -> chainer.Variable:
        """Float (B, in_channels, H, W) -> scores, float (B, 1, H, W)."""
        return self.net(x)
