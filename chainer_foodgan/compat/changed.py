"""What Chainer and ChainerCV do wrong: some of it ever since, some since NumPy or SciPy changed.

Each function here looks first whether its defect is there and changes nothing where it isn't. It
runs after the module in which it replaces something (:data:`AFTER`).
"""

import functools
import sys
import types


def deconvolution_2d_backward():
    """``Deconvolution2DFunction.backward`` calls ``_set_cover_all(x, W)`` where shapes are due.

    Every 7.x: deconvolution_2d.py, on the path where W alone needs a gradient. That is where the
    gradient penalty of WGAN-GP takes the last convolutions of a critic.
    """
    import numpy
    cls = sys.modules['chainer.functions.connection.deconvolution_2d'].Deconvolution2DFunction
    set_cover_all = cls._set_cover_all
    try:
        set_cover_all(cls(outsize=(2, 2)), *2 * [numpy.empty((1, 1, 2, 2))])
    except ValueError:
        cls._set_cover_all = lambda self, x, W: set_cover_all(
            self, getattr(x, 'shape', x), getattr(W, 'shape', W))


def group_normalization_second_derivative():
    """``_ScaleShiftGrad.backward`` takes a gradient that is None for an array.

    Every 7.x: where nothing used the first derivatives of the scale and the shift, as in the
    gradient penalty of a critic with instance normalisation.
    """
    import numpy
    cls = sys.modules['chainer.functions.normalization.group_normalization']._ScaleShiftGrad
    backward = cls.backward
    ones = numpy.ones((1, 1))
    inputs = types.SimpleNamespace(get_retained_inputs=lambda: (ones, ones[0], ones))
    try:
        backward(inputs, (0,), (ones, None, None))
    except TypeError:
        def _backward(self, indexes, grad_outputs):
            x_hat, gamma, _ = self.get_retained_inputs()
            return backward(self, indexes, tuple(
                0 * array if grad is None else grad
                for grad, array in zip(grad_outputs, (x_hat, gamma, gamma))))

        cls.backward = _backward


def mean_of_strided_gradients():
    """ChainerMN averages a copy of a gradient that is not contiguous, and drops it.

    Every 7.x: ``array_to_buffer_object`` hands MPI a contiguous copy to write the sum into. The
    gradient of a transposed parameter is such a one: with ``naive``, every rank goes on with its
    own.
    """
    import numpy

    import chainer
    cls = sys.modules['chainermn.communicators.mpi_communicator_base'].MpiCommunicatorBase
    multi_node_mean = cls._multi_node_mean
    mpi = types.SimpleNamespace(size=1, Allreduce=lambda sent, received: received.fill(1))
    strided = numpy.zeros((2, 2)).T
    with chainer.using_config('debug', False):
        multi_node_mean(types.SimpleNamespace(mpi_comm=mpi), None, strided)
    if strided.all():
        return

    def _multi_node_mean(self, sendbuf, recvbuf):
        contiguous = recvbuf if recvbuf.flags.c_contiguous else recvbuf.copy(order='C')
        multi_node_mean(self, sendbuf, contiguous)
        if contiguous is not recvbuf:
            recvbuf[...] = contiguous

    cls._multi_node_mean = _multi_node_mean


def unpack_params_of_another_dtype():
    """ChainerMN's ``unpack_params`` asks for an array of another dtype without a copy.

    Up to NumPy 1 and CuPy 13 ``copy=False`` meant a copy where there has to be one.
    """
    module = sys.modules['chainermn.communicators._memory_utility']

    def unpack_params(params, attr_name, buffer, transfer_dtype, zero_fill, stream=None):
        offset = 0
        for param in params:
            array = getattr(param, attr_name)
            if array is None and zero_fill and attr_name == 'grad':
                array = param.xp.empty_like(param.array)
                setattr(param, attr_name, array)
            received = array.astype(transfer_dtype, copy=False)
            buffer.to_device(received, received.nbytes, offset, stream)
            offset += received.nbytes
            if received is not array:
                array[...] = received

    module.unpack_params = unpack_params


def categorical_log_prob():
    """``Categorical.log_prob`` adds a list to ``numpy.meshgrid(...)``, since NumPy 2 a tuple."""
    import numpy

    import chainer
    if isinstance(numpy.meshgrid(0), list):
        return

    def log_prob(self, x):
        x = x.array if isinstance(x, chainer.Variable) else x
        grid = numpy.meshgrid(*map(range, self.batch_shape), indexing='ij')
        return self.log_p[tuple(grid) + (x.astype(numpy.int32),)]

    sys.modules['chainer.distributions.categorical'].Categorical.log_prob = log_prob


def _stored(padding, dtype):
    """Padding as an integer array takes it: modulo two to the power of its bits, as ever."""
    import numpy
    return numpy.asarray(padding).astype(dtype) if numpy.dtype(dtype).kind in 'iu' else padding


def _overflows(write):
    """Whether NumPy raises where a function writes -1 into an unsigned array."""
    try:
        write()
    except OverflowError:
        return True
    return False


def pad_sequence_of_unsigned():
    """``F.pad_sequence`` assigns a padding of -1 to arrays of any type; NumPy 2.0 refuses it."""
    import numpy
    cls = sys.modules['chainer.functions.array.pad_sequence'].PadSequence
    if _overflows(lambda: numpy.zeros(1, numpy.uint8).__setitem__(..., -1)):
        forward = cls.forward

        @functools.wraps(forward)
        def _forward(self, xs):
            self.padding = _stored(self.padding, xs[0].dtype)
            return forward(self, xs)

        cls.forward = _forward


def concat_examples_of_unsigned():
    """``concat_examples`` does so by ``numpy.full``, which refuses it since NumPy 2.1."""
    import numpy
    module = sys.modules['chainer.dataset.convert']
    if _overflows(lambda: numpy.full(1, -1, numpy.uint8)):
        concat = module._concat_arrays_with_padding
        module._concat_arrays_with_padding = lambda arrays, padding: concat(
            arrays, _stored(padding, arrays[0].dtype))


def debug_print_device():
    """``Variable.debug_print`` takes ``array.device`` for CuPy's; NumPy 2 has one, ``'cpu'``.

    Without it, the text says CPU.
    """
    import numpy
    cls = sys.modules['chainer.variable'].Variable
    if hasattr(numpy.ndarray, 'device'):
        debug_print = cls.debug_print

        @functools.wraps(debug_print)
        def _debug_print(self):
            return debug_print(self).replace('\n- device: cpu\n', '\n- device: CPU\n')

        cls.debug_print = _debug_print


def sparse_matmul_of_float16():
    """SciPy's sparse matrices no longer take float16, in which ``F.sparse_matmul`` hands it any.

    It is computed in float32, as SciPy did of old and Chainer does on a GPU.
    """
    import numpy
    module = sys.modules['chainer.functions.math.sparse_matmul']
    matmul = module._coo_matmul_cpu
    if not module._scipy_available:
        return
    one, index = numpy.ones((1, 1), numpy.float16), numpy.zeros(1, int)
    try:
        matmul(one[0], index, index, (1, 1), one, one.dtype)
    except ValueError:
        def single(array):
            return array.astype(numpy.float32) if array.dtype == numpy.float16 else array

        module._coo_matmul_cpu = lambda data, row, col, shape, dense, dtype: matmul(
            single(data), row, col, shape, single(dense), dtype)


def fpn_stack_of_generator():
    """ChainerCV's losses of FPN hand ``hstack`` a generator, which NumPy no longer takes.

    ``bbox_head_loss_pre`` and ``mask_head_loss_pre`` ask ``cuda`` of their module for NumPy or
    CuPy; here they get it with an ``hstack`` that makes a list first.
    """
    import numpy

    from chainer.backends import cuda

    class Lists:
        def __init__(self, xp):
            self._xp = xp

        def __getattr__(self, name):
            return getattr(self._xp, name)

        def hstack(self, arrays):
            return self._xp.hstack(list(arrays))

    try:
        numpy.hstack(array for array in numpy.ones((1, 1)))
    except TypeError:
        for name in FPN:
            module = sys.modules.get(name)
            if isinstance(getattr(module, 'cuda', None), types.ModuleType):
                module.cuda = types.SimpleNamespace(**dict(
                    vars(cuda), get_array_module=lambda *arrays: Lists(
                        cuda.get_array_module(*arrays))))


FPN = ('chainercv.links.model.fpn.bbox_head', 'chainercv.links.model.fpn.mask_head')

AFTER = {
    'chainer.dataset.convert': [concat_examples_of_unsigned],
    'chainer.distributions.categorical': [categorical_log_prob],
    'chainer.functions.array.pad_sequence': [pad_sequence_of_unsigned],
    'chainer.functions.connection.deconvolution_2d': [deconvolution_2d_backward],
    'chainer.functions.math.sparse_matmul': [sparse_matmul_of_float16],
    'chainer.functions.normalization.group_normalization': [group_normalization_second_derivative],
    'chainer.variable': [debug_print_device],
    'chainermn.communicators._memory_utility': [unpack_params_of_another_dtype],
    'chainermn.communicators.mpi_communicator_base': [mean_of_strided_gradients],
    **{name: [fpn_stack_of_generator] for name in FPN},
}
