"""A generator whose label picks scales and shifts: what learns from a teacher."""

import chainer
import chainer.functions as F
import numpy

from chainer_foodgan.functions.activations import relu
from chainer_foodgan.links.convolution import (
    Convolution2D, Deconvolution2D, SeparableConvolution2D)
from chainer_foodgan.links.normalisation import ConditionalInstanceNormalization
from chainer_foodgan.links.sequential import ConditionalSequential


class ConditionalResidualBlock(chainer.Chain):
    """:class:`~chainer_foodgan.links.generator.ResidualBlock` with conditional normalisation.

    Args:
        channels (int): Channels in and out.
        c_dim (int): Number of categories.
        separable (bool): Whether its convolutions are depthwise-separable.
        rng (numpy.random.Generator): Where the initial weights come from.
    """

    conditional = True

    def __init__(self, channels, c_dim, separable, rng):
        super().__init__()
        kind = SeparableConvolution2D if separable else Convolution2D
        with self.init_scope():
            self.main = ConditionalSequential(
                kind(channels, channels, 3, 1, 1, nobias=True, rng=rng),
                ConditionalInstanceNormalization(channels, c_dim),
                relu,
                kind(channels, channels, 3, 1, 1, nobias=True, rng=rng),
                ConditionalInstanceNormalization(channels, c_dim))

    def forward(self, x, c):
        return x + self.main(x, c)


class ConditionalGenerator(chainer.Chain):
    """The network of StarGAN's generator with two departures, for students of a teacher.

    The label does not join the picture as maps: it picks the scale and the shift of every instance
    normalisation (conditional instance normalisation: Dumoulin, Shlens and Kudlur 2017). Constant
    maps before a normalised convolution without bias are taken out again by the normalisation,
    but for the padded border; scales and shifts are not.

    The last convolution has a bias and four channels, a picture and how much of it to take: the
    translation is ``x + m * (tanh(picture) - x)`` with ``m = sigmoid(mask)`` (the attention mask
    of GANimation: Pumarola et al. 2018). What the dish leaves alone need not be painted again.

    1,545,188 parameters with 32 channels, four blocks and ten categories.

    Args:
        conv_dim (int): Channels of the first convolution.
        c_dim (int): Number of categories.
        repeat_num (int): Number of residual blocks.
        separable (bool): Whether the residual blocks' convolutions are depthwise-separable, which
            takes an eighth of their arithmetic.
        rng (numpy.random.Generator): Where the initial weights come from; None for fresh ones.

    Attributes:
        conv_dim, c_dim, repeat_num (int), separable (bool): As given.
    """

    def __init__(self, conv_dim=32, c_dim=10, repeat_num=4, separable=False, *, rng=None):
        super().__init__()
        self.conv_dim, self.c_dim, self.repeat_num = conv_dim, c_dim, repeat_num
        self.separable = separable
        rng = numpy.random.default_rng() if rng is None else rng

        def normalised(convolution, channels, out_channels, ksize, stride, pad):
            return (convolution(channels, out_channels, ksize, stride, pad, nobias=True, rng=rng),
                    ConditionalInstanceNormalization(out_channels, c_dim), relu)

        dim = conv_dim
        with self.init_scope():
            self.main = ConditionalSequential(
                *normalised(Convolution2D, 3, dim, 7, 1, 3),
                *normalised(Convolution2D, dim, 2 * dim, 4, 2, 1),
                *normalised(Convolution2D, 2 * dim, 4 * dim, 4, 2, 1),
                *(ConditionalResidualBlock(4 * dim, c_dim, separable, rng)
                  for _ in range(repeat_num)),
                *normalised(Deconvolution2D, 4 * dim, 2 * dim, 4, 2, 1),
                *normalised(Deconvolution2D, 2 * dim, dim, 4, 2, 1),
                Convolution2D(dim, 4, 7, 1, 3, rng=rng))

    def forward(self, x, c):
        """Translates a batch.

        Args:
            x (Variable or ndarray): Photos, float32 (B, 3, H, W) in [-1, 1]; H and W multiples
                of 4.
            c (Variable or ndarray): Label vectors, float32 (B, c_dim). Fractions that add up to 1
                blend dishes.

        Returns:
            Variable: Translations, float32 (B, 3, H, W) in [-1, 1].
        """
        h = self.main(x, c)
        picture, mask = F.tanh(h[:, :3]), F.sigmoid(h[:, 3:])
        return x + F.broadcast_to(mask, picture.shape) * (picture - x)
