"""Chainer's keys and those of the released PyTorch files: the same weights, renamed.

====================  =======================  =============================================
Chainer               released                 what
====================  =======================  =============================================
``main/0/W``          ``main.0.weight``        a convolution (never transposed: equal layouts)
``main/0/b``          ``main.0.bias``          its bias
``main/1/gamma``      ``main.1.weight``        the scale of an instance normalisation
``main/1/beta``       ``main.1.bias``          its shift
none                  ``main.1.running_mean``  zeros } PyTorch 0.3 keeps both and never uses
none                  ``main.1.running_var``   ones  } them: it normalises by the instance
====================  =======================  =============================================
"""

import chainer
import numpy as np

_RELEASED = {'W': 'weight', 'b': 'bias', 'gamma': 'weight', 'beta': 'bias'}


def arrays_of(link):
    """The parameters of a link (and what else it stores) under Chainer's keys, on the CPU.

    They are the link's own arrays, not copies, where the link is on the CPU. Their order is that of
    the layers: a chain hands out its children in whatever order, and files should be equal where
    weights are.
    """
    serializer = chainer.serializers.DictionarySerializer()
    serializer.save(link)
    in_order = sorted(serializer.target, key=lambda key: [n.zfill(4) for n in key.split('/')])
    return {key: np.asarray(serializer.target[key]) for key in in_order}


def released(arrays):
    """Renames Chainer's keys to the released ones.

    Args:
        arrays (dict): Arrays under Chainer's keys.

    Returns:
        dict: The same arrays under PyTorch-style keys, with the running statistics that the
        released format carries for each instance normalisation.
    """
    state = {}
    for key, array in arrays.items():
        *path, leaf = key.split('/')
        module = ''.join(part + '.' for part in path)
        state[module + _RELEASED.get(leaf, leaf)] = array
        if leaf == 'gamma':
            state[module + 'running_mean'] = np.zeros(len(array), np.float32)
            state[module + 'running_var'] = np.ones(len(array), np.float32)
    return state
