"""How weights start: by PyTorch 0.3's default, or by a rule of the pix2pix and CycleGAN code.

StarGAN's networks start by the default; their original calls nothing else.
"""

import chainer
import chainer.links as L
import numpy


class TorchUniform(chainer.initializer.Initializer):
    """Uniform numbers from a generator of the caller's.

    Args:
        low (float): Lower end.
        high (float): Upper end.
        rng (numpy.random.Generator): Where the numbers come from.
    """

    def __init__(self, low, high, rng):
        super().__init__()
        self.low, self.high, self.rng = low, high, rng

    @classmethod
    def fan_in(cls, fan_in, rng):
        """U(-s, s), s = 1 / sqrt(fan_in), for the filters and biases of a convolution.

        ``fan_in`` is in_channels x kernel height x kernel width. PyTorch 0.3 counts *in* channels
        for the transposed convolution too (today's PyTorch counts out channels).
        """
        return cls(-fan_in ** -0.5, fan_in ** -0.5, rng)

    @classmethod
    def scale(cls, rng):
        """U(0, 1), for the scale of a normalisation layer."""
        return cls(0, 1, rng)

    def __call__(self, array):
        values = self.rng.uniform(self.low, self.high, array.shape).astype(array.dtype)
        array[...] = chainer.backend.get_array_module(array).asarray(values)


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


def init_weights(link, kind, rng):
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
