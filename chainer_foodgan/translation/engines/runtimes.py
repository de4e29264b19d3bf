"""The engines; each imports its library when it is made."""

from __future__ import annotations

import concurrent.futures
import os
from typing import Any, Callable, Optional

import numpy as np

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.translation.engines import library
from chainer_foodgan.translation.engines.program import make_program
from chainer_foodgan.weights import NetworkWeights

__all__ = ['Chainer', 'OnnxRuntime', 'OpenVino', 'Worker']

# OpenVINO keeps a megabyte or more for every size that a program has met. Compiling it again, a
# tenth of a second, frees them.
_SIZES = 8


class Worker:
    """Computes one thing at a time, on a thread of its own, so that Ctrl-C ends the wait.

    Python notices it between two lines, not within one of a library.
    """

    def __init__(self):
        self._pool = concurrent.futures.ThreadPoolExecutor(1)

    def __call__(self, compute: Callable[[], Any], cancel: Callable[[], None]) -> Any:
        """What ``compute`` returns, which is called on the thread. Where the wait is interrupted,
        ``cancel`` is called; ``compute`` has to end soon after it.
        """
        try:
            future = self._pool.submit(compute)
            # A wait without end would sleep through a signal that comes just before it.
            while not future.done():
                concurrent.futures.wait([future], 0.1)
            return future.result()
        except KeyboardInterrupt:
            cancel()
            raise


class Chainer:
    """A network computed by Chainer, on any of its devices; a link is computed as it is at every
    call, and moved to a device that is named. A FoodganError where there is no such device.
    """

    def __init__(self, weights: Any, device: Any = None):
        from chainer_foodgan import kernels

        import chainer

        self.name, self._see = 'chainer ' + chainer.__version__, kernels.see
        self.gen = weights.link() if isinstance(weights, NetworkWeights) else weights
        if device is not None:
            kernels.to_device(self.gen, device)

    def __call__(self, x: np.ndarray, c: Optional[np.ndarray] = None) -> np.ndarray:
        if c is not None:
            x = np.broadcast_to(x, (len(c), *x.shape[1:]))
        return self._see(self.gen, self.gen, *(
            np.ascontiguousarray(array) for array in (x, c) if array is not None))


class OnnxRuntime:
    """A network computed by ONNX Runtime; the weights say what is in eight bits."""

    def __init__(self, weights: NetworkWeights, precision: str = 'float32'):
        import onnx
        import onnxruntime

        self.name = 'onnxruntime ' + onnxruntime.__version__
        self._run_options = onnxruntime.RunOptions
        data, self._inputs = make_program(
            onnx, weights.network, weights.arrays, weights.ranges)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4  # what goes wrong is raised; it need not be printed, too
        # By itself it takes all cores of the machine, those too that the process is kept off.
        if hasattr(os, 'sched_getaffinity') and len(os.sched_getaffinity(0)) < os.cpu_count():
            options.intra_op_num_threads = len(os.sched_getaffinity(0))
        self._session = onnxruntime.InferenceSession(data, options, ['CPUExecutionProvider'])
        self._worker = Worker()

    def __call__(self, x: np.ndarray, c: Optional[np.ndarray] = None) -> np.ndarray:
        options = self._run_options()
        y, = self._worker(
            lambda: self._session.run(['y'], self._inputs(x, c), options),
            lambda: setattr(options, 'terminate', True))
        return y


class OpenVino:
    """A network computed by OpenVINO (the extra ``openvino``). With the precision ``'bf16'``
    convolutions round what they multiply to bfloat16 (a FoodganError where the processor has none);
    with any other, what is not in eight bits is computed in float32.
    """

    def __init__(self, weights: NetworkWeights, precision: str = 'float32'):
        import onnx

        openvino = library('openvino')
        self.name = 'openvino ' + openvino.__version__.split('-')[0]
        self._core = openvino.Core()
        if precision == 'bf16' and 'BF16' not in self._core.get_property(
                'CPU', 'OPTIMIZATION_CAPABILITIES'):
            raise FoodganError('bf16: this processor does not compute in it; leave the precision '
                               'out')
        # Without a hint OpenVINO computes in bfloat16 wherever it can.
        self._options = {'PERFORMANCE_HINT': 'LATENCY', 'INFERENCE_PRECISION_HINT':
                         'bf16' if precision == 'bf16' else 'f32'}
        data, self._inputs = make_program(
            onnx, weights.network, weights.arrays, weights.ranges)
        self._model = self._core.read_model(data)
        self._request, self._sizes, self._worker = None, set(), Worker()

    def __call__(self, x: np.ndarray, c: Optional[np.ndarray] = None) -> np.ndarray:
        return self._worker(lambda: self._compute(x, c), self._cancel)

    def _compute(self, x, c):
        size = x.shape, c is not None and len(c)
        if size not in self._sizes and len(self._sizes) == _SIZES:
            self._request = None
        try:
            if self._request is None:
                self._sizes.clear()
                self._request = self._core.compile_model(
                    self._model, 'CPU', self._options).create_infer_request()
            self._sizes.add(size)
            return self._request.infer(self._inputs(x, c))['y']
        except Exception:
            self._request = None  # after a failure it would go on failing
            raise

    def _cancel(self):
        request = self._request
        if request is not None:
            request.cancel()
