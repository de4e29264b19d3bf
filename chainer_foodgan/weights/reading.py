"""Files of any format to arrays, and the checks and sentences for arrays that do not fit."""

from __future__ import annotations

import logging
import os
import pathlib
import types
from typing import Any, Optional, Union

import numpy as np

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.links.graph import places_of_int8
from chainer_foodgan.links.layers import Shapes
from chainer_foodgan.links.recognising import Network, recognise
from chainer_foodgan.printing import is_text
from chainer_foodgan.weights import coreml, npz, onnx, pth, repository, safetensors, tflite
from chainer_foodgan.weights.naming import pytorch_key, renamed_for_chainer

__all__ = ['FORMATS', 'check_meta', 'check_shapes', 'describe', 'format_of', 'read']

#: Suffix -> the module of that format. Where it reads, it has ``read(path) -> (arrays, meta)``,
#: finite arrays under the keys and of the dtypes that the file has, and a dict of what else it
#: says. A FoodganError tells that the file is absent, of another kind, damaged, or holds NaN or
#: infinity, or that a library is missing. Where it writes, it has ``write(path, arrays, meta)``:
#: arrays under Chainer's keys, and what JSON can hold. What was there is replaced once the file is
#: complete; a FoodganError tells that it cannot be written.
FORMATS = {'.npz': npz, '.pth': pth, '.pt': pth, '.safetensors': safetensors, '.onnx': onnx,
           '.tflite': tflite, '.mlpackage': coreml}

_LARGE = 1e9  # no network has such numbers inside
_NAMED = 8  # so many keys an error names; of a network of other sizes nearly all differ

_log = logging.getLogger('chainer_foodgan')


def read(path: Union[str, os.PathLike]) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Reads a file of any format.

    Args:
        path: The file.

    Returns:
        tuple: ``(arrays, meta)``: Chainer's keys to arrays of the dtypes that are stored, all of
        them finite; and what else the file says (dict).

    Raises:
        FoodganError: The file cannot be read.
    """
    state, meta = format_of(path, 'read').read(path)
    arrays, left_out = renamed_for_chainer(state)
    if left_out:
        used = any((array != (1 if key.endswith('var') else 0)).any()
                   for key, array in left_out.items() if not key.endswith('tracked'))
        _log.warning(
            '%s: left out %d arrays of running statistics (%s%s): %s', path, len(left_out),
            ', '.join(list(left_out)[:2]), ', ...' if len(left_out) > 2 else '',
            'each photo is normalised by its own, but a later PyTorch has gathered these and uses '
            'them in eval(), so its pictures differ' if used else
            'PyTorch 0.3 keeps them and never uses them')
    return arrays, meta


def format_of(path: Union[str, os.PathLike], action: str) -> types.ModuleType:
    """The module of a file's format, by its suffix, that can do the action (``'read'`` or
    ``'write'``); to write, that of a folder too. A FoodganError lists those there are.
    """
    suffix = pathlib.Path(path).suffix.lower()
    module = FORMATS.get(suffix)
    if module is None and action == 'write' and (
            os.fspath(path).endswith(('/', os.sep)) or os.path.isdir(path)):
        return repository
    if not hasattr(module, action):
        suffixes = [name for name, other in FORMATS.items() if hasattr(other, action)]
        suffixes = ' or '.join(suffixes + ['/'] * (action == 'write'))
        raise FoodganError(f'{path}: weights do not come as {suffix!r} here; a file of them ends '
                           f'in {suffixes}')
    return module


def describe(network: Optional[Network], meta: dict[str, Any]) -> str:
    """``'a generator'``, or whatever a file holds."""
    if meta.get('network') == 'mask':
        return 'a network that finds food (for --mask auto) and changes none'
    if network is not None:
        return f'a {network.noun}'
    if 'network' not in meta:
        return 'no network of this package'
    return f'a {meta["network"]}'.replace('_', ' ')


def check_meta(path: Union[str, os.PathLike], meta: dict[str, Any], network: Network) -> None:
    """Refuses names, sizes and ranges of numbers that the network cannot have."""
    categories, image_size, ranges = map(meta.get, ('categories', 'image_size', 'ranges'))
    c_dim = network.sizes.get('c_dim', 0)
    if categories is not None and (
            not isinstance(categories, (list, tuple)) or len(set(map(str, categories))) != c_dim
            or not all(isinstance(name, str) and is_text(name) for name in categories)):
        raise FoodganError(f'{path}: its network has {c_dim} categories, which takes as many '
                           f'different names, not {categories}')
    if image_size is not None and (not isinstance(image_size, int) or image_size < 1):
        raise FoodganError(f'{path}: {image_size!r} is no image size')
    if ranges is not None and not (
            isinstance(ranges, dict) and all(map(_is_range, ranges.values()))
            and network.translates_by_onnx and set(ranges) <= set(places_of_int8(network))):
        raise FoodganError(f'{path}: its ranges of numbers in eight bits do not fit its network; '
                           'make it anew by `foodgan quantize`')


def _is_range(value):
    return (isinstance(value, list) and len(value) == 2
            and all(type(number) in (int, float) for number in value)
            and -_LARGE <= value[0] <= 0 <= value[1] <= _LARGE)


def check_shapes(path: Union[str, os.PathLike], arrays: dict[str, np.ndarray], wanted: Shapes,
                 noun: str) -> None:
    """Refuses arrays of other keys or shapes than those wanted of a ``noun``; the FoodganError
    names them as the file does.
    """
    named = str if pathlib.Path(path).suffix.lower() == '.npz' else pytorch_key
    faults = [f'it lacks {named(key)}' for key in wanted if key not in arrays]
    faults += [f'{named(key)} belongs to nothing' for key in arrays if key not in wanted]
    faults += [f'{named(key)} is {arrays[key].shape}, not {shape}'
               for key, shape in wanted.items()
               if key in arrays and arrays[key].shape != shape]
    if faults:
        more = [f'and {len(faults) - _NAMED} more'] if len(faults) > _NAMED else []
        shaped = {key: types.SimpleNamespace(shape=shape) for key, shape in wanted.items()}
        difference = _difference(recognise(arrays), recognise(shaped))
        raise FoodganError(f'{path}: does not fit this {noun}{difference}: '
                           + ', '.join(faults[:_NAMED] + more))


def _difference(found, wanted):
    """What two networks differ in, in brackets; nothing where it is not known."""
    if found is None or wanted is None or found == wanted:
        return ''
    if found.kind != wanted.kind:
        text = f'it is a {found.noun} where a {wanted.noun} belongs'
        ends = ['D' if network.kind.endswith('discriminator') else 'G'
                for network in (found, wanted)]
        if ends[0] != ends[1]:
            text += f': in a run folder that is the file that ends in _{ends[1]}.npz'
        return f' ({text})'
    # What is as usual is not among a network's sizes.
    usual = {'label_position': 'input', 'separable': False}
    first, second = ({**usual, **network.sizes} for network in (found, wanted))
    return ' ({})'.format(', '.join(f'{name} {size} instead of {second[name]}'
                                    for name, size in first.items() if size != second[name]))
