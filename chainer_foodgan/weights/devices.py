"""What the formats for phones, ``.tflite`` and ``.mlpackage``, have in common."""

from __future__ import annotations

import importlib
import os
import types
from typing import Any, Optional, Union

import numpy as np

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.links.recognising import Network, recognise
from chainer_foodgan.weights import checks

__all__ = ['checked', 'library', 'texts']

_USUAL, _LARGEST = 256, 4096  # sides of photos in pixels; the first is the paper's


def checked(path: Union[str, os.PathLike], arrays: dict[str, np.ndarray], meta: dict[str, Any],
            size: Optional[int]) -> tuple[Network, int]:
    """The network of arrays and the side of its square photos in pixels: that which is given, that
    of the training, or 256. A FoodganError says that it has no form for phones, or that the size
    does not suit it.
    """
    network = recognise(arrays)
    suffix = os.path.splitext(path)[1]
    if network is None or not network.translates_by_onnx:
        raise FoodganError(f'{path}: a {suffix} holds the released generator or a conditional '
                           f'one, and this is {network}; write .pth or .safetensors')
    size = size or meta.get('image_size') or _USUAL
    if size % 4 or not 8 <= size <= _LARGEST:
        raise FoodganError(f'{path}: the photos of a {suffix} have a side of 8 to {_LARGEST} '
                           f'pixels, a multiple of 4, not {size}; name another by --size')
    return network, size


def library(path: Union[str, os.PathLike], name: str, package: str) -> types.ModuleType:
    """Imports what writes a format; a FoodganError names the package to install."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise FoodganError(f'{path}: writing {os.path.splitext(path)[1]} takes a library that '
                           f'cannot be imported ({error}): pip install {package}') from error


def texts(meta: dict[str, Any]) -> dict[str, str]:
    """Metadata as strings: what is none is written as JSON."""
    return {key: checks.encoded(value) for key, value in meta.items()}
