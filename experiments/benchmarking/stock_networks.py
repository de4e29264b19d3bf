"""The networks of the released code (upstream: model.py) as stock Chainer offers them.

Nothing computes here but ``chainer.links`` and ``chainer.functions``. Layers are numbered as in
the package's networks, so that weights go from the ones to the others by name.
"""

import chainer
import chainer.functions as F
import chainer.links as L

from chainer_foodgan.links import Sequential


def _normalised(convolution, in_channels, out_channels, *geometry):
    # One group a channel: Chainer has no instance normalisation of its own.
    return (convolution(in_channels, out_channels, *geometry, nobias=True),
            L.GroupNormalization(out_channels, out_channels), F.relu)


class ResidualBlock(chainer.Chain):
    """Two normalised 3 x 3 convolutions beside a skip."""

    def __init__(self, channels):
        super().__init__()
        with self.init_scope():
            self.main = Sequential(
                *_normalised(L.Convolution2D, channels, channels, 3, 1, 1),
                *_normalised(L.Convolution2D, channels, channels, 3, 1, 1)[:2])

    def forward(self, x):
        return x + self.main(x)


class Generator(chainer.Chain):
    """As :class:`chainer_foodgan.links.Generator`."""

    def __init__(self, conv_dim=64, c_dim=10, repeat_num=6):
        super().__init__()
        self.c_dim = c_dim
        dim = conv_dim
        with self.init_scope():
            self.main = Sequential(
                *_normalised(L.Convolution2D, 3 + c_dim, dim, 7, 1, 3),
                *_normalised(L.Convolution2D, dim, 2 * dim, 4, 2, 1),
                *_normalised(L.Convolution2D, 2 * dim, 4 * dim, 4, 2, 1),
                *(ResidualBlock(4 * dim) for _ in range(repeat_num)),
                *_normalised(L.Deconvolution2D, 4 * dim, 2 * dim, 4, 2, 1),
                *_normalised(L.Deconvolution2D, 2 * dim, dim, 4, 2, 1),
                L.Convolution2D(dim, 3, 7, 1, 3, nobias=True), F.tanh)

    def forward(self, x, c):
        """Photos (B, 3, H, W) and label vectors (B, c_dim) -> translations (B, 3, H, W)."""
        c = F.broadcast_to(c[:, :, None, None], c.shape + x.shape[2:])
        return self.main(F.concat((x, c), axis=1))


class Discriminator(chainer.Chain):
    """As :class:`chainer_foodgan.links.Discriminator`."""

    def __init__(self, image_size=256, conv_dim=64, c_dim=10, repeat_num=6):
        super().__init__()
        self.c_dim = c_dim
        dims = [3] + [conv_dim * 2 ** n for n in range(repeat_num)]
        layers = [layer for n in range(repeat_num)
                  for layer in (L.Convolution2D(dims[n], dims[n + 1], 4, 2, 1), _leaky_relu)]
        with self.init_scope():
            self.main = Sequential(*layers)
            self.conv1 = L.Convolution2D(dims[-1], 1, 3, 1, 1, nobias=True)
            self.conv2 = L.Convolution2D(dims[-1], c_dim, image_size // 2 ** repeat_num,
                                         nobias=True)

    def forward(self, x):
        """Photos (B, 3, S, S) -> scores (B, 1, s, s), logits (B, c_dim)."""
        h = self.main(x)
        return self.conv1(h), F.reshape(self.conv2(h), (len(x), self.c_dim))


def _leaky_relu(x):
    return F.leaky_relu(x, 0.01)  # PyTorch's slope; Chainer's is 0.2


def copy_weights(link, stock):
    """Gives a stock network the weights of the package's; returns the stock network."""
    arrays = dict(link.namedparams())
    for name, param in stock.namedparams():
        param.array[...] = arrays[name].array
    return stock
