"""A double of CuPy for machines without a GPU: ``pytest -p cupy_double`` from this folder's path.

Its arrays are NumPy arrays in a box that nobody opens but by ``get``: NumPy's functions refuse
them, they refuse NumPy's arrays and those of another device. Chainer's functions are run twice: by
their code for GPUs, whose kernels compute nothing and are noted down (``modules.LAUNCHES``), and
by their twins for the processor on what is in the boxes, which gives the numbers. Code of this
package is run once, as it is; PyTorch's CUDA tensors are doubled too.

It shows what is run on which device, and nothing of speed, memory and rounding on a GPU.
"""

import importlib.util
import json
import os

from cupy_double import modules, tensors, twins

modules.plant()
if importlib.util.find_spec('torch'):
    tensors.double_torch()
twins.double_chainer()


def pytest_unconfigure():
    """Writes the kernels down."""
    if 'CUPY_DOUBLE_LAUNCHES' in os.environ:
        with open(os.environ['CUPY_DOUBLE_LAUNCHES'], 'w', encoding='utf-8') as file:
            json.dump(list(modules.LAUNCHES.values()), file)
