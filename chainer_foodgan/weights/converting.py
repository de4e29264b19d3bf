"""From one format of weights to another."""

from __future__ import annotations

import os
import types
from collections.abc import Sequence
from typing import Any, NamedTuple, Optional, Union

import numpy as np

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.links.recognising import Network, recognise
from chainer_foodgan.weights import coreml, npz, onnx, reading, repository, tflite
from chainer_foodgan.weights.loading import locate
from chainer_foodgan.weights.naming import in_order

__all__ = ['Conversion', 'convert']


class Conversion(NamedTuple):
    """What was converted: a :class:`Network` and its sizes, the metadata (``categories`` and
    whatever else), and whether the new file was read back, ``compared`` and found to be equal.
    """

    network: Network
    meta: dict[str, Any]
    compared: bool


def convert(source: Union[str, os.PathLike], target: Union[str, os.PathLike],
            categories: Optional[Sequence[str]] = None, label_map: bool = False,
            size: Optional[int] = None) -> Conversion:
    """Writes weights in another format.

    Arrays keep their values and dtypes (bfloat16 becomes float32, and so does all in an .onnx). The
    new file is read back and compared, where its format is one that is read.

    Args:
        source: A name of :func:`chainer_foodgan.weights.names`, or a file,
            of a generator or a discriminator.
        target: The file to write; its suffix says the format. A path that ends in ``/``, or the
            folder of that name: a model repository, see :mod:`chainer_foodgan.weights.repository`.
        categories: Names in label order, in place of those of the source.
            ``.pth`` has no place for any; all others carry them.
        label_map: For an ``.onnx``: whether it takes ready label maps, see
            :mod:`chainer_foodgan.weights.onnx`.
        size: For a ``.tflite`` and an ``.mlpackage``: side of the square photos in pixels, a
            multiple of 4. None: that of the training, or 256.

    Returns:
        Conversion: What it was.

    Raises:
        FoodganError: Either cannot be used, or the source holds no network of this package.
    """
    writer = reading.format_of(target, 'write')
    if label_map and writer is not onnx:
        raise FoodganError(f'{target}: label maps are a variant of .onnx alone; leave them out')
    if size is not None and writer not in (tflite, coreml):
        raise FoodganError(f'{target}: takes photos of any size; leave --size out')
    network, arrays, meta, name = open_weights(source, categories)
    if writer is npz:
        npz.write(target, arrays, {'format': 1, **meta}, dtype=None)
    elif writer is onnx:
        onnx.write(target, arrays, meta, label_map)
    elif writer in (tflite, coreml):
        writer.write(target, arrays, meta, size)
    elif writer is repository:
        repository.write(target, arrays, meta, name)
    else:
        writer.write(target, arrays, meta)
    return Conversion(network, meta, _compared(target, writer, arrays))


def open_weights(source: Union[str, os.PathLike], categories: Optional[Sequence[str]] = None
                 ) -> tuple[Network, dict[str, np.ndarray], dict[str, Any], str]:
    """Reads weights of this package's networks with all that is known of them: the network, its
    arrays under Chainer's keys in the order of the layers, the metadata, and a name. See
    :func:`convert`.
    """
    record, path = locate(source)
    arrays, meta = reading.read(path)
    arrays = in_order(arrays)
    network = recognise(arrays)
    if network is None:
        raise FoodganError(f'{path}: holds {reading.describe(None, meta)}; generators and '
                           'discriminators are converted')
    reading.check_shapes(path, arrays, network.shapes(), network.noun)
    if record is not None:
        meta.update(record.meta)
    meta['network'] = network.kind
    if categories is not None:
        meta['categories'] = list(categories)
    reading.check_meta(path, meta, network)
    return network, arrays, meta, record.name if record else path.stem


def _compared(target: Union[str, os.PathLike], writer: types.ModuleType,
              arrays: dict[str, np.ndarray]) -> bool:
    if not hasattr(writer, 'read'):
        return False
    written, _ = reading.read(target)
    # An .onnx has float32 alone, and filters in int8 have their scales computed anew.
    tolerance = 1e-6 if writer is onnx else 0
    equal = written.keys() == arrays.keys() and all(
        (array.dtype == written[key].dtype or tolerance) and array.shape == written[key].shape
        and np.allclose(array, written[key], tolerance, 0) for key, array in arrays.items())
    if not equal:
        raise FoodganError(f'{os.fspath(target)}: does not hold what was written, the disk may be '
                           'failing; do not use it')
    return True
