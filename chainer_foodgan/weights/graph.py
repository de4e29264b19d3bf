"""A generator's layers as nodes of an ONNX graph, by the library of that name, without PyTorch."""

import numpy as np

from chainer_foodgan.weights.naming import renamed_for_pytorch

#: ONNX Runtime takes these from 1.12 on, OpenVINO and ONNX Runtime Web since about then (2022).
OPSET, IR_VERSION = 17, 8


class Graph:
    """Nodes and constants of a generator.

    How the label joins the photo, and how the last convolution is computed, is the caller's: see
    :meth:`finish`.

    Args:
        onnx (module): The library.
        arrays (dict): A generator's arrays under Chainer's keys.
        repeat_num (int): How many residual blocks it has.

    Attributes:
        weights (dict): PyTorch's keys to the arrays as float32.
    """

    def __init__(self, onnx, arrays, repeat_num):
        self._onnx, self._repeat_num = onnx, repeat_num
        self.weights = {key: np.asarray(array, np.float32, order='C')
                        for key, array in renamed_for_pytorch(arrays).items()}
        self._nodes, self._constants = [], {}

    @property
    def last(self):
        """The name of the last convolution, ``'main.21'`` with six blocks."""
        return 'main.{}'.format(15 + self._repeat_num)

    def node(self, op, *inputs, output=None, **attributes):
        """Adds a node; returns the name of its output."""
        output = output or '{}_{}'.format(op, len(self._nodes))
        self._nodes.append(self._onnx.helper.make_node(op, inputs, [output], output, **attributes))
        return output

    def constant(self, name, array):
        """Adds a constant beside the weights; returns its name."""
        self._constants[name] = np.asarray(array)
        return name

    def convolution(self, h, filters, ksize, stride, pad, op='Conv'):
        """Adds a convolution by filters of ``ksize`` x ``ksize``, which are a constant."""
        return self.node(op, h, filters, kernel_shape=[ksize] * 2, strides=[stride] * 2,
                         pads=[pad] * 4)

    def finish(self, h, inputs, last, meta=None, doc_string=None):
        """Adds what follows the first convolution, and makes a model of all.

        Args:
            h (str): The output of the first convolution, (batch, conv_dim, height, width).
            inputs (dict): The inputs' names to ``(dtype, shape)``, where a dimension that is open
                has a name.
            last (callable): From the name of the last convolution's input, (batch, conv_dim,
                height, width), to that of its output, (batch, 3, height, width).
            meta (dict): The model's metadata; strings.
            doc_string (str): What it does.

        Returns:
            onnx.ModelProto: With one output ``y``, (batch, 3, height, width).
        """
        repeat_num = self._repeat_num
        h = self.node('Relu', self._norm(h, 'main.1'))
        for index in (3, 6):
            h = self.node('Relu', self._normalised(h, 'main.', index, 4, 2, 1))
        for index in range(9, 9 + repeat_num):
            place = 'main.{}.main.'.format(index)
            branch = self.node('Relu', self._normalised(h, place, 0, 3, 1, 1))
            h = self.node('Add', h, self._normalised(branch, place, 3, 3, 1, 1))
        for index in (9 + repeat_num, 12 + repeat_num):
            h = self.node('Relu', self._normalised(h, 'main.', index, 4, 2, 1, 'ConvTranspose'))
        self.node('Tanh', last(h), output='y')
        return self._model({'y': (np.float32, ('batch', 3, 'height', 'width'))}, inputs, meta or {},
                           doc_string)

    def _normalised(self, h, place, index, *geometry):
        h = self.convolution(h, '{}{}.weight'.format(place, index), *geometry)
        return self._norm(h, place + str(index + 1))

    def _norm(self, h, key):
        return self.node('InstanceNormalization', h, key + '.weight', key + '.bias', epsilon=1e-5)

    def _model(self, outputs, inputs, meta, doc_string):
        helper = self._onnx.helper

        def values(named):
            return [helper.make_tensor_value_info(
                name, helper.np_dtype_to_tensor_dtype(np.dtype(dtype)), shape)
                for name, (dtype, shape) in named.items()]

        used = {name for node in self._nodes for name in node.input}
        graph = helper.make_graph(
            self._nodes, 'generator', values(inputs), values(outputs),
            [self._onnx.numpy_helper.from_array(array, name)
             for name, array in {**self._constants, **self.weights}.items() if name in used],
            doc_string=doc_string)
        model = helper.make_model(graph, ir_version=IR_VERSION, producer_name='chainer_foodgan',
                                  opset_imports=[helper.make_opsetid('', OPSET)])
        helper.set_model_props(model, meta)
        return model
