"""From files to links and back."""

import os
import pathlib

import chainer

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.links import Generator
from chainer_foodgan.nearest import nearest
from chainer_foodgan.weights import npz, registry
from chainer_foodgan.weights.naming import arrays_of, released
from chainer_foodgan.weights.recognising import recognise

#: Suffix -> the module that reads (and writes) that format: ``read(path) -> (arrays, meta)``,
#: arrays under Chainer's keys, whatever the file calls them.
FORMATS = {'.npz': npz}

_NAMED = 8  # so many keys an error names; of a network of other sizes nearly all differ


def load(source, **overrides):
    """Loads a generator, ready to translate.

    Args:
        source (str or os.PathLike): A name of :func:`chainer_foodgan.weights.names`, or a file.
        overrides: What is known better than the file says it: ``categories`` (names in label
            order), ``image_size``, or the network's ``conv_dim``, ``c_dim``, ``repeat_num``.

    Returns:
        Generator: On the CPU. Its ``categories`` is a tuple of names in label order, or None where
        the file has none; ``image_size`` is the side of the photos it was trained on, or None.

    Raises:
        FoodganError: There is no such name or file, or the file holds no generator that fits.
    """
    path = _find(source)
    arrays, meta = _read(path)
    categories = overrides.pop('categories', meta.get('categories'))
    image_size = overrides.pop('image_size', meta.get('image_size'))
    network = recognise(arrays)
    if network is None or network.kind != 'generator':
        raise FoodganError('{}: holds {}; translating takes a generator, in a run folder the file '
                           'that ends in _G.npz'.format(path, _describe(network, meta)))
    sizes = {**network.sizes, **overrides}
    _check_meta(path, categories, image_size, sizes['c_dim'])
    gen = Generator(**sizes)
    _fill(gen, arrays, path)
    gen.categories = None if categories is None else tuple(categories)
    gen.image_size = image_size
    return gen


def load_into(link, path):
    """Fills a link with the arrays of a file.

    Args:
        link (chainer.Link): Any link of the very keys and shapes that the file has. It stays as
            it was where they differ.
        path (str or os.PathLike): The file.

    Raises:
        FoodganError: The file cannot be read, or keys or shapes differ; the message names them.
    """
    arrays, _ = _read(path)
    _fill(link, arrays, path)


def save(link, path, meta, dtype='float32'):
    """Writes the weights of a link, and what they are, as npz.

    Args:
        link (chainer.Link): Generator, discriminator or any other link.
        path (str or os.PathLike): Where to; the suffix is ``.npz``.
        meta (dict): What JSON can hold: ``categories``, ``image_size``, ``trained_on``, ...;
            ``network`` too for anything but a generator or a discriminator.
        dtype (str): ``'float32'``, or ``'float16'`` to store half the bytes.

    Raises:
        FoodganError: Another suffix, values that are not finite, or a file that cannot be written.
    """
    if _format(path) is not npz:
        raise FoodganError('{}: weights are saved as .npz; choose such a name'.format(path))
    arrays = arrays_of(link)
    network = recognise(arrays)
    known = {} if network is None else {'network': network.kind}
    npz.write(path, arrays, {'format': 1, **known, **meta}, dtype)


def read_npz(path):
    """Reads an npz file as it is: see :func:`chainer_foodgan.weights.npz.read`."""
    return npz.read(path)


def read_state_dict(path):
    """Reads weights under the released format's keys.

    Args:
        path (str or os.PathLike): The file.

    Returns:
        dict: PyTorch-style keys (``main.0.weight``) to float32 arrays, running statistics
        included (see :mod:`chainer_foodgan.weights.naming`).

    Raises:
        FoodganError: The file cannot be read.
    """
    return released(_read(path)[0])


def state_dict(link):
    """The weights of a link under the released format's keys.

    Args:
        link (Generator or Discriminator): On any device.

    Returns:
        dict: As :func:`read_state_dict`. The arrays are copies.
    """
    return {key: array.copy() for key, array in released(arrays_of(link)).items()}


def _find(source):
    """The path of a source, which is a registered name or a file."""
    path = pathlib.Path(source)
    if isinstance(source, os.PathLike) or path.suffix or path.parent != pathlib.Path('.'):
        return path
    if source in registry.names():
        return registry.path_of(source)
    if path.exists():
        return path
    raise FoodganError('{}: neither a file nor weights of that name; {}'.format(
        source, nearest(source, registry.names())))


def _format(path):
    suffix = pathlib.Path(path).suffix.lower()
    if suffix not in FORMATS:
        raise FoodganError('{}: weights do not come as {!r} here; a file of them ends in {}'.format(
            path, suffix, ' or '.join(FORMATS)))
    return FORMATS[suffix]


def _read(path):
    return _format(path).read(path)


def _describe(network, meta):
    if network is not None:
        return 'a ' + network.kind
    return 'a {}'.format(meta['network']) if 'network' in meta else 'no network of this package'


def _check_meta(path, categories, image_size, c_dim):
    """Refuses names and sizes that the network cannot have."""
    if categories is not None:
        if (not isinstance(categories, (list, tuple)) or len(set(map(str, categories))) != c_dim
                or not all(isinstance(name, str) for name in categories)):
            raise FoodganError('{}: its network has {} categories, which takes as many different '
                               'names, not {}'.format(path, c_dim, categories))
    if image_size is not None and (not isinstance(image_size, int) or image_size < 1):
        raise FoodganError('{}: {!r} is no image size'.format(path, image_size))


def _fill(link, arrays, path):
    """Copies arrays into a link, once all keys and shapes are found to be the same."""
    wanted = arrays_of(link)
    faults = ['it lacks {}'.format(key) for key in wanted if key not in arrays]
    faults += ['{} belongs to nothing'.format(key) for key in arrays if key not in wanted]
    faults += ['{} is {}, not {}'.format(key, arrays[key].shape, array.shape)
               for key, array in wanted.items()
               if key in arrays and arrays[key].shape != array.shape]
    if faults:
        more = ['and {} more'.format(len(faults) - _NAMED)] if len(faults) > _NAMED else []
        raise FoodganError('{}: does not fit this {}{}: {}'.format(
            path, type(link).__name__, _difference(recognise(arrays), recognise(wanted)),
            ', '.join(faults[:_NAMED] + more)))
    chainer.serializers.NpzDeserializer(arrays).load(link)


def _difference(found, wanted):
    """What two networks differ in, in brackets; nothing where it is not known."""
    if found is None or wanted is None or found == wanted:
        return ''
    if found.kind != wanted.kind:
        return ' (it is a {})'.format(found.kind)
    return ' ({})'.format(', '.join(
        '{} {} instead of {}'.format(name, size, wanted.sizes[name])
        for name, size in found.sizes.items() if size != wanted.sizes[name]))
