"""The discriminators of pix2pix and CycleGAN (upstream: network.py; Isola et al. 2017)."""

import functools

import chainer
import chainer.functions as F
import numpy

from chainer_foodgan.functions.activations import leaky_relu
from chainer_foodgan.links.convolution import Convolution2D
from chainer_foodgan.links.normalisation import normalisation
from chainer_foodgan.links.sequential import Sequential

_leaky_relu = functools.partial(leaky_relu, slope=0.2)


class NLayerDiscriminator(chainer.Chain):
    """A PatchGAN: every score judges a square of the picture, of 70 x 70 pixels at three layers.

    2,764,737 parameters with three layers and instance normalisation.

    Args:
        in_channels (int): Channels of the input: of the picture, or of both pictures of a pair.
        conv_dim (int): Channels of the first convolution.
        layers (int): Number of convolutions that halve the size. The squares are 16, 34, 70, 142,
            286 pixels wide at 1, 2, 3, 4, 5.
        norm (str): ``'batch'`` or ``'instance'``, see
            :func:`~chainer_foodgan.links.normalisation.normalisation`.
        sigmoid (bool): Whether scores are probabilities, or logits.
        rng (numpy.random.Generator): Where the initial weights come from, those of PyTorch 0.3;
            None for fresh ones. See :func:`~chainer_foodgan.links.initialiser.init_weights`.

    Attributes:
        in_channels, conv_dim, layers (int), norm (str), sigmoid (bool): As given.
    """

    def __init__(self, in_channels=3, conv_dim=64, layers=3, norm='batch', sigmoid=False, *,
                 rng=None):
        super().__init__()
        self.in_channels, self.conv_dim, self.layers = in_channels, conv_dim, layers
        self.norm, self.sigmoid = norm, sigmoid
        rng = numpy.random.default_rng() if rng is None else rng

        sequence = [Convolution2D(in_channels, conv_dim, 4, 2, 1, rng=rng), _leaky_relu]
        below = conv_dim
        for n in range(1, layers + 1):
            channels = conv_dim * min(2 ** n, 8)
            sequence += [
                Convolution2D(below, channels, 4, 2 if n < layers else 1, 1,
                              nobias=norm == 'batch', rng=rng),
                normalisation(norm, channels, rng), _leaky_relu]
            below = channels
        sequence += [Convolution2D(below, 1, 4, 1, 1, rng=rng)]
        with self.init_scope():
            self.model = Sequential(*sequence, *([F.sigmoid] if sigmoid else []))

    def forward(self, x):
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

    def __init__(self, in_channels=3, conv_dim=64, norm='batch', sigmoid=False, *, rng=None):
        super().__init__()
        self.in_channels, self.conv_dim = in_channels, conv_dim
        self.norm, self.sigmoid = norm, sigmoid
        rng = numpy.random.default_rng() if rng is None else rng
        nobias = norm == 'batch'
        with self.init_scope():
            self.net = Sequential(
                Convolution2D(in_channels, conv_dim, 1, rng=rng), _leaky_relu,
                Convolution2D(conv_dim, 2 * conv_dim, 1, nobias=nobias, rng=rng),
                normalisation(norm, 2 * conv_dim, rng), _leaky_relu,
                Convolution2D(2 * conv_dim, 1, 1, nobias=nobias, rng=rng),
                *([F.sigmoid] if sigmoid else []))

    def forward(self, x):
        """Float (B, in_channels, H, W) -> scores, float (B, 1, H, W)."""
        return self.net(x)
