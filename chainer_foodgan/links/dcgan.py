"""DCGAN's generator (Radford, Metz and Chintala 2016): pictures out of noise."""

from __future__ import annotations

from typing import Any, Optional

import numpy

from chainer_foodgan.functions.activations import relu
from chainer_foodgan.kernels import Array
from chainer_foodgan.links.primitives import BatchNormalization, Deconvolution2D, init_weights
from chainer_foodgan.links.sequential import Rng, Sequential

import chainer
import chainer.functions as F


class NoiseGenerator(chainer.Chain):
    """Makes a picture of a vector of noise and, where it takes labels, a label vector beside it.

    A transposed convolution makes 4 x 4 pixels, further ones double them; all but the last are
    batch-normalised. Filters have 4 x 4 pixels, as those of StarGAN, where the paper has 5 x 5.

    Args:
        image_size (int): Side of the pictures in pixels, 8 or another power of two above it.
        conv_dim (int): Channels before the last convolution; each earlier one has twice as many.
        c_dim (int): Number of categories; 0: it takes no labels.
        z_dim (int): Numbers of noise.
        rng (numpy.random.Generator): Where the initial weights come from, N(0, 0.02) as in the
            paper; None for fresh ones.

    Attributes:
        image_size, conv_dim, c_dim, z_dim (int): As given.
    """

    def __init__(self, image_size: int = 64, conv_dim: int = 64, c_dim: int = 0, z_dim: int = 100,
                 *, rng: Rng = None):
        super().__init__()
        self.image_size, self.conv_dim = image_size, conv_dim
        self.c_dim, self.z_dim = c_dim, z_dim
        rng = numpy.random.default_rng() if rng is None else rng

        dim = conv_dim * image_size // 8
        layers = [Deconvolution2D(z_dim + c_dim, dim, 4, nobias=True, rng=rng),
                  BatchNormalization(dim, rng=rng), relu]
        while dim > conv_dim:
            layers += [Deconvolution2D(dim, dim // 2, 4, 2, 1, nobias=True, rng=rng),
                       BatchNormalization(dim // 2, rng=rng), relu]
            dim //= 2
        layers += [Deconvolution2D(dim, 3, 4, 2, 1, rng=rng), F.tanh]
        with self.init_scope():
            self.main = Sequential(*layers)
        init_weights(self, 'normal', rng)

    def noise(self, rng: numpy.random.Generator, B: int,
              dtype: Any = numpy.float32) -> numpy.ndarray:
        """Draws vectors evenly from [-1, 1], as the paper does.

        Args:
            rng (numpy.random.Generator): Where from.
            B (int): How many.
            dtype: Of the result.

        Returns:
            numpy.ndarray: (B, z_dim).
        """
        return rng.uniform(-1, 1, (B, self.z_dim)).astype(dtype)

    def forward(self, z: Array, c: Optional[Array] = None) -> chainer.Variable:
        """Makes a batch.

        Args:
            z (Variable or ndarray): Noise, float32 (B, z_dim) in [-1, 1].
            c (Variable or ndarray): Label vectors, float32 (B, c_dim); None where ``c_dim`` is 0.

        Returns:
            Variable: Pictures, float32 (B, 3, image_size, image_size) in [-1, 1].
        """
        h = z if c is None else F.concat((z, c), axis=1)
        return self.main(F.reshape(h, h.shape + (1, 1)))
