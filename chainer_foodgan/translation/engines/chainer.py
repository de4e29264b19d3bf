"""The generator computed by Chainer, on any of its devices."""

import chainer
import numpy as np

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.weights.loading import make_generator
from chainer_foodgan.weights.sources import GeneratorWeights


class Engine:
    """See :mod:`chainer_foodgan.translation.engines`.

    Args:
        generator (GeneratorWeights or Generator): A link is computed as it is at every call.
        device: What ``chainer.get_device`` takes, such as ``'@cupy:0'``; a link is moved there.
            None: the CPU, or wherever the link is.

    Raises:
        FoodganError: There is no such device.
    """

    name = 'chainer ' + chainer.__version__

    def __init__(self, generator, device=None):
        link = not isinstance(generator, GeneratorWeights)
        self.gen = generator if link else make_generator(generator)
        if device is not None:
            self.gen.to_device(_device(device))

    def __call__(self, x, c):
        xp = self.gen.xp
        x = np.broadcast_to(x, (len(c), *x.shape[1:]))
        with chainer.using_config('train', False), chainer.no_backprop_mode(), \
                chainer.using_device(self.gen.device):
            y = self.gen(xp.asarray(np.ascontiguousarray(x)), xp.asarray(c))
        return chainer.backends.cuda.to_cpu(y.array)


def _device(device):
    try:
        return chainer.get_device(device)
    except (RuntimeError, ValueError, TypeError) as error:
        raise FoodganError('{}: no such device here ({}); leave it out to compute on the '
                           'CPU'.format(device, ' '.join(str(error).split()))) from error
