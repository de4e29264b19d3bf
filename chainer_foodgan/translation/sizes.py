"""At how many pixels a photo is translated, and whether that can be done."""

from __future__ import annotations

import numbers
from typing import Any, Optional, Union

import numpy as np

from chainer_foodgan import memory
from chainer_foodgan.errors import FoodganError

__all__ = ['MULTIPLE', 'PHOTO', 'PIXELS', 'bytes_of', 'check', 'crop', 'pad', 'parse', 'scaled']

#: The photo's own size.
PHOTO = 'photo'

#: So many pixels are computed at once, or one picture: of 512 x 512 one, of 256 x 256 four. More
#: would take more memory and, even on many cores, hardly less time.
PIXELS = 2 ** 18

#: Of both sides: the generator halves the size twice and doubles it twice.
MULTIPLE = 4

# Of weights that do not say at which size they were trained.
_USUAL = 256

# A photo that is scaled up may become so many squares of its shorter side: thin ones have no end.
_SQUARES = 16

# What an engine takes for a pixel, in feature maps of the first convolution (float32), measured at
# 1,024 x 1,024 pixels: 4.4 to 4.9, 8.4 and 5.4 to 5.8.
_MAPS = {'openvino': 5, 'onnxruntime': 9, 'chainer': 6}

# A photo of its own size, its mask and what becomes of it, while a file is written.
_BYTES_OF_PHOTO = 12


def parse(size: Union[int, str, None], image_size: Optional[int]) -> Union[int, str]:
    """What is given as ``size``: pixels of the shorter side, :data:`PHOTO`, or None, the size that
    suits the weights: the side of the photos that these were trained on, where it is known. A
    FoodganError where it is neither.
    """
    if size is None:
        return image_size or _USUAL
    if size != PHOTO and not (isinstance(size, numbers.Integral) and size >= 1):
        raise FoodganError(f'size {size}: neither a number of pixels, of at least one, nor '
                           f'{PHOTO}')
    return size


def scaled(width: int, height: int, size: Union[int, str]) -> tuple[int, int]:
    """Width and height of a photo whose shorter side is scaled to ``size``."""
    if size == PHOTO:
        return width, height
    scale = size / min(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def bytes_of(backend: str, conv_dim: int, pixels: int) -> int:
    """About how much memory computing so many pixels takes."""
    return 4 * conv_dim * _MAPS[backend] * pixels


def check(width: int, height: int, size: Union[int, str], cost: Any = None) -> None:
    """Sees whether a photo of that width and height can be translated, before any of its pixels is
    needed.

    ``cost`` says how many bytes computing a number of pixels takes; None: they are not of this
    machine's memory. A FoodganError says that the photo, scaled up, is too thin to have an end, or
    memory does not suffice.
    """
    W, H = scaled(width, height, size)
    if max(width * height, PIXELS, size != PHOTO and _SQUARES * size ** 2) < W * H:
        raise FoodganError(f'a photo of {width:,} x {height:,} pixels is too thin to be scaled to '
                           f'{W:,} x {H:,}: crop it, or translate it at its own size (size '
                           f'{PHOTO})')
    needed = _BYTES_OF_PHOTO * width * height + (cost(W * H) if cost else 0)
    there = memory.available()
    if there is not None and needed > there:
        raise FoodganError(
            f'a photo of {width:,} x {height:,} pixels, translated at {W:,} x {H:,}, takes about '
            f'{needed / 1e9:,.1f} GB of memory, and {there / 1e9:,.1f} GB are available: translate '
            'it at a smaller size, such as 512')


def pad(array: np.ndarray, multiple: int = MULTIPLE) -> np.ndarray:
    """Mirrors the right and lower edge of an array (..., H, W) outwards until both sides, of at
    least 1, are multiples; the array itself where nothing is missing.
    """
    H, W = array.shape[-2:]
    missing = [(0, 0)] * (array.ndim - 2) + [(0, -H % multiple), (0, -W % multiple)]
    if not any(after for _, after in missing):
        return array
    return np.pad(array, missing, mode='reflect')


def crop(array: np.ndarray, H: int, W: int) -> np.ndarray:
    """Takes off again what :func:`pad` put on: the first H rows and W columns."""
    return array[..., :H, :W]
