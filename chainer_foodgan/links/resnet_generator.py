"""CycleGAN's generator (upstream: network.py; the network of Johnson et al. 2016)."""

import functools

import chainer
import chainer.functions as F
import numpy

from chainer_foodgan.functions.activations import relu
from chainer_foodgan.functions.dropout import Dropout
from chainer_foodgan.functions.padding import reflection_pad
from chainer_foodgan.links.convolution import Convolution2D, Deconvolution2D
from chainer_foodgan.links.normalisation import normalisation
from chainer_foodgan.links.sequential import Sequential

_pad_1, _pad_3 = (functools.partial(reflection_pad, pad=pad) for pad in (1, 3))


class ResnetBlock(chainer.Chain):
    """Two normalised 3 x 3 convolutions on reflected borders beside a skip.

    Args:
        channels (int): Channels in and out.
        norm (str): See :class:`ResnetGenerator`.
        dropout (Dropout): What comes between the convolutions; None for nothing.
        rng (numpy.random.Generator): Where the initial weights come from.
    """

    def __init__(self, channels, norm, dropout, rng):
        super().__init__()
        nobias = norm == 'batch'

        def normalised():
            return (_pad_1, Convolution2D(channels, channels, 3, nobias=nobias, rng=rng),
                    normalisation(norm, channels, rng))

        between = [relu] if dropout is None else [relu, dropout]
        with self.init_scope():
            self.conv_block = Sequential(*normalised(), *between, *normalised())

    def forward(self, x):
        return x + self.conv_block(x)


class ResnetGenerator(chainer.Chain):
    """Pictures to pictures through residual blocks at a quarter of the size.

    11,378,179 parameters at nine blocks and instance normalisation.

    Args:
        in_channels (int): Channels of the input; labels or noise may come after the colours.
        out_channels (int): Channels of the output.
        conv_dim (int): Channels of the first convolution.
        repeat_num (int): Number of residual blocks. The original has six (for 128 px) or nine.
        norm (str): ``'batch'`` (pix2pix) or ``'instance'`` (CycleGAN), see
            :func:`~chainer_foodgan.links.normalisation.normalisation`.
        dropout (bool): Whether the residual blocks have dropout.
        rng (numpy.random.Generator): Where the initial weights come from, those of PyTorch 0.3;
            None for fresh ones. See :func:`~chainer_foodgan.links.initialiser.init_weights`.

    Attributes:
        in_channels, out_channels, conv_dim, repeat_num (int), norm (str): As given.
        dropout (Dropout): All of the network's dropout, or None.
    """

    def __init__(self, in_channels=3, out_channels=3, conv_dim=64, repeat_num=9, norm='batch',
                 dropout=False, *, rng=None):
        super().__init__()
        self.in_channels, self.out_channels = in_channels, out_channels
        self.conv_dim, self.repeat_num, self.norm = conv_dim, repeat_num, norm
        rng = numpy.random.default_rng() if rng is None else rng
        self.dropout = Dropout(rng) if dropout else None

        def normalised(convolution, channels, out_channels, *geometry):
            # Batch normalisation would take a bias out again.
            return (convolution(channels, out_channels, *geometry, nobias=norm == 'batch', rng=rng),
                    normalisation(norm, out_channels, rng), relu)

        dim = conv_dim
        layers = [
            _pad_3,
            *normalised(Convolution2D, in_channels, dim, 7),
            *normalised(Convolution2D, dim, 2 * dim, 3, 2, 1),
            *normalised(Convolution2D, 2 * dim, 4 * dim, 3, 2, 1),
            *(ResnetBlock(4 * dim, norm, self.dropout, rng) for _ in range(repeat_num)),
            *normalised(Deconvolution2D, 4 * dim, 2 * dim, 3, 2, 1, 1),
            *normalised(Deconvolution2D, 2 * dim, dim, 3, 2, 1, 1),
            _pad_3,
            Convolution2D(dim, out_channels, 7, rng=rng),
            F.tanh]
        with self.init_scope():
            self.model = Sequential(*layers)

    def forward(self, x):
        """Translates a batch.

        Args:
            x (Variable or ndarray): Float (B, in_channels, H, W); H and W multiples of 4.

        Returns:
            Variable: Float (B, out_channels, H, W) in [-1, 1].
        """
        return self.model(x)
