"""Convolution links with PyTorch 0.3's initialisation and this package's kernels."""

import chainer.links as L

from chainer_foodgan.functions.convolution import convolution_2d, deconvolution_2d
from chainer_foodgan.links.initialiser import TorchUniform


class Convolution2D(L.Convolution2D):
    """``chainer.links.Convolution2D`` on :func:`chainer_foodgan.functions.convolution_2d`.

    Args:
        in_channels (int): Channels of the input.
        out_channels (int): Channels of the output.
        ksize (int): Side of the filters in pixels.
        stride (int): Their step in pixels.
        pad (int): Zeros added on each side in pixels.
        nobias (bool): Whether to leave the bias out.
        groups (int): Parts of the channels that have nothing to do with each other.
        rng (numpy.random.Generator): Where the initial values come from.
    """

    def __init__(self, in_channels, out_channels, ksize, stride=1, pad=0, nobias=False, groups=1,
                 *, rng):
        uniform = TorchUniform.fan_in(in_channels // groups * ksize ** 2, rng)
        super().__init__(in_channels, out_channels, ksize, stride, pad, nobias, uniform, uniform,
                         groups=groups)

    def forward(self, x):
        return convolution_2d(x, self.W, self.b, self.stride, self.pad, self.groups)


class Deconvolution2D(L.Deconvolution2D):
    """``chainer.links.Deconvolution2D`` on :func:`chainer_foodgan.functions.deconvolution_2d`.

    Args: As of :class:`Convolution2D`; ``pad`` pixels are cut off on each side, but for ``extra``
        (int) ones of the lower and the right.
    """

    def __init__(self, in_channels, out_channels, ksize, stride=1, pad=0, extra=0, nobias=False,
                 *, rng):
        uniform = TorchUniform.fan_in(in_channels * ksize ** 2, rng)
        super().__init__(in_channels, out_channels, ksize, stride, pad, nobias,
                         initialW=uniform, initial_bias=uniform)
        self.extra = extra

    def forward(self, x):
        return deconvolution_2d(x, self.W, self.b, self.stride, self.pad, self.extra)
