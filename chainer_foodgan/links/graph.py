"""Networks as programs of other libraries, layer by layer, and as ONNX graphs, without PyTorch."""

from __future__ import annotations

import types
from collections.abc import Sequence
from typing import Any, Callable, Optional

import numpy as np

from chainer_foodgan.links.layers import Block, Deconv, InstanceNorm
from chainer_foodgan.links.recognising import Network

#: ONNX Runtime takes these from 1.12 on, OpenVINO and ONNX Runtime Web since about then (2022).
OPSET, IR_VERSION = 17, 8

_ACTIVATIONS = {'relu': 'Relu', 'leaky_relu': 'LeakyRelu', 'tanh': 'Tanh', 'sigmoid': 'Sigmoid'}

# Filters in int8 reach from -63 to 63: processors without VNNI add pairs of products in 16 bits,
# 2 * 255 * 63 at most.
_FILTERS = 63


#: What instance and batch normalisation add to the variance.
EPS = 1e-5


class Program:
    """A program of a network; a picture within it, ``h``, is whatever the library calls one.

    Subclasses have a method for each kind of layer, ``_conv(h, layer, place)`` for
    :class:`~chainer_foodgan.links.layers.Conv`, which adds the layer and returns its output, and:

    - ``_op(name, *inputs)``: ``'add'``, ``'sub'``, ``'mul'``, ``'tanh'``, ``'sigmoid'``, or
      ``'concat'`` of channels;
    - ``_split(h)``: the first three channels, and the fourth.

    Args:
        network: What it is.
        arrays: Its arrays under Chainer's keys.

    Attributes:
        network (Network): As given.
        weights (dict): The arrays as float32.
    """

    def __init__(self, network: Network, arrays: dict[str, np.ndarray]):
        self.network = network
        self.weights = {key: np.asarray(array, np.float32, order='C')
                        for key, array in arrays.items()}

    def sequence(self, h: Any, layers: Any, place: str, start: int = 0) -> Any:
        """Adds layers, a list whose first has the number ``start``, or a dict."""
        named = layers.items() if isinstance(layers, dict) else enumerate(layers, start)
        for name, layer in named:
            key = f'{place}/{name}' if place else name
            if isinstance(layer, (dict, list)):
                h = self.sequence(h, layer, key)
            else:
                h = getattr(self, '_' + type(layer).__name__.lower())(h, layer, key)
        return h

    def generator(self, x: Any, c: Any) -> Any:
        """Adds a whole generator of photos ``x`` and label vectors ``c``.

        It takes a further method of the subclass, ``_map(c)``: the vectors as maps.
        """
        main = self.network.layers()['main']
        if self.network.label_is_map:
            return self.sequence(self._op('concat', x, self._map(c)), main, 'main')
        return self.blended(x, self.sequence(x, main, 'main'))

    def blended(self, x: Any, h: Any) -> Any:
        """Adds the end of a student: the photo ``x``, as far as the mask says the picture."""
        picture, mask = self._split(h)
        change = self._op('sub', self._op('tanh', picture), x)
        return self._op('add', x, self._op('mul', self._op('sigmoid', mask), change))

    def _block(self, h, layer, place):
        y = self.sequence(h, layer.layers, f'{place}/{layer.name}')
        return y if layer.join is None else self._op(layer.join, h, y)


def places_of_int8(network: Network) -> list[str]:
    """The convolutions of a generator that can be computed in eight bits, as places of layers.

    Those that instance normalisation follows, but for the first, which sees the photo, and for
    transposed and depthwise ones, which gain no time.
    """
    return list(_before_norms(network.layers()['main'], 'main'))[1:]


def _before_norms(layers, place):
    for number, (layer, following) in enumerate(zip(layers, layers[1:])):
        if isinstance(layer, Block):
            yield from _before_norms(layer.layers, f'{place}/{number}/{layer.name}')
        elif isinstance(following, InstanceNorm) and not isinstance(layer, Deconv):
            yield f'{place}/{number}' + ('/point' if isinstance(layer, dict) else '')


class Graph(Program):
    """Nodes and constants of a network; methods take and return names of outputs.

    Args:
        onnx: The library.
        network: What it is.
        arrays: Its arrays under Chainer's keys. They become constants of these names, float32.
        ranges: The convolutions to be computed in eight bits, some of :func:`places_of_int8`, with
            the least and the greatest number of their inputs. Their outputs are rounded to whole
            numbers from -128 to 127; see :mod:`chainer_foodgan.translation.quantizing`.
    """

    def __init__(self, onnx: types.ModuleType, network: Network, arrays: dict[str, np.ndarray],
                 ranges: Optional[dict[str, Sequence[float]]] = None):
        super().__init__(network, arrays)
        self._ranges = ranges or {}
        self._onnx, self._nodes, self._constants = onnx, [], {}

    def node(self, op: str, *inputs: str, outputs: tuple[str, ...] = (), **attributes: Any) -> str:
        """Adds a node; returns the name of its (first) output."""
        outputs = outputs or (f'{op}_{len(self._nodes)}',)
        self._nodes.append(self._onnx.helper.make_node(
            op, inputs, outputs, outputs[0], **attributes))
        return outputs[0]

    def constant(self, name: str, array: Any) -> str:
        """Adds a constant beside the weights; returns its name."""
        self._constants[name] = np.asarray(array)
        return name

    def convolution(self, h: str, filters: str, ksize: int, stride: int, pad: int, op: str = 'Conv',
                    bias: tuple[str, ...] = (), group: int = 1, **attributes: Any) -> str:
        """Adds a convolution by filters of ``ksize`` x ``ksize``; they and any bias are constants.
        """
        place = filters.rpartition('/')[0]
        in_int8 = place in self._ranges
        if in_int8:
            h = self._rounded(h, place + '/x', *self._ranges[place])
            filters = self._int8(filters)
        h = self.node(op, h, filters, *bias, kernel_shape=[ksize] * 2, strides=[stride] * 2,
                      pads=[pad] * 4, group=group, **attributes)
        return self._rounded(h, place + '/y', -128, 127) if in_int8 else h

    def _rounded(self, h, name, low, high):
        """Adds the rounding of a picture to 256 steps from ``low`` to ``high``."""
        scale = max(high - low, 1e-6) / 255
        steps = (self.constant(name + '_scale', np.float32(scale)),
                 self.constant(name + '_zero', np.uint8(round(-low / scale))))
        return self.node('DequantizeLinear', self.node('QuantizeLinear', h, *steps), *steps)

    def _int8(self, filters):
        """Adds filters that are stored as int8, with a scale for each channel that comes out."""
        W = self.weights[filters]
        scale = np.maximum(abs(W).max(axis=(1, 2, 3)) / _FILTERS, np.float32(1e-12))
        W = np.round(W / scale[:, None, None, None]).astype(np.int8)
        return self.node('DequantizeLinear', self.constant(filters + '_int8', W),
                         self.constant(filters + '_scale', scale), axis=0)

    def translator(self, h: str, last: Optional[Callable[[str], str]] = None) -> str:
        """Adds what follows a generator's first convolution, whose output is h, (batch, conv_dim,
        height, width). ``last``: from the name of the last convolution's input to that of its
        output, (batch, 3 or 4, height, width); None: that convolution as it is."""
        main = self.network.layers()['main']
        end = self.last_convolution
        h = self.sequence(h, main[1:end], 'main', start=1)
        h = self.sequence(h, main[end:end + 1], 'main', end) if last is None else last(h)
        if self.network.label_is_map:
            return self.sequence(h, main[end + 1:], 'main', end + 1)
        return self.blended('x', h)

    @property
    def last_convolution(self) -> int:
        """The number of a generator's last convolution."""
        return len(self.network.layers()['main']) - (2 if self.network.label_is_map else 1)

    def model(self, y: str, inputs: dict[str, tuple[Any, tuple]], channels: int = 3,
              meta: Optional[dict[str, str]] = None, doc_string: Optional[str] = None,
              half: bool = False) -> Any:
        """Makes a model (onnx.ModelProto) of all nodes, with one output, which is named ``y``.

        Args:
            y: The output of the last node, (batch, channels, height, width).
            inputs: The names to ``(dtype, shape)``, where a dimension that is open has a name.
            channels: Of the output.
            meta: The model's metadata.
            doc_string: What it does.
            half: Whether the weights are stored as float16, in half the bytes; they are cast to
                float32 when the model is opened.
        """
        helper = self._onnx.helper

        def value(name, dtype, shape):
            return helper.make_tensor_value_info(
                name, helper.np_dtype_to_tensor_dtype(np.dtype(dtype)), shape)

        assert self._nodes[-1].output[0] == y
        self._nodes[-1].output[0] = 'y'
        used = {name for node in self._nodes for name in node.input}
        arrays = {name: array for name, array in {**self._constants, **self.weights}.items()
                  if name in used}
        casts = []
        for name in [name for name in self.weights if half and name in used]:
            arrays[name + '_half'] = arrays.pop(name).astype(np.float16)
            casts.append(helper.make_node('Cast', [name + '_half'], [name], 'cast_' + name,
                                          to=self._onnx.TensorProto.FLOAT))
        graph = helper.make_graph(
            casts + self._nodes, self.network.kind,
            [value(name, *described) for name, described in inputs.items()],
            [value('y', np.float32, ('batch', channels, 'height', 'width'))],
            [self._onnx.numpy_helper.from_array(array, name) for name, array in arrays.items()],
            doc_string=doc_string)
        model = helper.make_model(graph, ir_version=IR_VERSION, producer_name='chainer_foodgan',
                                  opset_imports=[helper.make_opsetid('', OPSET)])
        helper.set_model_props(model, meta or {})
        return model

    def _conv(self, h, layer, place):
        return self.convolution(h, place + '/W', layer.ksize, layer.stride, layer.pad, 'Conv',
                                (place + '/b',) * layer.bias, group=layer.groups)

    def _deconv(self, h, layer, place):
        return self.convolution(h, place + '/W', layer.ksize, layer.stride, layer.pad,
                                'ConvTranspose', (place + '/b',) * layer.bias,
                                output_padding=[layer.extra] * 2)

    def _instancenorm(self, h, layer, place):
        scale, shift = place + '/gamma', place + '/beta'
        if layer.c_dim is None:
            return self.node('InstanceNormalization', h, scale, shift, epsilon=EPS)
        pixels = self.constant('axes_of_pixels', [2, 3])
        h = self.node('InstanceNormalization', h, *(
            self.constant(f'{name}_{layer.channels}', np.full(layer.channels, value, np.float32))
            for name, value in (('ones', 1), ('zeros', 0))), epsilon=EPS)
        # One photo becomes many dishes here: a single sample broadcasts to all labels.
        scale, shift = (self.node('Unsqueeze', self.node('MatMul', 'c', name), pixels)
                        for name in (scale, shift))
        return self.node('Add', self.node('Mul', h, scale), shift)

    def _op(self, name, *inputs):
        return self.node(name.title(), *inputs, **({'axis': 1} if name == 'concat' else {}))

    def _split(self, h):
        parts = self.constant('picture_and_mask', np.array([3, 1]))
        self.node('Split', h, parts, outputs=('picture', 'mask'), axis=1)
        return 'picture', 'mask'

    def _batchnorm(self, h, layer, place):
        return self.node('BatchNormalization', h, *(
            f'{place}/{leaf}' for leaf in ('gamma', 'beta', 'avg_mean', 'avg_var')), epsilon=EPS)

    def _activation(self, h, layer, place):
        attributes = {'alpha': layer.slope} if layer.name == 'leaky_relu' else {}
        return self.node(_ACTIVATIONS[layer.name], h, **attributes)
