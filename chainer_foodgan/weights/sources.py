"""From what somebody names - weights that have a name, a file, a run folder - to arrays."""

import collections
import os
import pathlib

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.files import by_place
from chainer_foodgan.nearest import nearest
from chainer_foodgan.weights import formats, registry
from chainer_foodgan.weights.fitting import check_meta, check_shapes, describe
from chainer_foodgan.weights.recognising import GENERATORS, Network, recognise, shapes_of

GeneratorWeights = collections.namedtuple(
    'GeneratorWeights', 'arrays sizes categories image_size kind', defaults=('generator',))
GeneratorWeights.__doc__ = """A generator that is no link yet.

Attributes:
    arrays (dict): Chainer's keys to arrays of the dtypes that are stored, all of a generator's.
    sizes (dict): The arguments that make it: ``conv_dim``, ``c_dim``, ``repeat_num``.
    categories (tuple of str or None): Names in label order; None where they are not known.
    image_size (int or None): Side of the photos that it was trained on, or None.
    kind (str): One of :data:`chainer_foodgan.weights.recognising.GENERATORS`.
"""


def read_generator(source, **overrides):
    """Reads a generator without making a link; neither Chainer nor PyTorch is imported.

    Args:
        source (str or os.PathLike): A name of :func:`chainer_foodgan.weights.names`, a file, or a
            run folder, of which the newest generator is taken.
        overrides: What is known better than the file says it: ``categories`` (names in label
            order), ``image_size``, or the network's ``conv_dim``, ``c_dim``, ``repeat_num``.

    Returns:
        GeneratorWeights: What it is.

    Raises:
        FoodganError: There is no such name or file, or the file holds no generator that fits.
    """
    record = registry.find(source)
    if record is not None and record.network not in GENERATORS:
        raise FoodganError('{}: {}; name weights that translate, {}'.format(
            source, describe(None, record.meta), ', '.join(registry.names())))
    path = find(source)
    arrays, meta = formats.read(path)
    if record is not None:  # the list may know better than a file that was cached before
        meta.update(record.meta)
    categories = overrides.pop('categories', meta.get('categories'))
    image_size = overrides.pop('image_size', meta.get('image_size'))
    network = recognise(arrays)
    if network is None or network.kind not in GENERATORS:
        raise FoodganError('{}: holds {}; translating takes a generator, in a run folder the file '
                           'that ends in _G.npz'.format(path, describe(network, meta)))
    sizes = {**network.sizes, **overrides}
    check_meta(path, categories, image_size, sizes['c_dim'])
    wanted = Network(network.kind, sizes)
    check_shapes(path, arrays, shapes_of(wanted), str(wanted).split('(')[0])
    return GeneratorWeights(
        arrays, sizes, None if categories is None else tuple(categories), image_size, network.kind)


def find(source):
    """The path of a source, which is a registered name, a file or a run folder."""
    path = pathlib.Path(source)
    if path.is_dir() and (isinstance(source, os.PathLike) or source not in registry.names()):
        return _newest(path)
    if isinstance(source, os.PathLike) or path.suffix or path.parent != pathlib.Path('.'):
        return path
    if source in registry.names():
        return registry.path_of(source)
    if path.exists():
        return path
    raise FoodganError('{}: neither a file nor weights of that name; {}'.format(
        source, nearest(source, registry.names())))


def _newest(run):
    """The generator of a run folder that was saved last: ``models/{epoch}_{iteration}_G.npz``."""
    saved = by_place(run / 'models', '_G.npz')
    if not saved:
        raise FoodganError('{}: a folder without models/*_G.npz; name weights, a file of them, or '
                           'a run folder that has saved some'.format(run))
    return saved[-1]
