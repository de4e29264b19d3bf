"""The network of a mask, computed by NumPy: so small a U-Net needs neither Chainer nor an engine.

It is a :class:`chainer_foodgan.links.UnetGenerator` from three channels to one, with batch
normalisation by its running statistics; its output, from -1 to 1, is the share of food.
"""

import os
import pathlib

import numpy

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.weights import formats, registry
from chainer_foodgan.weights.fitting import check_shapes, describe
from chainer_foodgan.weights.recognising import recognise, shapes_of

#: The weights that ship.
MASK_WEIGHTS = 'mask_food'

_EPS = 1e-5


class Network:
    """Finds the food in a small picture.

    Args:
        source (str or os.PathLike): A name that `foodgan weights` lists, or a file.

    Attributes:
        multiple (int): Heights and widths are multiples of so many pixels.

    Raises:
        FoodganError: The file cannot be had, or holds another network.
    """

    def __init__(self, source=MASK_WEIGHTS):
        named = not isinstance(source, os.PathLike) and registry.find(source) is not None
        path = registry.path_of(source) if named else pathlib.Path(source)
        arrays, meta = formats.read(path)
        network = recognise(arrays)
        sizes = {} if network is None else network.sizes
        if not (network is not None and network.kind == 'unet_generator' and
                (sizes['in_channels'], sizes['out_channels'], sizes['norm']) == (3, 1, 'batch')):
            raise FoodganError('{}: holds {}; a mask takes a U-Net from three channels to one, as '
                               'experiments/train_mask.py makes it'.format(
                                   path, describe(network, meta)))
        check_shapes(path, arrays, shapes_of(network), 'U-Net')
        self.multiple = 2 ** sizes['num_downs']
        self._arrays = {key: array.astype(numpy.float32) for key, array in arrays.items()}

    def __call__(self, x):
        """The share of food of each pixel.

        Args:
            x (numpy.ndarray): A picture, float32 (3, H, W) in [-1, 1].

        Returns:
            numpy.ndarray: float32 (H, W) in [0, 1].
        """
        h = self._convolution(x, 'model/model/0')
        h = numpy.maximum(self._level(h, 'model/model/1/model'), 0)
        return (numpy.tanh(self._deconvolution(h, 'model/model/3')[0]) + 1) / 2

    def _level(self, x, place):
        """A level and all below it, with its input beside its output."""
        below = place + '/3/model'
        h = self._convolution(numpy.where(x > 0, x, numpy.float32(0.2) * x), place + '/1')
        up = 3
        if below + '/1/W' in self._arrays:
            h = self._level(self._normalised(h, place + '/2'), below)
            up = 5
        h = self._deconvolution(numpy.maximum(h, 0), '{}/{}'.format(place, up))
        return numpy.concatenate((x, self._normalised(h, '{}/{}'.format(place, up + 1))))

    def _convolution(self, x, place):
        """4 x 4 filters of stride 2 with a border of 1: (C, H, W) -> (D, H / 2, W / 2)."""
        windows = numpy.lib.stride_tricks.sliding_window_view(
            numpy.pad(x, ((0, 0), (1, 1), (1, 1))), (4, 4), (1, 2))[:, ::2, ::2]
        return numpy.tensordot(self._arrays[place + '/W'], windows, ((1, 2, 3), (0, 3, 4)))

    def _deconvolution(self, x, place):
        """Its transpose, with a bias where there is one: (C, H, W) -> (D, 2 H, 2 W)."""
        W = self._arrays[place + '/W']
        parts = numpy.tensordot(W, x, ((0,), (0,)))  # (D, 4, 4, H, W)
        D, (H, width) = W.shape[1], x.shape[1:]
        y = numpy.zeros((D, 2 * H + 2, 2 * width + 2), numpy.float32)
        for row in range(4):
            for column in range(4):
                y[:, row:row + 2 * H:2, column:column + 2 * width:2] += parts[:, row, column]
        y = y[:, 1:-1, 1:-1]
        bias = self._arrays.get(place + '/b')
        return y if bias is None else y + bias[:, None, None]

    def _normalised(self, x, place):
        gamma, beta, mean, variance = (self._arrays['{}/{}'.format(place, leaf)] for leaf in (
            'gamma', 'beta', 'avg_mean', 'avg_var'))
        scale = gamma / numpy.sqrt(variance + numpy.float32(_EPS))
        return x * scale[:, None, None] + (beta - mean * scale)[:, None, None]
