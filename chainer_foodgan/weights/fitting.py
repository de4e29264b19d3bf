"""Whether arrays, and what is said of them, fit a network; and the sentences where they do not."""

import pathlib
import types

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.weights.naming import pytorch_key
from chainer_foodgan.weights.recognising import recognise

_NAMED = 8  # so many keys an error names; of a network of other sizes nearly all differ


def describe(network, meta):
    """``'a generator'``, or whatever a file holds."""
    if meta.get('network') == 'mask':
        return 'a network that finds food (for --mask auto) and changes none'
    if network is not None:
        return 'a ' + network.kind.replace('_', ' ')
    if 'network' not in meta:
        return 'no network of this package'
    return 'a {}'.format(meta['network']).replace('_', ' ')


def check_meta(path, categories, image_size, c_dim):
    """Refuses names and sizes that the network cannot have."""
    if categories is not None:
        if (not isinstance(categories, (list, tuple)) or len(set(map(str, categories))) != c_dim
                or not all(isinstance(name, str) for name in categories)):
            raise FoodganError('{}: its network has {} categories, which takes as many different '
                               'names, not {}'.format(path, c_dim, categories))
    if image_size is not None and (not isinstance(image_size, int) or image_size < 1):
        raise FoodganError('{}: {!r} is no image size'.format(path, image_size))


def check_shapes(path, arrays, wanted, noun):
    """Refuses arrays of other keys or shapes.

    Args:
        path (str or os.PathLike): Their file.
        arrays (dict): Arrays under Chainer's keys.
        wanted (dict): Chainer's keys to shapes.
        noun (str): What they should be.

    Raises:
        FoodganError: They differ; the message names them as the file does.
    """
    named = str if pathlib.Path(path).suffix.lower() == '.npz' else pytorch_key
    faults = ['it lacks {}'.format(named(key)) for key in wanted if key not in arrays]
    faults += ['{} belongs to nothing'.format(named(key)) for key in arrays if key not in wanted]
    faults += ['{} is {}, not {}'.format(named(key), arrays[key].shape, shape)
               for key, shape in wanted.items()
               if key in arrays and arrays[key].shape != shape]
    if faults:
        more = ['and {} more'.format(len(faults) - _NAMED)] if len(faults) > _NAMED else []
        shaped = {key: types.SimpleNamespace(shape=shape) for key, shape in wanted.items()}
        raise FoodganError('{}: does not fit this {}{}: {}'.format(
            path, noun, _difference(recognise(arrays), recognise(shaped)),
            ', '.join(faults[:_NAMED] + more)))


def _difference(found, wanted):
    """What two networks differ in, in brackets; nothing where it is not known."""
    if found is None or wanted is None or found == wanted:
        return ''
    if found.kind != wanted.kind:
        text = 'it is a {} where a {} belongs'.format(
            *(network.kind.replace('_', ' ') for network in (found, wanted)))
        ends = ['D' if network.kind.endswith('discriminator') else 'G'
                for network in (found, wanted)]
        if ends[0] != ends[1]:
            text += ': in a run folder that is the file that ends in _{}.npz'.format(ends[1])
        return ' ({})'.format(text)
    # What is as usual is not among a network's sizes.
    usual = {'label_position': 'input', 'separable': False}
    first, second = ({**usual, **network.sizes} for network in (found, wanted))
    return ' ({})'.format(', '.join(
        '{} {} instead of {}'.format(name, size, second[name])
        for name, size in first.items() if size != second[name]))
