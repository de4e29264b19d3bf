"""CycleGAN's generator (upstream: network.py; the network of Johnson et al. 2016)."""

from __future__ import annotations

from chainer_foodgan.kernels import Array
from chainer_foodgan.links import architectures
from chainer_foodgan.links.sequential import Builder, Rng

import chainer


class ResnetGenerator(chainer.Chain):
    """Pictures to pictures through residual blocks at a quarter of the size.

    11,378,179 parameters at nine blocks and instance normalisation.

    Args:
        in_channels (int): Channels of the input; labels or noise may come after the colours.
        out_channels (int): Channels of the output.
        conv_dim (int): Channels of the first convolution.
        repeat_num (int): Number of residual blocks. The original has six (for 128 px) or nine.
        norm (str): ``'batch'`` (pix2pix), with a learnt scale and shift, or ``'instance'``
            (CycleGAN), with neither.
        dropout (bool): Whether the residual blocks have dropout.
        rng (numpy.random.Generator): Where the initial weights come from, those of PyTorch 0.3;
            None for fresh ones. See :func:`~chainer_foodgan.links.initialiser.init_weights`.

    Attributes:
        in_channels, out_channels, conv_dim, repeat_num (int), norm (str): As given.
        dropout (Dropout): All of the network's dropout, or None.
    """

    def __init__(self, in_channels: int = 3, out_channels: int = 3, conv_dim: int = 64,
                 repeat_num: int = 9, norm: str = 'batch', dropout: bool = False, *,
                 rng: Rng = None):
        super().__init__()
        self.in_channels, self.out_channels = in_channels, out_channels
        self.conv_dim, self.repeat_num, self.norm = conv_dim, repeat_num, norm
        layers = architectures.resnet_generator(in_channels, out_channels, conv_dim, repeat_num,
                                                norm, dropout)
        build = Builder(rng)
        with self.init_scope():
            self.model = build(layers['model'])
        self.dropout = build.dropout

    def forward(self, x: Array) -> chainer.Variable:
        """Translates a batch.

        Args:
            x (Variable or ndarray): Float (B, in_channels, H, W); H and W multiples of 4.

        Returns:
            Variable: Float (B, out_channels, H, W) in [-1, 1].
        """
        return self.model(x)
