"""What computes a generator: Chainer, ONNX Runtime or OpenVINO.

An engine is made of a generator and called with photos and labels:

=====  ==================  ======================================================================
``x``  (B, 3, H, W)        photos, float32 in [-1, 1]; H and W are multiples of 4
``c``  (N, c_dim)          label vectors, float32; B is N, or 1: one photo for all of the labels
``y``  (N, 3, H, W)        what the call returns: translations, float32 in [-1, 1]
=====  ==================  ======================================================================

Where memory does not suffice, the library's own error comes out (see :func:`out_of_memory`), and
the engine goes on working. ``name`` says what computes: ``'openvino 2026.4.1'``. Apart from
Chainer's, an engine imports neither Chainer nor PyTorch.
"""

from __future__ import annotations

import importlib
import sys
import types
from typing import Any

from chainer_foodgan.errors import FoodganError, nearest
from chainer_foodgan.weights import NetworkWeights

__all__ = ['BACKENDS', 'LIBRARIES', 'PRECISIONS', 'choose', 'library', 'make', 'out_of_memory']

#: The names of the engines, the fastest first, and the libraries that each of them needs.
LIBRARIES = {'openvino': ('openvino', 'onnx'), 'onnxruntime': ('onnxruntime', 'onnx'),
             'chainer': ('chainer',)}

BACKENDS = ('auto', *LIBRARIES)

#: Names of precisions, and the engines that compute in them.
PRECISIONS = {'float32': tuple(LIBRARIES), 'bf16': ('openvino',),
              'int8': ('openvino', 'onnxruntime')}


def choose(backend: str = 'auto', precision: str = 'float32', link: bool = False) -> str:
    """Says which engine computes (a key of :data:`LIBRARIES`).

    ``'auto'`` of :data:`BACKENDS` is the fastest that can be imported and computes in the
    precision; but Chainer, where there is a ``link``, whose weights may change, or a device that
    only Chainer knows. A FoodganError says that there is no such backend or precision, its library
    cannot be imported, or the two do not go together.
    """
    for value, values, noun in (backend, BACKENDS, 'backend'), (precision, PRECISIONS, 'precision'):
        if value not in values:
            raise FoodganError(f'{value}: no such {noun}; {nearest(value, values)}')
    if backend == 'auto' and link:
        backend = 'chainer'
    able = PRECISIONS[precision]
    if backend == 'auto':
        found = next((name for name in able if name == 'chainer' or _fault(name) is None), None)
        if found is not None:
            return found
        backend = able[0]
    if backend not in able:
        raise FoodganError(f'{precision}: {backend} computes in float32; take the backend '
                           f'{" or ".join(able)}, or leave the precision out')
    fault = _fault(backend)
    if fault is not None:
        raise FoodganError('{}: the backend cannot be used ({}); pip install {}'.format(
            backend, ' '.join(str(fault).split()), ' '.join(LIBRARIES[backend])))
    return backend


def make(name: str, weights: Any, precision: str = 'float32', device: Any = None) -> Any:
    """Makes an engine.

    Args:
        name: What :func:`choose` returned.
        weights (NetworkWeights or chainer.Link): What it computes: a generator, or the network of
            a mask. Chainer's engine computes a link as it is at every call, the others as it is
            now.
        precision: As :func:`choose` took it. For ``'int8'``, weights that are in floating point
            are calibrated by the photos that ship.
        device: What ``chainer.get_device`` takes; for Chainer alone.

    Raises:
        FoodganError: The processor lacks the precision, there is no such device, or the engine
            cannot compute a link of this kind.
    """
    from chainer_foodgan.translation.engines.runtimes import Chainer, OnnxRuntime, OpenVino

    if name == 'chainer':
        return Chainer(weights, device)
    if device is not None:
        raise FoodganError(f'{device}: {name} computes on the processor; leave the device or the '
                           'backend out')
    if not isinstance(weights, NetworkWeights):
        weights = NetworkWeights.of(weights)
    network = weights.network
    if network is None or not (network.translates_by_onnx or network.finds_food):
        raise FoodganError(f'{name}: computes the released generator and conditional ones; take '
                           'the backend chainer')
    if precision == 'int8' and weights.ranges is None:
        from chainer_foodgan.translation import quantizing

        weights = quantizing.kept(weights)
    return {'onnxruntime': OnnxRuntime, 'openvino': OpenVino}[name](weights, precision)


def library(name: str) -> types.ModuleType:
    """Imports a library. Importing OpenVINO reports that to its maker over the network, unless
    ``openvino_telemetry`` cannot be imported. For that moment it cannot.
    """
    telemetry = 'openvino_telemetry'
    hidden = name == 'openvino' and telemetry not in sys.modules
    if hidden:
        sys.modules[telemetry] = None
    try:
        return importlib.import_module(name)
    finally:
        if hidden:
            del sys.modules[telemetry]


def out_of_memory(error: BaseException) -> bool:
    """Whether an exception says that memory does not suffice; libraries say it in words alone."""
    return isinstance(error, MemoryError) or 'memory' in str(error) or 'bad_alloc' in str(error)


def _fault(name):
    """Why the libraries of an engine cannot be imported (Exception); None where they can."""
    try:
        for needed in LIBRARIES[name]:
            library(needed)
    except Exception as error:  # a library that does not fit its Python or NumPy fails in any way
        return error
    return None
