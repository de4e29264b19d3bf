"""A generator whose label picks scales and shifts: what learns from a teacher."""

from __future__ import annotations

from chainer_foodgan.kernels import Array
from chainer_foodgan.links import architectures
from chainer_foodgan.links.sequential import Builder, Rng

import chainer
import chainer.functions as F


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

    def __init__(self, conv_dim: int = 32, c_dim: int = 10, repeat_num: int = 4,
                 separable: bool = False, *, rng: Rng = None):
        super().__init__()
        self.conv_dim, self.c_dim, self.repeat_num = conv_dim, c_dim, repeat_num
        self.separable = separable
        layers = architectures.conditional_generator(conv_dim, c_dim, repeat_num, separable)
        with self.init_scope():
            self.main = Builder(rng)(layers['main'])

    def forward(self, x: Array, c: Array) -> chainer.Variable:
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
