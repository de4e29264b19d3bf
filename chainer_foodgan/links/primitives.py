"""Layers with learnt values: PyTorch 0.3's settings and start, this package's kernels.

StarGAN's networks start by PyTorch 0.3's default, :class:`TorchUniform`; their original calls
nothing else. :func:`init_weights` has the rules of the pix2pix and CycleGAN code.
"""

from __future__ import annotations

import numpy

from chainer_foodgan.functions.convolution import convolution_2d, deconvolution_2d
from chainer_foodgan.functions.normalisation import instance_normalization
from chainer_foodgan.kernels import Array

import chainer
import chainer.functions as F
import chainer.links as L


class TorchUniform(chainer.initializer.Initializer):
    """Uniform numbers from ``low`` to ``high`` from a generator of the caller's."""

    def __init__(self, low: float, high: float, rng: numpy.random.Generator):
        super().__init__()
        self.low, self.high, self.rng = low, high, rng

    @classmethod
    def fan_in(cls, fan_in: int, rng: numpy.random.Generator) -> TorchUniform:
        """U(-s, s), s = 1 / sqrt(fan_in), for the filters and biases of a convolution.

        ``fan_in`` is in_channels x kernel height x kernel width. PyTorch 0.3 counts *in* channels
        for the transposed convolution too (today's PyTorch counts out channels).
        """
        return cls(-fan_in ** -0.5, fan_in ** -0.5, rng)

    def __call__(self, array):
        values = self.rng.uniform(self.low, self.high, array.shape).astype(array.dtype)
        array[...] = chainer.backend.get_array_module(array).asarray(values)


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

    def __init__(self, in_channels: int, out_channels: int, ksize: int, stride: int = 1,
                 pad: int = 0, nobias: bool = False, groups: int = 1, *,
                 rng: numpy.random.Generator):
        uniform = TorchUniform.fan_in(in_channels // groups * ksize ** 2, rng)
        super().__init__(in_channels, out_channels, ksize, stride, pad, nobias, uniform, uniform,
                         groups=groups)

    def forward(self, x: Array) -> chainer.Variable:
        return convolution_2d(x, self.W, self.b, self.stride, self.pad, self.groups)


class Deconvolution2D(L.Deconvolution2D):
    """``chainer.links.Deconvolution2D`` on :func:`chainer_foodgan.functions.deconvolution_2d`.

    Args: As of :class:`Convolution2D`; ``pad`` pixels are cut off on each side, but for ``extra``
        (int) ones of the lower and the right.
    """

    def __init__(self, in_channels: int, out_channels: int, ksize: int, stride: int = 1,
                 pad: int = 0, extra: int = 0, nobias: bool = False, *,
                 rng: numpy.random.Generator):
        uniform = TorchUniform.fan_in(in_channels * ksize ** 2, rng)
        super().__init__(in_channels, out_channels, ksize, stride, pad, nobias,
                         initialW=uniform, initial_bias=uniform)
        self.extra = extra

    def forward(self, x: Array) -> chainer.Variable:
        return deconvolution_2d(x, self.W, self.b, self.stride, self.pad, self.extra)


class InstanceNormalization(chainer.Chain):
    """Instance normalisation with a learnt scale and shift; no running statistics.

    Args:
        channels (int): Number of channels.
        eps (float): Added to the variance.
        rng (numpy.random.Generator): Where the initial scale, U(0, 1), comes from; the shift
            starts at 0, as in PyTorch 0.3.
    """

    def __init__(self, channels: int, eps: float = 1e-5, *, rng: numpy.random.Generator):
        super().__init__()
        self.eps = eps
        with self.init_scope():
            self.gamma = chainer.Parameter(TorchUniform(0, 1, rng), channels)
            self.beta = chainer.Parameter(0, channels)

    def forward(self, x: Array) -> chainer.Variable:
        """(B, C, H, W) -> (B, C, H, W), the same in training and in testing."""
        return instance_normalization(x, self.gamma, self.beta, self.eps)


class ConditionalInstanceNormalization(chainer.Chain):
    """Instance normalisation whose scale and shift the label picks (Dumoulin et al. 2017).

    Every category has a scale and a shift of its own; a label vector blends them linearly.
    """

    conditional = True

    def __init__(self, channels: int, c_dim: int, eps: float = 1e-5):
        super().__init__()
        self.eps = eps
        with self.init_scope():
            self.gamma = chainer.Parameter(1, (c_dim, channels))
            self.beta = chainer.Parameter(0, (c_dim, channels))

    def forward(self, x: Array, c: Array) -> chainer.Variable:
        """(B, C, H, W) and label vectors (B, c_dim) -> (B, C, H, W)."""
        return instance_normalization(x, F.matmul(c, self.gamma), F.matmul(c, self.beta), self.eps)


class BatchNormalization(L.BatchNormalization):
    """``chainer.links.BatchNormalization`` with PyTorch's settings.

    eps is 1e-5 (Chainer's is 2e-5). Running statistics keep 0.9 of what they were, PyTorch's
    momentum of 0.1; both libraries count the variance of a batch into them without its bias.

    Args:
        channels (int): Number of channels.
        rng (numpy.random.Generator): Where the initial scale, U(0, 1), comes from; the shift
            starts at 0, as in PyTorch 0.3.
    """

    def __init__(self, channels: int, *, rng: numpy.random.Generator):
        super().__init__(channels, decay=0.9, eps=1e-5, initial_gamma=TorchUniform(0, 1, rng))
        del self.N  # no longer saved: nothing in PyTorch's files corresponds to this count,
        self.N = 0  # which fine-tuning alone, of Chainer's making, needs


def plain_instance_normalization(x: Array) -> chainer.Variable:
    """Instance normalisation without scale and shift: (B, C, H, W) -> (B, C, H, W)."""
    xp, C = chainer.backend.get_array_module(x), x.shape[1]
    return instance_normalization(x, xp.ones(C, x.dtype), xp.zeros(C, x.dtype))


def _normal(shape, rng):
    """Radford et al. 2016: a standard deviation of 0.02."""
    return rng.normal(0, 0.02, shape)


def _xavier(shape, rng):
    """Glorot and Bengio 2010, with a gain of 0.02."""
    return rng.normal(0, 0.02 * (2 / sum(_fans(shape))) ** 0.5, shape)


def _kaiming(shape, rng):
    """He et al. 2015, for the fan in and a ReLU."""
    return rng.normal(0, (2 / _fans(shape)[0]) ** 0.5, shape)


def _orthogonal(shape, rng):
    """Saxe et al. 2014: orthonormal rows, or columns where there are fewer, of filters as rows."""
    rows, columns = shape[0], int(numpy.prod(shape[1:]))
    q, r = numpy.linalg.qr(rng.standard_normal((max(rows, columns), min(rows, columns))))
    q *= numpy.sign(numpy.diagonal(r))  # makes every orientation as likely as any other
    return (q if rows >= columns else q.T).reshape(shape)


def _fans(shape):
    """Fan in and fan out by PyTorch's count: of transposed convolutions it swaps the two."""
    area = int(numpy.prod(shape[2:]))
    return shape[1] * area, shape[0] * area


_KINDS = {'normal': _normal, 'xavier': _xavier, 'kaiming': _kaiming, 'orthogonal': _orthogonal}

#: The rules of :func:`init_weights`.
INIT_KINDS = tuple(_KINDS)


def init_weights(link: chainer.Link, kind: str, rng: numpy.random.Generator) -> None:
    """Starts a network anew (upstream: network.py, ``init_weights``).

    Filters and matrices follow the rule; the scales of batch normalisations become normal about 1
    with a standard deviation of 0.02, their shifts 0. Biases of convolutions stay as they are, as
    in the original.

    Args:
        link (chainer.Link): The network, on the CPU.
        kind (str): ``'normal'``: a standard deviation of 0.02, the original's choice.
            ``'xavier'``: normal, with a gain of 0.02. ``'kaiming'``: normal, for the fan in.
            ``'orthogonal'``: with a gain of 1. These are network.py's gains; later versions of the
            pix2pix and CycleGAN code have 0.02 for orthogonal filters too.
        rng (numpy.random.Generator): Where the numbers come from.
    """
    for _, child in sorted(link.namedlinks()):  # sorted: a chain has no order of its own
        if isinstance(child, (L.Convolution2D, L.Deconvolution2D, L.Linear)):
            child.W.array[...] = _KINDS[kind](child.W.shape, rng)
        elif isinstance(child, L.BatchNormalization):
            child.gamma.array[...] = rng.normal(1, 0.02, child.gamma.shape)
            child.beta.array[...] = 0
