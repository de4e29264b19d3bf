"""A generator's layers as nodes of an ONNX graph, by the library of that name, without PyTorch."""

import numpy as np

from chainer_foodgan.weights.naming import renamed_for_pytorch

#: ONNX Runtime takes these from 1.12 on, OpenVINO and ONNX Runtime Web since about then (2022).
OPSET, IR_VERSION = 17, 8


class Graph:
    """Nodes and constants of a generator.

    How the first and the last convolution are computed is the caller's, and with the first, how
    the label joins the photo: see :meth:`finish`.

    Args:
        onnx (module): The library.
        arrays (dict): A generator's arrays under Chainer's keys.
        network (Network): What it is: the released generator, or a conditional one.

    Attributes:
        network (Network): As given.
        weights (dict): PyTorch's keys to the arrays as float32.
    """

    def __init__(self, onnx, arrays, network):
        self._onnx, self.network = onnx, network
        self._repeat_num = network.sizes['repeat_num']
        self._conditional = network.kind == 'conditional_generator'
        self.weights = {key: np.asarray(array, np.float32, order='C')
                        for key, array in renamed_for_pytorch(arrays).items()}
        self._nodes, self._constants = [], {}

    @property
    def last(self):
        """The name of the last convolution, ``'main.21'`` with six blocks."""
        return 'main.{}'.format(15 + self._repeat_num)

    def last_bias(self):
        """The name of the last convolution's bias, in a tuple that is empty where it has none."""
        return (self.last + '.bias',) * (self.last + '.bias' in self.weights)

    def node(self, op, *inputs, output=None, **attributes):
        """Adds a node; returns the name of its output."""
        output = output or '{}_{}'.format(op, len(self._nodes))
        self._nodes.append(self._onnx.helper.make_node(op, inputs, [output], output, **attributes))
        return output

    def constant(self, name, array):
        """Adds a constant beside the weights; returns its name."""
        self._constants[name] = np.asarray(array)
        return name

    def convolution(self, h, filters, ksize, stride, pad, op='Conv', bias=(), group=1):
        """Adds a convolution by filters of ``ksize`` x ``ksize``; they and any bias are constants.
        """
        return self.node(op, h, filters, *bias, kernel_shape=[ksize] * 2, strides=[stride] * 2,
                         pads=[pad] * 4, group=group)

    def finish(self, h, inputs, last, meta=None, doc_string=None):
        """Adds what follows the first convolution, and makes a model of all.

        Args:
            h (str): The output of the first convolution, (batch, conv_dim, height, width).
            inputs (dict): The inputs' names to ``(dtype, shape)``, where a dimension that is open
                has a name.
            last (callable): From the name of the last convolution's input, (batch, conv_dim,
                height, width), to that of its output, (batch, 3 or 4, height, width).
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
        if self._conditional:
            self._blended(last(h))
        else:
            self.node('Tanh', last(h), output='y')
        return self._model({'y': (np.float32, ('batch', 3, 'height', 'width'))}, inputs, meta or {},
                           doc_string)

    def _normalised(self, h, place, index, *geometry):
        key = place + str(index)
        if key + '.depth.weight' in self.weights:
            h = self.convolution(h, key + '.depth.weight', *geometry,
                                 group=len(self.weights[key + '.depth.weight']))
            h = self.convolution(h, key + '.point.weight', 1, 1, 0)
        else:
            h = self.convolution(h, key + '.weight', *geometry)
        return self._norm(h, place + str(index + 1))

    def _norm(self, h, key):
        scale, shift = key + '.weight', key + '.bias'
        if not self._conditional:
            return self.node('InstanceNormalization', h, scale, shift, epsilon=1e-5)
        channels = self.weights[scale].shape[1]
        pixels = self.constant('axes_of_pixels', [2, 3])
        h = self.node('InstanceNormalization', h, *(
            self.constant('{}_{}'.format(name, channels), np.full(channels, value, np.float32))
            for name, value in (('ones', 1), ('zeros', 0))), epsilon=1e-5)
        # One photo becomes many dishes here: a single sample broadcasts to all labels.
        scale, shift = (self.node('Unsqueeze', self.node('MatMul', 'c', name), pixels)
                        for name in (scale, shift))
        return self.node('Add', self.node('Mul', h, scale), shift)

    def _blended(self, h):
        """The photo, as far as the mask says the picture, both of which are the channels of h."""
        parts = self.constant('picture_and_mask', np.array([3, 1]))
        self._nodes.append(self._onnx.helper.make_node(
            'Split', [h, parts], ['picture', 'mask'], 'split', axis=1))
        change = self.node('Sub', self.node('Tanh', 'picture'), 'x')
        self.node('Add', 'x', self.node('Mul', self.node('Sigmoid', 'mask'), change), output='y')

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
