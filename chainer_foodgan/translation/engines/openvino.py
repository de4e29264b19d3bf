"""A network computed by OpenVINO (the extra ``openvino``)."""

from __future__ import annotations

from typing import Optional

import numpy as np
import onnx

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.translation.engines import Worker, library
from chainer_foodgan.translation.engines.program import make_program
from chainer_foodgan.weights import NetworkWeights

openvino = library('openvino')

# OpenVINO keeps a megabyte or more for every size that a program has met. Compiling it again, a
# tenth of a second, frees them.
_SIZES = 8


class Engine:
    """See :mod:`chainer_foodgan.translation.engines`.

    Args:
        weights (NetworkWeights): What it computes.
        precision (str): ``'bf16'``: convolutions round what they multiply to bfloat16; for any
            other, what is not in eight bits is computed in float32.

    Raises:
        FoodganError: The processor has no bfloat16.
    """

    name = 'openvino ' + openvino.__version__.split('-')[0]

    def __init__(self, weights: NetworkWeights, precision: str = 'float32'):
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
