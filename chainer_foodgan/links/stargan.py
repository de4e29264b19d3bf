"""StarGAN's networks (upstream: model.py)."""

from __future__ import annotations

from chainer_foodgan.functions.array import with_label
from chainer_foodgan.kernels import Array
from chainer_foodgan.links.sequential import Built, Rng

import chainer
import chainer.functions as F


class Generator(Built):
    """Changes the dish in a photo to the one that a label vector names (Johnson et al. 2016).

    8,446,208 parameters at the defaults.

    Args:
        conv_dim (int): Channels of the first convolution.
        c_dim (int): Number of categories.
        repeat_num (int): Number of residual blocks.
        label_position (str): Where the label joins the picture: ``'input'``, beside its colours,
            as in the released code, or ``'middle'``, after down-sampling, as the paper's text has
            it, by a further convolution (3 x 3, normalised) of both.
        rng (numpy.random.Generator): Where the initial weights come from; None for fresh ones.

    Attributes:
        conv_dim, c_dim, repeat_num (int), label_position (str): As given.
    """

    def __init__(self, conv_dim: int = 64, c_dim: int = 10, repeat_num: int = 6,
                 label_position: str = 'input', *, rng: Rng = None):
        super().__init__('generator', rng, conv_dim=conv_dim, c_dim=c_dim, repeat_num=repeat_num,
                         label_position=label_position)
        # Before which layer: the first, or the one that follows down-sampling.
        self._join = {'input': 0, 'middle': 9}[label_position]

    def forward(self, x: Array, c: Array) -> chainer.Variable:
        """Translates a batch.

        Args:
            x (Variable or ndarray): Photos, float32 (B, 3, H, W) in [-1, 1]; H and W multiples
                of 4.
            c (Variable or ndarray): Label vectors, float32 (B, c_dim), or a label map, float32
                (B, c_dim, H, W); of a quarter of H and W where the label joins in the middle.

        Returns:
            Variable: Translations, float32 (B, 3, H, W) in [-1, 1].
        """
        h = self.main(x, stop=self._join)
        return self.main(with_label(h, c), start=self._join)


class Discriminator(Built):
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
        super().__init__('discriminator', rng, image_size=image_size, conv_dim=conv_dim,
                         c_dim=c_dim, repeat_num=repeat_num)

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
