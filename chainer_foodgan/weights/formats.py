"""The formats of weights, by suffix."""

import logging
import pathlib

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.weights import npz, onnx, pth, safetensors
from chainer_foodgan.weights.naming import renamed_for_chainer

#: Suffix -> the module of that format. Where it reads, it has ``read(path) -> (arrays, meta)``,
#: finite arrays under the keys and of the dtypes that the file has; where it writes,
#: ``write(path, arrays, meta)``, arrays under Chainer's keys.
FORMATS = {'.npz': npz, '.pth': pth, '.pt': pth, '.safetensors': safetensors, '.onnx': onnx}

_log = logging.getLogger('chainer_foodgan')


def format_of(path, action):
    """The module of a file's format, by its suffix.

    Args:
        path (str or os.PathLike): The file.
        action (str): What it has to do, ``'read'`` or ``'write'``.

    Raises:
        FoodganError: There is none for it; the message lists those there are.
    """
    suffix = pathlib.Path(path).suffix.lower()
    module = FORMATS.get(suffix)
    if not hasattr(module, action):
        raise FoodganError('{}: weights do not come as {!r} here; a file of them ends in {}'.format(
            path, suffix, ' or '.join(name for name, module in FORMATS.items()
                                      if hasattr(module, action))))
    return module


def read(path):
    """Reads a file of any format.

    Args:
        path (str or os.PathLike): The file.

    Returns:
        tuple: ``(arrays, meta)``: Chainer's keys to arrays of the dtypes that are stored, all of
        them finite; and what else the file says (dict).

    Raises:
        FoodganError: The file cannot be read.
    """
    state, meta = format_of(path, 'read').read(path)
    arrays, left_out = renamed_for_chainer(state)
    if left_out:
        _log.warning('%s', left_out_line(path, left_out))
    return arrays, meta


def left_out_line(path, left_out):
    """Says which arrays of a file belong to nothing, and why."""
    used = any((array != (1 if key.endswith('var') else 0)).any()
               for key, array in left_out.items() if not key.endswith('tracked'))
    return '{}: left out {} arrays of running statistics ({}{}): {}'.format(
        path, len(left_out), ', '.join(list(left_out)[:2]), ', ...' if len(left_out) > 2 else '',
        'each photo is normalised by its own, but a later PyTorch has gathered these and uses them '
        'in eval(), so its pictures differ' if used else
        'PyTorch 0.3 keeps them and never uses them')
