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
operators are Conv, ConvTranspose, InstanceNormalization, Relu, Tanh, Concat and Add.
"""

import importlib
import json

import numpy as np

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.files import replacing
from chainer_foodgan.weights.naming import renamed_for_pytorch
from chainer_foodgan.weights.recognising import recognise

#: ONNX Runtime takes these from 1.12 on, OpenVINO and ONNX Runtime Web since about then (2022).
OPSET, IR_VERSION = 17, 8

# What the expansion of a label vector takes.
_CONSTANTS = {'zero': np.float32(0), 'first': np.array([0]), 'second': np.array([1]),
              'channels': np.array([1]), 'pixels': np.array([2, 3])}


def write(path, arrays, meta, label_map=False):
    """Writes a generator as a program for ONNX Runtime, OpenVINO and the like.

    Equal weights give equal bytes.

    Args:
        path (str or os.PathLike): The file; what was there is replaced once this is complete.
        arrays (dict): A generator's arrays under Chainer's keys; written as float32.
        meta (dict): What JSON can hold. It becomes the model's metadata, whose values are strings:
            those that are not are stored as JSON.
        label_map (bool): Whether ``c`` is a ready label map.

    Raises:
        FoodganError: No generator, the library is missing, or the file cannot be written.
    """
    network = recognise(arrays)
    if network is None or network.kind != 'generator':
        raise FoodganError('{}: an .onnx file holds a generator, and this is {}; write .pth or '
                           '.safetensors'.format(
                               path, 'none' if network is None else 'a ' + network.kind))
    onnx = _library(path)
    model = onnx.helper.make_model(
        _graph(onnx, arrays, network.sizes, label_map), ir_version=IR_VERSION,
        opset_imports=[onnx.helper.make_opsetid('', OPSET)], producer_name='chainer_foodgan')
    onnx.helper.set_model_props(model, {
        key: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for key, value in meta.items()})
    onnx.checker.check_model(model, full_check=True)
    with replacing(path) as file:
        file.write(model.SerializeToString())


def _library(path):
    try:
        return importlib.import_module('onnx')
    except ImportError as error:
        raise FoodganError('{}: writing .onnx takes a library that cannot be imported ({}): '
                           'pip install onnx'.format(path, error)) from error


def _graph(onnx, arrays, sizes, label_map):
    def value(name, channels, *pixels):
        return onnx.helper.make_tensor_value_info(
            name, onnx.TensorProto.FLOAT, ('batch', channels) + pixels)

    pixels = 'height', 'width'
    weights = {key: np.asarray(array, np.float32, order='C')
               for key, array in renamed_for_pytorch(arrays).items()}
    constants = {} if label_map else _CONSTANTS
    return onnx.helper.make_graph(
        _nodes(onnx, sizes['repeat_num'], label_map), 'generator',
        [value('x', 3, *pixels), value('c', sizes['c_dim'], *(pixels if label_map else ()))],
        [value('y', 3, *pixels)],
        [onnx.numpy_helper.from_array(np.asarray(array), key)
         for key, array in {**constants, **weights}.items()],
        doc_string='Changes the dish in photos x to the ones that the labels c name. '
                   'Height and width are multiples of 4; x and y are RGB in [-1, 1].')


def _nodes(onnx, repeat_num, label_map):
    """The layers in their order; see :class:`chainer_foodgan.links.Generator`."""
    nodes = []

    def node(op, *inputs, output=None, **attributes):
        output = output or '{}_{}'.format(op, len(nodes))
        nodes.append(onnx.helper.make_node(op, inputs, [output], output, **attributes))
        return output

    def convolution(h, key, ksize, stride, pad, op='Conv'):
        return node(op, h, key + '.weight', kernel_shape=[ksize] * 2, strides=[stride] * 2,
                    pads=[pad] * 4)

    def normalised(h, place, index, *geometry):
        h = convolution(h, place + str(index), *geometry)
        norm = place + str(index + 1)
        return node('InstanceNormalization', h, norm + '.weight', norm + '.bias', epsilon=1e-5)

    c = 'c'
    if not label_map:
        zeros = node('Mul', node('Slice', 'x', 'first', 'second', 'channels'), 'zero')
        c = node('Add', node('Unsqueeze', 'c', 'pixels'), zeros)
    h = node('Concat', 'x', c, axis=1)
    for index, geometry in ((0, (7, 1, 3)), (3, (4, 2, 1)), (6, (4, 2, 1))):
        h = node('Relu', normalised(h, 'main.', index, *geometry))
    for index in range(9, 9 + repeat_num):
        place = 'main.{}.main.'.format(index)
        branch = node('Relu', normalised(h, place, 0, 3, 1, 1))
        h = node('Add', h, normalised(branch, place, 3, 3, 1, 1))
    for index in (9 + repeat_num, 12 + repeat_num):
        h = node('Relu', normalised(h, 'main.', index, 4, 2, 1, 'ConvTranspose'))
    node('Tanh', convolution(h, 'main.{}'.format(15 + repeat_num), 7, 1, 3), output='y')
    return nodes
