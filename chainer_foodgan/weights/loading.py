"""From what somebody names - weights with a name, a file, a run folder - to links, and back.

Chainer is imported when a link is at hand or asked for.
"""

from __future__ import annotations

import os
import pathlib
from typing import Any, Callable, NamedTuple, Optional, Union

import numpy as np

from chainer_foodgan.errors import FoodganError, nearest
from chainer_foodgan.files import by_place
from chainer_foodgan.links.recognising import GENERATORS, Network, recognise
from chainer_foodgan.weights import npz, reading, registry
from chainer_foodgan.weights.naming import arrays_of, released, renamed_for_pytorch
from chainer_foodgan.weights.registry import Record

__all__ = ['NetworkWeights', 'load', 'load_into', 'locate', 'read_generator', 'read_network',
           'read_state_dict', 'save', 'state_dict']

Source = Union[str, os.PathLike]


class NetworkWeights(NamedTuple):
    """A network that is no link yet.

    Attributes:
        network: What it is, and the sizes that make it.
        arrays: Chainer's keys to arrays of the dtypes that are stored, all of the network's.
        categories: Names in label order; None where they are not known.
        image_size: Side of the photos that it was trained on, or None.
        ranges: What is computed in eight bits, see :class:`chainer_foodgan.links.graph.Graph`;
            None: all is computed in floating point.
    """

    network: Network
    arrays: dict[str, np.ndarray]
    categories: Optional[tuple[str, ...]] = None
    image_size: Optional[int] = None
    ranges: Optional[dict[str, list[float]]] = None

    @classmethod
    def of(cls, link: Any) -> NetworkWeights:
        """The weights of a link (chainer.Link) as they are now; ``network`` may be None."""
        arrays = arrays_of(link)
        return cls(recognise(arrays), arrays)

    def link(self) -> Any:
        """The link (chainer.Link), on the CPU, with ``categories`` and ``image_size``."""
        from chainer_foodgan import links

        link = getattr(links, self.network.class_name)(**self.network.sizes)
        _fill(link, self.arrays)
        link.categories, link.image_size = self.categories, self.image_size
        return link


def load(source: Source, **overrides: Any) -> Any:
    """Loads a generator, ready to translate.

    Args:
        source, overrides: See :func:`read_generator`.

    Returns:
        Generator or ConditionalGenerator: On the CPU. Its ``categories`` is a tuple of names in
        label order, or None where the file has none; ``image_size`` is the side of the photos it
        was trained on, or None.

    Raises:
        FoodganError: There is no such name or file, or the file holds no generator that fits.
    """
    return read_generator(source, **overrides).link()


def read_generator(source: Source, **overrides: Any) -> NetworkWeights:
    """Reads a generator without making a link; neither Chainer nor PyTorch is imported.

    Args:
        source: A name of :func:`chainer_foodgan.weights.names`, a file, or a run folder, of which
            the newest generator is taken.
        overrides: What is known better than the file says it: ``categories`` (names in label
            order), ``image_size``, or the network's ``conv_dim``, ``c_dim``, ``repeat_num``.

    Raises:
        FoodganError: There is no such name or file, or the file holds no generator that fits.
    """
    record = registry.find(source)
    if record is not None and record.network not in GENERATORS:
        raise FoodganError(f'{source}: {reading.describe(None, record.meta)}; name weights that '
                           f'translate, {", ".join(registry.names())}')
    return read_network(source, lambda network: network.kind in GENERATORS,
                        'translating takes a generator, in a run folder the file that ends in '
                        '_G.npz', **overrides)


def read_network(source: Source, fits: Callable[[Network], bool], advice: str,
                 **overrides: Any) -> NetworkWeights:
    """Reads a network of any kind as :func:`read_generator` does.

    Args:
        source, overrides: See :func:`read_generator`.
        fits: Whether it is of the kind that is wanted.
        advice: What an error says of another one.

    Raises:
        FoodganError: There is no such name or file, or the file holds no such network.
    """
    record, path = locate(source)
    arrays, meta = reading.read(path)
    if record is not None:  # the list may know better than a file that was cached before
        meta.update(record.meta)
    meta.update({key: overrides.pop(key) for key in ('categories', 'image_size')
                 if key in overrides})
    network = recognise(arrays)
    if network is None or not fits(network):
        raise FoodganError(f'{path}: holds {reading.describe(network, meta)}; {advice}')
    network = network._replace(sizes={**network.sizes, **overrides})
    reading.check_meta(path, meta, network)
    reading.check_shapes(path, arrays, network.shapes(), network.class_name)
    categories, image_size, ranges = map(meta.get, ('categories', 'image_size', 'ranges'))
    return NetworkWeights(network, arrays, categories and tuple(categories), image_size, ranges)


def locate(source: Source) -> tuple[Optional[Record], pathlib.Path]:
    """The record and the file of a source, which is a registered name, a file or a run folder."""
    record = registry.find(source)
    if record is not None:
        return record, record.path()
    path = pathlib.Path(source)
    if path.is_dir():  # a run folder: the newest of models/{epoch}_{iteration}_G.npz
        saved = by_place(path / 'models', '_G.npz')
        if not saved:
            raise FoodganError(f'{path}: a folder without models/*_G.npz; name weights, a file of '
                               'them, or a run folder that has saved some')
        return None, saved[-1]
    if (isinstance(source, os.PathLike) or path.suffix or path.parent != pathlib.Path('.')
            or path.exists()):
        return None, path
    raise FoodganError(f'{source}: neither a file nor weights of that name; '
                       f'{nearest(source, registry.names())}')


def load_into(link: Any, path: Source) -> None:
    """Fills a link with the arrays of a file.

    Args:
        link (chainer.Link): Any link of the very keys and shapes that the file has. It stays as
            it was where they differ.
        path: The file.

    Raises:
        FoodganError: The file cannot be read, or keys or shapes differ; the message names them.
    """
    arrays, _ = reading.read(path)
    wanted = {key: array.shape for key, array in arrays_of(link).items()}
    reading.check_shapes(path, arrays, wanted, type(link).__name__)
    _fill(link, arrays)


def save(link: Any, path: Source, meta: dict[str, Any], dtype: str = 'float32') -> None:
    """Writes the weights of a link, and what they are, as npz.

    Args:
        link (chainer.Link): Generator, discriminator or any other link.
        path: Where to; the suffix is ``.npz``.
        meta: What JSON can hold: ``categories``, ``image_size``, ``trained_on``, ...; ``network``
            too for anything but a generator or a discriminator.
        dtype: ``'float32'``, or ``'float16'`` to store half the bytes.

    Raises:
        FoodganError: Another suffix, values that are not finite, or a file that cannot be written.
    """
    if reading.format_of(path, 'write') is not npz:
        raise FoodganError(f'{path}: weights are saved as .npz; choose such a name, and `foodgan '
                           'convert` makes other formats of it')
    weights = NetworkWeights.of(link)
    known = {} if weights.network is None else {'network': weights.network.kind}
    npz.write(path, weights.arrays, {'format': 1, **known, **meta}, dtype)


def read_state_dict(path: Source) -> dict[str, np.ndarray]:
    """Reads weights under PyTorch-style keys.

    What belongs to nothing here, running statistics and counts of batches, is left out; the logger
    ``chainer_foodgan`` tells which and why.

    Args:
        path: The file, in any format that is read: ``.npz``, ``.pth`` or ``.pt``,
            ``.safetensors``. No PyTorch is needed, and nothing in the file is run.

    Returns:
        dict: The released keys (``main.0.weight``) to arrays of the dtype that is stored;
        bfloat16, which NumPy lacks, has become float32.

    Raises:
        FoodganError: The file cannot be read.
    """
    return renamed_for_pytorch(reading.read(path)[0])


def state_dict(link: Any) -> dict[str, np.ndarray]:
    """The weights of a link under the released format's keys.

    Args:
        link (chainer.Link): A generator or a discriminator, on any device.

    Returns:
        dict: The released keys to arrays, which are copies; running statistics included, as the
        format of PyTorch 0.3 has them.
    """
    return {key: array.copy() for key, array in released(arrays_of(link)).items()}


def _fill(link, arrays):
    """Copies arrays into a link whose keys and shapes are theirs."""
    import chainer

    chainer.serializers.NpzDeserializer(arrays).load(link)
