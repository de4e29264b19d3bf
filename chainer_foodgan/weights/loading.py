"""From files to links and back."""

import os
import pathlib

import chainer

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.links import Generator
from chainer_foodgan.nearest import nearest
from chainer_foodgan.weights import npz, registry
from chainer_foodgan.weights.fitting import check_meta, check_shapes, describe
from chainer_foodgan.weights.formats import format_of, read as _read
from chainer_foodgan.weights.naming import arrays_of, released, renamed_for_pytorch
from chainer_foodgan.weights.recognising import Network, recognise, shapes_of


def load(source, **overrides):
    """Loads a generator, ready to translate.

    Args:
        source (str or os.PathLike): A name of :func:`chainer_foodgan.weights.names`, a file, or a
            run folder, of which the newest generator is taken.
        overrides: What is known better than the file says it: ``categories`` (names in label
            order), ``image_size``, or the network's ``conv_dim``, ``c_dim``, ``repeat_num``.

    Returns:
        Generator: On the CPU. Its ``categories`` is a tuple of names in label order, or None where
        the file has none; ``image_size`` is the side of the photos it was trained on, or None.

    Raises:
        FoodganError: There is no such name or file, or the file holds no generator that fits.
    """
    path = find(source)
    arrays, meta = _read(path)
    record = registry.find(source)
    if record is not None:  # the list may know better than a file that was cached before
        meta.update(record.meta)
    categories = overrides.pop('categories', meta.get('categories'))
    image_size = overrides.pop('image_size', meta.get('image_size'))
    network = recognise(arrays)
    if network is None or network.kind != 'generator':
        raise FoodganError('{}: holds {}; translating takes a generator, in a run folder the file '
                           'that ends in _G.npz'.format(path, describe(network, meta)))
    sizes = {**network.sizes, **overrides}
    check_meta(path, categories, image_size, sizes['c_dim'])
    check_shapes(path, arrays, shapes_of(Network('generator', sizes)), 'Generator')
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
    if format_of(path, 'write') is not npz:
        raise FoodganError('{}: weights are saved as .npz; choose such a name, and '
                           '`foodgan convert` makes other formats of it'.format(path))
    arrays = arrays_of(link)
    network = recognise(arrays)
    known = {} if network is None else {'network': network.kind}
    npz.write(path, arrays, {'format': 1, **known, **meta}, dtype)


def read_npz(path):
    """Reads an npz file as it is: see :func:`chainer_foodgan.weights.npz.read`."""
    return npz.read(path)


def read_state_dict(path):
    """Reads weights under PyTorch-style keys.

    What belongs to nothing here, running statistics and counts of batches, is left out; the logger
    ``chainer_foodgan`` tells which and why.

    Args:
        path (str or os.PathLike): The file, in any format that is read: ``.npz``, ``.pth`` or
            ``.pt``, ``.safetensors``. No PyTorch is needed, and nothing in the file is run.

    Returns:
        dict: The released keys (``main.0.weight``) to arrays of the dtype that is stored;
        bfloat16, which NumPy lacks, has become float32.

    Raises:
        FoodganError: The file cannot be read.
    """
    return renamed_for_pytorch(_read(path)[0])


def state_dict(link):
    """The weights of a link under the released format's keys.

    Args:
        link (Generator or Discriminator): On any device.

    Returns:
        dict: The released keys to arrays, which are copies; running statistics included, as the
        format of PyTorch 0.3 has them.
    """
    return {key: array.copy() for key, array in released(arrays_of(link)).items()}


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
    files = {tuple(map(int, path.stem.split('_')[:2])): path
             for path in run.glob('models/[0-9]*_[0-9]*_G.npz')}
    if not files:
        raise FoodganError('{}: a folder without models/*_G.npz; name weights, a file of them, or '
                           'a run folder that has saved some'.format(run))
    return files[max(files)]


def _fill(link, arrays, path):
    """Copies arrays into a link, once all keys and shapes are found to be the same."""
    wanted = {key: array.shape for key, array in arrays_of(link).items()}
    check_shapes(path, arrays, wanted, type(link).__name__)
    chainer.serializers.NpzDeserializer(arrays).load(link)
