"""StarGAN's discriminator (upstream: model.py): a PatchGAN critic with a classifier's head."""

from __future__ import annotations

from chainer_foodgan.kernels import Array
from chainer_foodgan.links import architectures
from chainer_foodgan.links.sequential import Builder, Rng

import chainer
import chainer.functions as F


class Discriminator(chainer.Chain):
    """Scores how real each patch of a photo looks, and tells its category.

    45,048,768 parameters at the defaults. No normalisation, as WGAN-GP asks.

    Args:
        image_size (int): Side of the photos in pixels, a multiple of 2 ** repeat_num.
        conv_dim (int): Channels of the first convolution; each further one doubles them.
        c_dim (int): Number of categories.
        repeat_num (int): Number of convolutions that halve the size.
        rng (numpy.random.Generator): Where the initial weights come from; None for fresh ones.

    Attributes:
        image_size, conv_dim, c_dim, repeat_num (int): As given.
    """

    def __init__(self, image_size: int = 256, conv_dim: int = 64, c_dim: int = 10,
                 repeat_num: int = 6, *, rng: Rng = None):
        super().__init__()
        self.image_size, self.conv_dim = image_size, conv_dim
        self.c_dim, self.repeat_num = c_dim, repeat_num
        layers = architectures.discriminator(image_size, conv_dim, c_dim, repeat_num)
        build = Builder(rng)
        with self.init_scope():
            self.main = build(layers['main'])
            self.conv1, self.conv2 = build(layers['conv1']), build(layers['conv2'])

    def forward(self, x: Array) -> tuple[chainer.Variable, chainer.Variable]:
        """Scores a batch.

        Args:
            x (Variable or ndarray): Photos, float32 (B, 3, image_size, image_size) in [-1, 1].

        Returns:
            tuple: ``src``, the patches' scores, float32 (B, 1, s, s) with
            s = image_size / 2 ** repeat_num, and ``cls``, logits, float32 (B, c_dim).
        """
        h = self.main(x)
        return self.conv1(h), F.reshape(self.conv2(h), (len(x), self.c_dim))
