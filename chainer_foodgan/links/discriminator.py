"""StarGAN's discriminator (upstream: model.py): a PatchGAN critic with a classifier's head."""

import chainer
import chainer.functions as F
import numpy

from chainer_foodgan.functions.activations import leaky_relu
from chainer_foodgan.links.convolution import Convolution2D
from chainer_foodgan.links.sequential import Sequential


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

    def __init__(self, image_size=256, conv_dim=64, c_dim=10, repeat_num=6, *, rng=None):
        super().__init__()
        self.image_size, self.conv_dim = image_size, conv_dim
        self.c_dim, self.repeat_num = c_dim, repeat_num
        rng = numpy.random.default_rng() if rng is None else rng

        layers = [Convolution2D(3, conv_dim, 4, 2, 1, rng=rng), leaky_relu]
        dim = conv_dim
        for _ in range(repeat_num - 1):
            layers += [Convolution2D(dim, 2 * dim, 4, 2, 1, rng=rng), leaky_relu]
            dim *= 2
        with self.init_scope():
            self.main = Sequential(*layers)
            self.conv1 = Convolution2D(dim, 1, 3, 1, 1, nobias=True, rng=rng)
            self.conv2 = Convolution2D(
                dim, c_dim, image_size // 2 ** repeat_num, nobias=True, rng=rng)

    def forward(self, x):
        """Scores a batch.

        Args:
            x (Variable or ndarray): Photos, float32 (B, 3, image_size, image_size) in [-1, 1].

        Returns:
            tuple: ``src``, the patches' scores, float32 (B, 1, s, s) with
            s = image_size / 2 ** repeat_num, and ``cls``, logits, float32 (B, c_dim).
        """
        h = self.main(x)
        return self.conv1(h), F.reshape(self.conv2(h), (len(x), self.c_dim))
