"""pix2pix's generator (upstream: network.py; Isola et al. 2017)."""

import functools

import chainer
import chainer.functions as F
import numpy

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.functions.activations import leaky_relu, relu
from chainer_foodgan.functions.dropout import Dropout
from chainer_foodgan.links.convolution import Convolution2D, Deconvolution2D
from chainer_foodgan.links.normalisation import normalisation
from chainer_foodgan.links.sequential import Sequential

_leaky_relu = functools.partial(leaky_relu, slope=0.2)


class SkipBlock(chainer.Chain):
    """One level of the U: down, all the levels below it, up; the input is put beside the output.

    Args:
        layers: The level's layers.
    """

    def __init__(self, *layers):
        super().__init__()
        with self.init_scope():
            self.model = Sequential(*layers)

    def forward(self, x):
        # The original's first layer is a leaky ReLU that overwrites x, so the skip has the
        # rectified x. The ReLU that follows every skip makes the two equal.
        return F.concat((x, self.model(x)), axis=1)


class OutermostBlock(SkipBlock):
    """The level whose output is the network's: without a skip."""

    def forward(self, x):
        return self.model(x)


class UnetGenerator(chainer.Chain):
    """Pictures to pictures through ever smaller ones, with a skip at every size.

    54,413,955 parameters with eight halvings and batch normalisation.

    Args:
        in_channels (int): Channels of the input; labels or noise may come after the colours.
        out_channels (int): Channels of the output.
        num_downs (int): Halvings of the size, at least 5. The original has 7 for 128 px and 8 for
            256 px, which leave one pixel.
        conv_dim (int): Channels of the first convolution.
        norm (str): ``'batch'`` or ``'instance'``, see
            :func:`~chainer_foodgan.links.normalisation.normalisation`.
        dropout (bool): Whether the levels between the innermost and the widest have dropout.
        rng (numpy.random.Generator): Where the initial weights come from, those of PyTorch 0.3;
            None for fresh ones. See :func:`~chainer_foodgan.links.initialiser.init_weights`.

    Attributes:
        in_channels, out_channels, num_downs, conv_dim (int), norm (str): As given.
        dropout (Dropout): All of the network's dropout, or None.
    """

    def __init__(self, in_channels=3, out_channels=3, num_downs=7, conv_dim=64, norm='batch',
                 dropout=False, *, rng=None):
        if num_downs < 5:
            raise ValueError('a U-Net halves at least 5 times, not {}'.format(num_downs))
        super().__init__()
        self.in_channels, self.out_channels = in_channels, out_channels
        self.num_downs, self.conv_dim, self.norm = num_downs, conv_dim, norm
        rng = numpy.random.default_rng() if rng is None else rng
        self.dropout = Dropout(rng) if dropout else None
        nobias = norm == 'batch'  # which would take a bias out again

        def down(channels, out_channels):
            return _leaky_relu, Convolution2D(channels, out_channels, 4, 2, 1, nobias=nobias,
                                              rng=rng)

        def up(channels, out_channels):
            return (relu, Deconvolution2D(channels, out_channels, 4, 2, 1, nobias=nobias, rng=rng),
                    normalisation(norm, out_channels, rng))

        def level(outer, inner, below, *dropout):
            return SkipBlock(*down(outer, inner), normalisation(norm, inner, rng), below,
                             *up(2 * inner, outer), *dropout)

        dim = conv_dim
        block = SkipBlock(*down(8 * dim, 8 * dim), *up(8 * dim, 8 * dim))
        for _ in range(num_downs - 5):
            block = level(8 * dim, 8 * dim, block, *([self.dropout] if dropout else []))
        for factor in (4, 2, 1):
            block = level(factor * dim, 2 * factor * dim, block)
        with self.init_scope():
            self.model = OutermostBlock(
                Convolution2D(in_channels, dim, 4, 2, 1, nobias=nobias, rng=rng), block, relu,
                Deconvolution2D(2 * dim, out_channels, 4, 2, 1, rng=rng), F.tanh)

    def forward(self, x):
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
            raise FoodganError('{} x {} pixels: a U-Net that halves {} times takes multiples of '
                               '{} pixels; choose such a size'.format(
                                   W, H, self.num_downs, 2 ** self.num_downs))
        return self.model(x)
