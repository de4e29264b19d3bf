"""Generators as ``.tflite``, by the schema that comes with ai-edge-litert (the extra ``tflite``).

======  =========================  =======================================
name    shape                      what
======  =========================  =======================================
``x``   (1, height, width, 3)      a photo, float32 RGB in [-1, 1]
``c``   (1, c_dim)                 a label vector, float32
``y``   (1, height, width, 3)      the translation, float32 in [-1, 1]
======  =========================  =======================================

The signature ``serving_default`` has these names. Channels come last, as LiteRT computes; there is
no Transpose. A normalisation is two Mean and the arithmetic around them.
"""

from __future__ import annotations

import os
from typing import Any, Optional, Union

import numpy as np

from chainer_foodgan.files import replacing
from chainer_foodgan.links.graph import EPS, Program
from chainer_foodgan.weights import devices

__all__ = ['write']

# Operators to the names of their options; the others have none.
_OPTIONS = {'ADD': 'Add', 'SUB': 'Sub', 'MUL': 'Mul', 'MEAN': 'Reducer', 'RESHAPE': 'Reshape',
            'CONCATENATION': 'Concatenation', 'TILE': 'Tile', 'SLICE': 'Slice',
            'CONV_2D': 'Conv2D', 'DEPTHWISE_CONV_2D': 'DepthwiseConv2D',
            'TRANSPOSE_CONV': 'TransposeConv'}


def write(path: Union[str, os.PathLike], arrays: dict[str, np.ndarray], meta: dict[str, Any],
          size: Optional[int] = None) -> None:
    """Writes a generator as a program for LiteRT, which TensorFlow Lite has become, in float32, see
    :data:`chainer_foodgan.weights.reading.FORMATS`. Equal weights give equal bytes.

    ``size`` is the side of the square photos in pixels, a multiple of 4; None: that of the
    training, or 256. The metadata becomes the model's, strings or JSON.
    """
    network, size = devices.checked(path, arrays, meta, size)
    schema = devices.library(path, 'ai_edge_litert.schema_py_generated', 'ai-edge-litert')
    data = _Program(schema, network, arrays, size).serialised(devices.texts(meta))
    with replacing(path) as file:
        file.write(data)


class _Program(Program):
    """A picture is the index of a tensor, (1, H, W, C)."""

    def __init__(self, schema, network, arrays, size):
        super().__init__(network, arrays)
        self._schema, self._size = schema, size
        self._tensors, self._operators, self._codes = [], [], []
        self._buffers = [schema.BufferT()]  # the first one stands for none
        c_dim = network.sizes['c_dim']
        x, c = self._tensor('x', (1, size, size, 3)), self._tensor('c', (1, c_dim))
        shape = 1, 1, 1, c_dim
        self._c = self._add('RESHAPE', shape, c, self._constant(shape))
        y = self.generator(x, self._c)
        self._tensors[y].name = 'y'
        self._inputs, self._outputs = [x, c], [y]

    def serialised(self, texts):
        """The bytes of the file."""
        import flatbuffers

        class Builder(flatbuffers.Builder):
            def CreateNumpyVector(self, x):  # numbers are used in place: at multiples of 16 bytes
                self.Prep(16, x.nbytes)
                return super().CreateNumpyVector(x)

        schema = self._schema
        inputs, outputs = ([schema.TensorMapT(self._tensors[index].name, index) for index in end]
                           for end in (self._inputs, self._outputs))
        graph = schema.SubGraphT(self._tensors, self._inputs, self._outputs, self._operators)
        codes = [schema.OperatorCodeT(min(code, 127), builtinCode=code) for code in self._codes]
        metadata = [schema.MetadataT(name, self._buffer(text.encode()))
                    for name, text in texts.items()]
        model = schema.ModelT(
            3, codes, [graph], 'Changes the dish in a photo x to the one that the label c names.',
            self._buffers, metadata=metadata,
            signatureDefs=[schema.SignatureDefT(inputs, outputs, 'serving_default')])
        builder = Builder()
        builder.Finish(model.Pack(builder), b'TFL3')
        return bytes(builder.Output())

    def _buffer(self, data):
        self._buffers.append(self._schema.BufferT(np.frombuffer(data, np.uint8)))
        return len(self._buffers) - 1

    def _tensor(self, name, shape, kind='FLOAT32', buffer=0):
        self._tensors.append(self._schema.TensorT(
            list(map(int, shape)), getattr(self._schema.TensorType, kind), buffer, name))
        return len(self._tensors) - 1

    def _constant(self, array):
        array = np.asarray(array)
        kind = 'FLOAT32' if array.dtype.kind == 'f' else 'INT32'
        return self._tensor(f'constant_{len(self._tensors)}', array.shape, kind,
                            self._buffer(array.astype(kind.lower()).tobytes()))

    def _shape(self, h):
        return self._tensors[h].shape

    def _add(self, name, shape, *inputs, **options):
        """Adds an operator; returns its output, which has that shape."""
        schema = self._schema
        code, kind = getattr(schema.BuiltinOperator, name), _OPTIONS.get(name)
        if code not in self._codes:
            self._codes.append(code)
        y = self._tensor(f'{name.lower()}_{len(self._operators)}', shape)
        operator = schema.OperatorT(self._codes.index(code), list(inputs), [y])
        if kind:
            operator.builtinOptionsType = getattr(schema.BuiltinOptions, kind + 'Options')
            operator.builtinOptions = getattr(schema, kind + 'OptionsT')(**options)
        self._operators.append(operator)
        return y

    def _op(self, name, *inputs):
        shapes = [self._shape(h) for h in inputs]
        if name == 'concat':
            channels = sum(shape[3] for shape in shapes)
            return self._add('CONCATENATION', (*shapes[0][:3], channels), *inputs, axis=3)
        return self._add({'sigmoid': 'LOGISTIC'}.get(name, name.upper()),
                         np.broadcast_shapes(*shapes), *inputs)

    def _split(self, h):
        return [self._add('SLICE', (*self._shape(h)[:3], channels), h,
                          self._constant([0, 0, 0, first]), self._constant([-1, -1, -1, channels]))
                for first, channels in ((0, 3), (3, 1))]

    def _map(self, c):
        shape = 1, self._size, self._size, self._shape(c)[3]
        return self._add('TILE', shape, c, self._constant([1, self._size, self._size, 1]))

    def _filtered(self, name, layer, shape, *inputs, **options):
        """Zeros around the picture are counted from the sizes of input and output."""
        assert 2 * layer.pad == layer.ksize - layer.stride
        return self._add(name, shape, *inputs, padding=self._schema.Padding.SAME,
                         strideW=layer.stride, strideH=layer.stride, **options)

    def _conv(self, h, layer, place):
        W, channels = self.weights[place + '/W'], layer.out_channels
        b = self.weights.get(place + '/b', np.zeros(channels, np.float32))
        name, axes, options = 'CONV_2D', (0, 2, 3, 1), {}
        if layer.groups > 1:  # one for each channel
            name, axes, options = 'DEPTHWISE_CONV_2D', (1, 2, 3, 0), {'depthMultiplier': 1}
        shape = 1, *(side // layer.stride for side in self._shape(h)[1:3]), channels
        return self._filtered(name, layer, shape, h, self._constant(W.transpose(axes)),
                              self._constant(b), **options)

    def _deconv(self, h, layer, place):
        shape = 1, *(side * layer.stride for side in self._shape(h)[1:3]), layer.out_channels
        filters = self.weights[place + '/W'].transpose(1, 2, 3, 0)
        return self._filtered('TRANSPOSE_CONV', layer, shape, self._constant(shape),
                              self._constant(filters), h)

    def _instancenorm(self, h, layer, place):
        scale, shift = (self._row(self.weights[f'{place}/{name}']) for name in ('gamma', 'beta'))
        centred = self._op('sub', h, self._mean(h))
        variance = self._mean(self._op('mul', centred, centred))
        deviation = self._op('add', variance, self._constant(np.float32(EPS)))
        scale = self._op('mul', self._op('rsqrt', deviation), scale)
        return self._op('add', self._op('mul', centred, scale), shift)

    def _mean(self, h):
        return self._add('MEAN', (1, 1, 1, self._shape(h)[3]), h, self._constant([1, 2]),
                         keepDims=True)

    def _row(self, rows):
        """Numbers of the channels; where each category has its own, those that the label picks."""
        if rows.ndim == 1:
            return self._constant(rows)
        channels = rows.shape[1]
        return self._add('CONV_2D', (1, 1, 1, channels), self._c,
                         self._constant(rows.T[:, None, None]),
                         self._constant(np.zeros(channels, np.float32)), strideW=1, strideH=1)

    def _activation(self, h, layer, place):
        return self._op(layer.name, h)
