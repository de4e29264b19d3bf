"""A network computed by ONNX Runtime (the extra ``onnxruntime``)."""

from __future__ import annotations

import os
from typing import Optional

import numpy as np
import onnx
import onnxruntime

from chainer_foodgan.translation.engines import Worker
from chainer_foodgan.translation.engines.program import make_program
from chainer_foodgan.weights import NetworkWeights


class Engine:
    """See :mod:`chainer_foodgan.translation.engines`.

    Args:
        weights (NetworkWeights): What it computes.
        precision (str): ``'float32'`` or ``'int8'``; the weights say what is in eight bits.
    """

    name = 'onnxruntime ' + onnxruntime.__version__

    def __init__(self, weights: NetworkWeights, precision: str = 'float32'):
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
        options = onnxruntime.RunOptions()
        y, = self._worker(
            lambda: self._session.run(['y'], self._inputs(x, c), options),
            lambda: setattr(options, 'terminate', True))
        return y
