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
whose label picks scales and shifts has no such map, but MatMul, Mul, Split, Sigmoid and Sub.
"""

from __future__ import annotations

import importlib
import json
import os
from typing import Any, Union

import numpy as np

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.files import replacing
from chainer_foodgan.links.graph import Graph
from chainer_foodgan.links.recognising import recognise

__all__ = ['write']


def write(path: Union[str, os.PathLike], arrays: dict[str, np.ndarray], meta: dict[str, Any],
          label_map: bool = False, half: bool = False) -> None:
    """Writes a generator as a program for ONNX Runtime, OpenVINO and the like.

    Equal weights give equal bytes.

    Args:
        path (str or os.PathLike): The file; what was there is replaced once this is complete.
        arrays (dict): A generator's arrays under Chainer's keys; written as float32.
        meta (dict): What JSON can hold. It becomes the model's metadata, whose values are strings:
            those that are not are stored as JSON.
        label_map (bool): Whether ``c`` is a ready label map.
        half (bool): Whether the weights are stored as float16; computing stays in float32.

    Raises:
        FoodganError: No generator, the library is missing, or the file cannot be written.
    """
    network = recognise(arrays)
    if network is None or not network.translates_by_onnx:
        raise FoodganError(f'{path}: an .onnx file holds the released generator or a conditional '
                           f'one, and this is {network}; write .pth or .safetensors')
    if label_map and not network.label_is_map:
        raise FoodganError(f'{path}: the label of {network} is no map; leave --label-map out')
    onnx = library(path)
    model = _model(Graph(onnx, network, arrays), label_map, meta, half)
    onnx.checker.check_model(model, full_check=True)
    with replacing(path) as file:
        file.write(model.SerializeToString())


def library(path):
    try:
        return importlib.import_module('onnx')
    except ImportError as error:
        raise FoodganError(f'{path}: writing .onnx takes a library that cannot be imported '
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
        meta={key: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
              for key, value in meta.items()},
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
