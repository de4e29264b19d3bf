"""StarGAN's generator (upstream: model.py; the network of Johnson et al. 2016)."""

import chainer
import chainer.functions as F
import numpy

from chainer_foodgan.functions.activations import relu
from chainer_foodgan.functions.labels import with_label
from chainer_foodgan.links.convolution import Convolution2D, Deconvolution2D
from chainer_foodgan.links.normalisation import InstanceNormalization
from chainer_foodgan.links.sequential import Sequential


class ResidualBlock(chainer.Chain):
    """Two normalised 3 x 3 convolutions beside a skip; no ReLU after the sum.

    Args:
        channels (int): Channels in and out.
        rng (numpy.random.Generator): Where the initial weights come from.
    """

    def __init__(self, channels, rng):
        super().__init__()
        with self.init_scope():
            self.main = Sequential(
                Convolution2D(channels, channels, 3, 1, 1, nobias=True, rng=rng),
                InstanceNormalization(channels, rng=rng),
                relu,
                Convolution2D(channels, channels, 3, 1, 1, nobias=True, rng=rng),
                InstanceNormalization(channels, rng=rng))

    def forward(self, x):
        return x + self.main(x)


class Generator(chainer.Chain):
    """Changes the dish in a photo to the one that a label vector names.

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

    def __init__(self, conv_dim=64, c_dim=10, repeat_num=6, label_position='input', *, rng=None):
        super().__init__()
        self.conv_dim, self.c_dim, self.repeat_num = conv_dim, c_dim, repeat_num
        self.label_position = label_position
        rng = numpy.random.default_rng() if rng is None else rng
        at_input, in_middle = {'input': (c_dim, 0), 'middle': (0, c_dim)}[label_position]

        def normalised(convolution, channels, out_channels, ksize, stride, pad):
            return (convolution(channels, out_channels, ksize, stride, pad, nobias=True, rng=rng),
                    InstanceNormalization(out_channels, rng=rng), relu)

        dim = conv_dim
        layers = [
            *normalised(Convolution2D, 3 + at_input, dim, 7, 1, 3),
            *normalised(Convolution2D, dim, 2 * dim, 4, 2, 1),
            *normalised(Convolution2D, 2 * dim, 4 * dim, 4, 2, 1)]
        self._join = len(layers) if in_middle else 0
        if in_middle:
            layers += normalised(Convolution2D, 4 * dim + in_middle, 4 * dim, 3, 1, 1)
        layers += [
            *(ResidualBlock(4 * dim, rng) for _ in range(repeat_num)),
            *normalised(Deconvolution2D, 4 * dim, 2 * dim, 4, 2, 1),
            *normalised(Deconvolution2D, 2 * dim, dim, 4, 2, 1),
            Convolution2D(dim, 3, 7, 1, 3, nobias=True, rng=rng),
            F.tanh]
        with self.init_scope():
            self.main = Sequential(*layers)

    def forward(self, x, c):
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
