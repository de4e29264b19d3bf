"""Making a photo's sides multiples of what the network needs, and undoing it."""

from __future__ import annotations

import numpy as np

__all__ = ['MULTIPLE', 'crop', 'pad']

#: The generator halves the size twice and doubles it twice.
MULTIPLE = 4


def pad(array: np.ndarray, multiple: int = MULTIPLE) -> np.ndarray:
    """Mirrors the right and lower edge outwards until both sides are multiples.

    Args:
        array (numpy.ndarray): (..., H, W), H and W at least 1.
        multiple (int): What both sides become multiples of.

    Returns:
        numpy.ndarray: (..., H', W'), the array itself where nothing is missing.
    """
    H, W = array.shape[-2:]
    missing = [(0, 0)] * (array.ndim - 2) + [(0, -H % multiple), (0, -W % multiple)]
    if not any(after for _, after in missing):
        return array
    return np.pad(array, missing, mode='reflect')


def crop(array: np.ndarray, H: int, W: int) -> np.ndarray:
    """Takes off again what :func:`pad` put on: the first H rows and W columns."""
    return array[..., :H, :W]
