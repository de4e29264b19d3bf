"""From one format of weights to another."""

import collections
import os

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.weights import fitting, formats, npz, onnx, registry
from chainer_foodgan.weights.naming import in_order
from chainer_foodgan.weights.recognising import recognise, shapes_of
from chainer_foodgan.weights.sources import find

Conversion = collections.namedtuple('Conversion', 'network meta compared')
Conversion.__doc__ = """What was converted.

Attributes:
    network (Network): The network and its sizes.
    meta (dict): What is known of the weights; ``categories`` and whatever else.
    compared (bool): Whether the new file was read back and found to be equal.
"""


def convert(source, target, categories=None, label_map=False):
    """Writes weights in another format.

    Arrays keep their values and dtypes (bfloat16 becomes float32). The new file is read back and
    compared, where its format is one that is read.

    Args:
        source (str or os.PathLike): A name of :func:`chainer_foodgan.weights.names`, or a file,
            of a generator or a discriminator.
        target (str or os.PathLike): The file to write; its suffix says the format.
        categories (sequence of str): Names in label order, in place of those of the source.
            ``.npz``, ``.safetensors`` and ``.onnx`` carry them, ``.pth`` has no place for any.
        label_map (bool): For an ``.onnx``: whether it takes ready label maps, see
            :mod:`chainer_foodgan.weights.onnx`.

    Returns:
        Conversion: What it was.

    Raises:
        FoodganError: Either cannot be used, or the source holds no network of this package.
    """
    writer = formats.format_of(target, 'write')
    if label_map and writer is not onnx:
        raise FoodganError('{}: label maps are a variant of .onnx alone; leave them out'.format(
            target))
    path = find(source)
    arrays, meta = formats.read(path)
    arrays = in_order(arrays)
    network = recognise(arrays)
    if network is None:
        raise FoodganError('{}: holds {}; generators and discriminators are converted'.format(
            path, fitting.describe(None, meta)))
    fitting.check_shapes(path, arrays, shapes_of(network), network.kind.replace('_', ' '))
    record = registry.find(source)
    if record is not None:
        meta.update(record.meta)
    meta['network'] = network.kind
    if categories is not None:
        meta['categories'] = list(categories)
    fitting.check_meta(path, meta.get('categories'), meta.get('image_size'),
                       network.sizes.get('c_dim', 0))
    if writer is npz:
        npz.write(target, arrays, {'format': 1, **meta}, dtype=None)
    elif writer is onnx:
        onnx.write(target, arrays, meta, label_map)
    else:
        writer.write(target, arrays, meta)
    return Conversion(network, meta, _compared(target, writer, arrays))


def _compared(target, writer, arrays):
    if not hasattr(writer, 'read'):
        return False
    written, _ = formats.read(target)
    equal = written.keys() == arrays.keys() and all(
        array.dtype == written[key].dtype and array.shape == written[key].shape
        and (array == written[key]).all() for key, array in arrays.items())
    if not equal:
        raise FoodganError('{}: does not hold what was written, the disk may be failing; do not '
                           'use it'.format(os.fspath(target)))
    return True
