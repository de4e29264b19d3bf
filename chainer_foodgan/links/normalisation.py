"""Instance normalisation as a link."""

import chainer

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
