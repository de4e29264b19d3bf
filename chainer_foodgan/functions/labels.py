"""Labels as the networks take them: vectors, and maps beside a picture."""

from __future__ import annotations

from typing import Any

from chainer_foodgan.kernels import Array

import chainer
import chainer.functions as F


def label_vectors(label: Any, c_dim: int, dtype: Any) -> Any:
    """One number per category and picture.

    Args:
        label (ndarray): int (B,), a category each, or float (B, c_dim), 0 or 1 for every category.
        c_dim (int): Number of categories.
        dtype: Of the result.

    Returns:
        ndarray: (B, c_dim) of 0 and 1.
    """
    if label.ndim == 2:
        return label.astype(dtype, copy=False)
    return chainer.backend.get_array_module(label).eye(c_dim, dtype=dtype)[label]


def with_label(x: Array, c: Array) -> chainer.Variable:
    """Puts a label beside a picture or what became of it, as further channels.

    Args:
        x (Variable or ndarray): Float (B, C, H, W).
        c (Variable or ndarray): Label vectors, float (B, c_dim), each number of which fills a
            channel; or a label map, float (B, c_dim, H, W).

    Returns:
        Variable: Float (B, C + c_dim, H, W).
    """
    if c.ndim == 2:
        c = F.broadcast_to(F.reshape(c, c.shape + (1, 1)), c.shape + x.shape[2:])
    return F.concat((x, c), axis=1)
