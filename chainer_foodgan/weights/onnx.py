"""Generators as ``.onnx``, by the library of that name (the extra ``onnx``), without PyTorch.

======  ===============================  =========================================================
name    shape                            what
======  ===============================  =========================================================
``x``   (batch, 3, height, width)        photos, float32 RGB in [-1, 1]; height and width are any
                                         multiples of 4
``c``   (batch, c_dim)                   label vectors, float32; or, of the other variant,
        (batch, c_dim, height, width)    ready label maps, for what cannot expand a vector
``y``   (batch, 3, height, width)        translations, float32 in [-1, 1]
======  ===============================  =========================================================

A label vector becomes a map by addition to a channel of zeros, ``x[:, :1] * 0``: broadcasting is in
every runtime. The usual way, Shape, Gather and Expand (or Tile), makes the map's shape a value that
is computed, which converters for phones have refused, for this very model too. The further
operators are Conv, ConvTranspose, InstanceNormalization, Relu, Tanh, Concat and Add. A generator
whose label picks scales and shifts has no such map, but MatMul, Mul, Split, Sigmoid and Sub. Where
convolutions are in eight bits, QuantizeLinear and DequantizeLinear stand around them.
"""

from __future__ import annotations

import importlib
import os
import pathlib
import re
from typing import Any, Union

import numpy as np

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.files import replacing
from chainer_foodgan.links.graph import Graph
from chainer_foodgan.links.recognising import recognise
from chainer_foodgan.weights import checks

__all__ = ['read', 'write']

# The constants that are weights: as they are, as float16, or as int8 beside their scales.
_WEIGHTS = re.compile('(.+/(?:W|b|gamma|beta))(_half|_int8|_scale)?')


def read(path: Union[str, os.PathLike]) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Reads the weights of a file that :func:`write` wrote, see
    :data:`chainer_foodgan.weights.reading.FORMATS`; int8 becomes the float32 that it stands for.
    Its program is neither read nor run.
    """
    checks.check_kind(path, 'an ONNX file', lambda head: head.startswith(b'\x08'))
    onnx = library(path)
    from google.protobuf.message import DecodeError  # which that library brings

    try:
        model = onnx.load_model_from_string(pathlib.Path(path).read_bytes())
        stored = {match.groups(): _array(onnx, tensor) for tensor in model.graph.initializer
                  for match in [_WEIGHTS.fullmatch(tensor.name)] if match}
        arrays = {key: array if kind != '_int8' else _widened(array, stored[key, '_scale'])
                  for (key, kind), array in stored.items() if kind != '_scale'}
    except (DecodeError, *checks.DAMAGE, KeyError, TypeError) as error:
        raise checks.damaged(path, error) from error
    checks.check_finite(path, arrays)
    return arrays, {entry.key: checks.decoded(entry.value) for entry in model.metadata_props}


def _array(onnx, tensor):
    if tensor.data_location == onnx.TensorProto.EXTERNAL:
        raise ValueError('its numbers are in another file')
    array = onnx.numpy_helper.to_array(tensor)
    if array.dtype not in (np.float32, np.float16, np.float64, np.int8):
        raise ValueError(f'{ascii(tensor.name)[:99]} is of type {array.dtype}')
    return array


def _widened(array, scale):
    if scale.shape != array.shape[:1] or array.ndim != 4:
        raise ValueError(f'filters {array.shape} with scales {scale.shape}')
    return array * scale[:, None, None, None]


def write(path: Union[str, os.PathLike], arrays: dict[str, np.ndarray], meta: dict[str, Any],
          label_map: bool = False, half: bool = False) -> None:
    """Writes a generator as a program for ONNX Runtime, OpenVINO and the like, in float32. Equal
    weights give equal bytes.

    Args:
        path, arrays: See :data:`chainer_foodgan.weights.reading.FORMATS`.
        meta (dict): It becomes the model's metadata, strings or JSON. What ``ranges`` names is
            stored and computed in eight bits, see :class:`chainer_foodgan.links.graph.Graph`.
        label_map (bool): Whether ``c`` is a ready label map.
        half (bool): Whether the weights are stored as float16; computing stays in float32.
    """
    network = recognise(arrays)
    if network is None or not network.translates_by_onnx:
        raise FoodganError(f'{path}: an .onnx file holds the released generator or a conditional '
                           f'one, and this is {network}; write .pth or .safetensors')
    if label_map and not network.label_is_map:
        raise FoodganError(f'{path}: the label of {network} is no map; leave --label-map out')
    onnx = library(path)
    model = _model(Graph(onnx, network, arrays, meta.get('ranges')), label_map, meta, half)
    onnx.checker.check_model(model, full_check=True)
    with replacing(path) as file:
        file.write(model.SerializeToString())


def library(path):
    try:
        return importlib.import_module('onnx')
    except ImportError as error:
        raise FoodganError(f'{path}: .onnx takes a library that cannot be imported '
                           f'({error}): pip install onnx') from error


def _model(graph, label_map, meta, half):
    pixels, c_dim = ('height', 'width'), graph.network.sizes['c_dim']
    h = 'x'
    if graph.network.label_is_map:
        h = graph.node('Concat', 'x', 'c' if label_map else _expanded(graph), axis=1)
    first = graph.network.layers()['main'][:1]
    return graph.model(
        graph.translator(graph.sequence(h, first, 'main')),
        {'x': (np.float32, ('batch', 3) + pixels),
         'c': (np.float32, ('batch', c_dim) + (pixels if label_map else ()))},
        meta={key: checks.encoded(value) for key, value in meta.items()},
        doc_string='Changes the dish in photos x to the ones that the labels c name. '
                   'Height and width are multiples of 4; x and y are RGB in [-1, 1].',
        half=half)


def _expanded(graph):
    """Label vectors ``c`` as maps."""
    zero = graph.constant('zero', np.float32(0))
    slices = [graph.constant(name, [value]) for name, value in (
        ('first', 0), ('second', 1), ('channels', 1))]
    pixels = graph.constant('pixels', [2, 3])
    zeros = graph.node('Mul', graph.node('Slice', 'x', *slices), zero)
    return graph.node('Add', graph.node('Unsqueeze', 'c', pixels), zeros)
