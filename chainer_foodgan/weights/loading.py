"""From files to links and back. Chainer is imported when a link is at hand or asked for."""

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.weights import formats, npz
from chainer_foodgan.weights.fitting import check_shapes
from chainer_foodgan.weights.naming import arrays_of, released, renamed_for_pytorch
from chainer_foodgan.weights.recognising import recognise
from chainer_foodgan.weights.sources import read_generator


def load(source, **overrides):
    """Loads a generator, ready to translate.

    Args:
        source, overrides: See :func:`chainer_foodgan.weights.read_generator`.

    Returns:
        Generator or ConditionalGenerator: On the CPU. Its ``categories`` is a tuple of names in
        label order, or None where the file has none; ``image_size`` is the side of the photos it
        was trained on, or None.

    Raises:
        FoodganError: There is no such name or file, or the file holds no generator that fits.
    """
    return make_generator(read_generator(source, **overrides))


def make_generator(weights):
    """The link of a generator that was read (GeneratorWeights), as :func:`load` returns it."""
    from chainer_foodgan import links

    kinds = {'generator': links.Generator, 'conditional_generator': links.ConditionalGenerator}
    gen = kinds[weights.kind](**weights.sizes)
    _fill(gen, weights.arrays)
    gen.categories, gen.image_size = weights.categories, weights.image_size
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
    arrays, _ = formats.read(path)
    wanted = {key: array.shape for key, array in arrays_of(link).items()}
    check_shapes(path, arrays, wanted, type(link).__name__)
    _fill(link, arrays)


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
    if formats.format_of(path, 'write') is not npz:
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
    return renamed_for_pytorch(formats.read(path)[0])


def state_dict(link):
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
