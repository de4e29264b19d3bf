"""How weights start by the rules of the pix2pix and CycleGAN code.

StarGAN's networks start by PyTorch 0.3's default, see
:class:`~chainer_foodgan.links.primitives.TorchUniform`; their original calls nothing else.
"""

from __future__ import annotations

import numpy

import chainer
import chainer.links as L

__all__ = ['INIT_KINDS', 'init_weights']


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
