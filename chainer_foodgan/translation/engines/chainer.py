"""A network computed by Chainer, on any of its devices."""

from __future__ import annotations

from typing import Any, Optional

import numpy as np

from chainer_foodgan import kernels
from chainer_foodgan.weights import NetworkWeights

import chainer


class Engine:
    """See :mod:`chainer_foodgan.translation.engines`.

    Args:
        weights (NetworkWeights or chainer.Link): A link is computed as it is at every call.
        device: What ``chainer.get_device`` takes, such as ``'@cupy:0'``; a link is moved there.
            None: the CPU, or wherever the link is.

    Raises:
        FoodganError: There is no such device.
    """

    name = 'chainer ' + chainer.__version__

    def __init__(self, weights: Any, device: Any = None):
        self.gen = weights.link() if isinstance(weights, NetworkWeights) else weights
        if device is not None:
            kernels.to_device(self.gen, device)

    def __call__(self, x: np.ndarray, c: Optional[np.ndarray] = None) -> np.ndarray:
        if c is not None:
            x = np.broadcast_to(x, (len(c), *x.shape[1:]))
        return kernels.see(self.gen, self.gen, *(
            np.ascontiguousarray(array) for array in (x, c) if array is not None))
