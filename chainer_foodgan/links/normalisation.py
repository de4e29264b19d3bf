"""Normalisation layers as PyTorch 0.3 has them."""

import chainer
import chainer.functions as F
import chainer.links as L

from chainer_foodgan.functions.normalisation import instance_normalization
from chainer_foodgan.links.initialiser import TorchUniform


class InstanceNormalization(chainer.Chain):
    """Instance normalisation with a learnt scale and shift; no running statistics.

    Args:
        channels (int): C.
        eps (float): Added to the variance.
        rng (numpy.random.Generator): Where the initial scale, U(0, 1), comes from; the shift
            starts at 0, as in PyTorch 0.3.
    """

    def __init__(self, channels, eps=1e-5, *, rng):
        super().__init__()
        self.eps = eps
        with self.init_scope():
            self.gamma = chainer.Parameter(TorchUniform.scale(rng), channels)
            self.beta = chainer.Parameter(0, channels)

    def forward(self, x):
        """(B, C, H, W) -> (B, C, H, W), the same in training and in testing."""
        return instance_normalization(x, self.gamma, self.beta, self.eps)


class ConditionalInstanceNormalization(chainer.Chain):
    """Instance normalisation whose scale and shift the label picks (Dumoulin et al. 2017).

    Every category has a scale and a shift of its own; a label vector blends them linearly.

    Args:
        channels (int): C.
        c_dim (int): Number of categories.
        eps (float): Added to the variance.
    """

    conditional = True

    def __init__(self, channels, c_dim, eps=1e-5):
        super().__init__()
        self.eps = eps
        with self.init_scope():
            self.gamma = chainer.Parameter(1, (c_dim, channels))
            self.beta = chainer.Parameter(0, (c_dim, channels))

    def forward(self, x, c):
        """(B, C, H, W) and label vectors (B, c_dim) -> (B, C, H, W)."""
        return instance_normalization(x, F.matmul(c, self.gamma), F.matmul(c, self.beta), self.eps)


class BatchNormalization(L.BatchNormalization):
    """``chainer.links.BatchNormalization`` with PyTorch's settings.

    eps is 1e-5 (Chainer's is 2e-5). Running statistics keep 0.9 of what they were, PyTorch's
    momentum of 0.1; both libraries count the variance of a batch into them without its bias.

    Args:
        channels (int): C.
        rng (numpy.random.Generator): Where the initial scale, U(0, 1), comes from; the shift
            starts at 0, as in PyTorch 0.3.
    """

    def __init__(self, channels, *, rng):
        super().__init__(channels, decay=0.9, eps=1e-5, initial_gamma=TorchUniform.scale(rng))
        del self.N  # no longer saved: nothing in PyTorch's files corresponds to this count,
        self.N = 0  # which fine-tuning alone, of Chainer's making, needs


def plain_instance_normalization(x):
    """Instance normalisation without scale and shift: (B, C, H, W) -> (B, C, H, W)."""
    xp, C = chainer.backend.get_array_module(x), x.shape[1]
    return instance_normalization(x, xp.ones(C, x.dtype), xp.zeros(C, x.dtype))
