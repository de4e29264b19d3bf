"""The program that ONNX Runtime and OpenVINO run: what is exported, with less to compute.

*The first convolution.* That of a photo beside a map of its label is the sum of two, one of the
photo and one of the map. The map is constant, so its share is, too, but within three pixels of the
border, where the filters see less of it: all of it is in the share of a map of 7 x 7 pixels, whose
middle row and column are repeated. A photo that becomes many dishes has one share of its own.

*The last convolution.* Its three channels are few for a processor that computes 8 or 16 numbers at
once. Filters of 8 x 8, which hold the 7 x 7 ones at four places, make the twelve numbers of four
pixels at once.

A generator whose label picks scales and shifts takes photo and label vectors as they are, the
network of a mask its photo.

All sizes are open: one program serves every photo.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Sequence
from typing import Callable, Optional

import numpy as np

from chainer_foodgan.links.graph import Graph
from chainer_foodgan.links.recognising import GENERATORS, Network

__all__ = ['inputs', 'make_program']

_KSIZE = 7


def make_program(onnx: types.ModuleType, network: Network,
                 arrays: dict[str, np.ndarray], ranges: Optional[dict[str, Sequence[float]]] = None
                 ) -> tuple[bytes, Callable]:
    """Writes a network as a program, by the library onnx; ``ranges`` say what is computed in eight
    bits, see :class:`chainer_foodgan.links.graph.Graph`.

    Returns the program, an ONNX file (bytes); and ``inputs(x, c)``, what it takes (dict, names to
    arrays) for photos, float32 (B, 3, H, W), and label vectors, float32 (N, c_dim), where B is N or
    1; or None.
    """
    graph = Graph(onnx, network, arrays, ranges)
    if network.kind not in GENERATORS:
        y = graph.sequence('x', network.layers(), '')
        model = graph.model(y, {'x': _photos()}, network.sizes['out_channels'])
        return model.SerializeToString(), lambda x, c=None: {'x': x}
    if not network.label_is_map:
        h = graph.sequence('x', network.layers()['main'][:1], 'main')
        model = graph.model(_translated(graph, h), {
            'x': _photos(), 'c': (np.float32, ('batch', network.sizes['c_dim']))})
        return model.SerializeToString(), lambda x, c: {'x': x, 'c': c}
    filters = graph.weights['main/0/W']
    # A copy: the array may be a link's own.
    return (_model(graph, filters[:, :3]).SerializeToString(),
            functools.partial(inputs, filters[:, 3:].copy()))


def _photos():
    return np.float32, ('photos', 3, 'height', 'width')


def inputs(filters: np.ndarray, x: np.ndarray, c: np.ndarray) -> dict[str, np.ndarray]:
    """What a program of the released generator takes (names to arrays) for photos, float32 (B, 3,
    H, W), and label vectors, float32 (N, c_dim), where B is N or 1; ``filters`` are those of the
    label in the first convolution, float32 (conv_dim, c_dim, 7, 7).
    """
    H, W = x.shape[2:]
    filters = np.tensordot(c, filters, (1, 1))  # (N, conv_dim, 7, 7)
    return {'x': x, 'labels': _seen(H) @ filters @ _seen(W).T, 'rows': _repeated(H),
            'columns': _repeated(W)}


def _seen(side):
    """Which filter taps lie on a map of so many pixels, 7 at most: float32 (pixels, taps)."""
    side = min(side, _KSIZE)
    pixels = np.arange(side)[:, None] + np.arange(_KSIZE) - _KSIZE // 2
    return ((pixels >= 0) & (pixels < side)).astype(np.float32)


def _repeated(side):
    """Which row of a map of 7 x 7 pixels, or of fewer, is that of one of so many: int64 (side,)."""
    rows, half = np.arange(side, dtype=np.int64), _KSIZE // 2
    return np.minimum(rows, half) + np.maximum(rows - max(side - 1 - half, half), 0)


def _model(graph, photo_filters):
    graph.constant('photo', np.ascontiguousarray(photo_filters))
    share = graph.node('Gather', graph.node('Gather', 'labels', 'columns', axis=3), 'rows', axis=2)
    h = graph.node('Add', graph.convolution('x', 'photo', _KSIZE, 1, _KSIZE // 2), share)
    return graph.model(_translated(graph, h), {
        'x': _photos(),
        'labels': (np.float32, ('batch', len(photo_filters), 'map_height', 'map_width')),
        'rows': (np.int64, ('height',)), 'columns': (np.int64, ('width',))})


def _translated(graph, h):
    return graph.translator(h, functools.partial(_last, graph))


def _last(graph, h):
    key = f'main/{graph.last_convolution}'
    filters, bias = graph.weights[key + '/W'], graph.weights.get(key + '/b')
    channels, conv_dim, _, _ = filters.shape
    pixels = np.zeros((channels, 2, 2, conv_dim, _KSIZE + 1, _KSIZE + 1), np.float32)
    for row in (0, 1):
        for column in (0, 1):
            pixels[:, row, column, :, row:row + _KSIZE, column:column + _KSIZE] = filters
    graph.constant('pixels', pixels.reshape(-1, *pixels.shape[3:]))
    biases = () if bias is None else (graph.constant('bias_of_pixels', np.repeat(bias, 4)),)
    h = graph.convolution(h, 'pixels', _KSIZE + 1, 2, _KSIZE // 2, bias=biases)
    return graph.node('DepthToSpace', h, blocksize=2, mode='CRD')
