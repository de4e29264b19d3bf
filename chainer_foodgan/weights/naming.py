"""Chainer's keys and those of the released PyTorch files: the same weights, renamed.

====================  =======================  =============================================
Chainer               released                 what
====================  =======================  =============================================
``main/0/W``          ``main.0.weight``        a convolution (never transposed: equal layouts)
``main/0/b``          ``main.0.bias``          its bias
``main/1/gamma``      ``main.1.weight``        the scale of an instance normalisation
``main/1/beta``       ``main.1.bias``          its shift; of a conditional one (c_dim, channels)
none                  ``main.1.running_mean``  zeros } PyTorch 0.3 keeps both and never uses
none                  ``main.1.running_var``   ones  } them: it normalises by the instance
====================  =======================  =============================================
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ['arrays_of', 'in_order', 'pytorch_key', 'released', 'renamed_for_chainer',
           'renamed_for_pytorch']

Arrays = dict[str, np.ndarray]

_RELEASED = {'W': 'weight', 'b': 'bias', 'gamma': 'weight', 'beta': 'bias',
             'avg_mean': 'running_mean', 'avg_var': 'running_var'}
_STATISTICS = ('running_mean', 'running_var', 'num_batches_tracked')
_FILTERS = {'weight': 'W', 'bias': 'b'}
_SCALE = {'weight': 'gamma', 'bias': 'beta', 'running_mean': 'avg_mean', 'running_var': 'avg_var'}
_ZOO = ('model', 'net')
# What DataParallel and torch.compile put before every key.
_PREFIXES = ('module.', '_orig_mod.')


def arrays_of(link: Any) -> Arrays:
    """The parameters of a link (and what else it stores) under Chainer's keys, on the CPU.

    They are the link's own arrays, not copies, where the link is on the CPU. Their order is that of
    the layers: a chain hands out its children in whatever order, and files should be equal where
    weights are.
    """
    import chainer

    serializer = chainer.serializers.DictionarySerializer()
    serializer.save(link)
    return {key: np.asarray(array) for key, array in in_order(serializer.target).items()}


def in_order(arrays: Arrays) -> Arrays:
    """Arrays under Chainer's keys in the order of the layers (dict)."""
    return dict(sorted(arrays.items(), key=lambda item: [n.zfill(4) for n in item[0].split('/')]))


def renamed_for_pytorch(arrays: Arrays) -> Arrays:
    """The same arrays under the released keys; no running statistics are added."""
    return {pytorch_key(key): array for key, array in arrays.items()}


def pytorch_key(key: str) -> str:
    """``'main/0/W'`` -> ``'main.0.weight'``."""
    *path, leaf = key.split('/')
    return '.'.join(path + [_RELEASED.get(leaf, leaf)])


def released(arrays: Arrays) -> Arrays:
    """Renames Chainer's keys to the released ones, and adds the running statistics that the
    released format carries for each instance normalisation.
    """
    state = {}
    for key, array in arrays.items():
        state[pytorch_key(key)] = array
        # Conditional normalisation, a row of scales a category, is no part of that format.
        if (key.endswith('/gamma') and array.ndim == 1
                and key[:-len('gamma')] + 'avg_mean' not in arrays):
            module = pytorch_key(key)[:-len('weight')]
            state[module + 'running_mean'] = np.zeros(len(array), np.float32)
            state[module + 'running_var'] = np.ones(len(array), np.float32)
    return state


def renamed_for_chainer(state: Arrays) -> tuple[Arrays, Arrays]:
    """Renames PyTorch-style keys, which may begin with ``module.``, to Chainer's; Chainer's stay as
    they are.

    Returns the arrays, and those that belong to nothing here, under the keys they had: running
    statistics and counts of batches.
    """
    for prefix in _PREFIXES:
        if state and all(key.startswith(prefix) for key in state):
            state = {key[len(prefix):]: array for key, array in state.items()}
    arrays, left_out = {}, {}
    for key, array in state.items():
        *path, leaf = key.split('.')
        # A vector is the scale of a normalisation; convolutions have more dimensions. A shift of
        # two is that of a conditional one; the biases of all else are vectors.
        weight = state.get('.'.join(path + ['weight']), array if leaf == 'bias' else None)
        shift = state.get('.'.join(path + ['bias']))
        scale = weight is not None and weight.ndim == 1 or shift is not None and shift.ndim == 2
        names = _SCALE if scale else _FILTERS
        if leaf in _STATISTICS and (leaf not in names or path[0] not in _ZOO):
            left_out[key] = array
        elif path:
            arrays['/'.join(path + [names.get(leaf, leaf)])] = array
        else:
            arrays[key] = array
    return arrays, left_out
