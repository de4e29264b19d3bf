"""PyTorch 0.3's default initialisation; the original calls no other."""

import chainer


class TorchUniform(chainer.initializer.Initializer):
    """Uniform numbers from a generator of the caller's.

    Args:
        low (float): Lower end.
        high (float): Upper end.
        rng (numpy.random.Generator): Where the numbers come from.
    """

    def __init__(self, low, high, rng):
        super().__init__()
        self.low, self.high, self.rng = low, high, rng

    @classmethod
    def fan_in(cls, fan_in, rng):
        """U(-s, s), s = 1 / sqrt(fan_in), for the filters and biases of a convolution.

        ``fan_in`` is in_channels x kernel height x kernel width. PyTorch 0.3 counts *in* channels
        for the transposed convolution too (today's PyTorch counts out channels).
        """
        return cls(-fan_in ** -0.5, fan_in ** -0.5, rng)

    @classmethod
    def scale(cls, rng):
        """U(0, 1), for the scale of a normalisation layer."""
        return cls(0, 1, rng)

    def __call__(self, array):
        values = self.rng.uniform(self.low, self.high, array.shape).astype(array.dtype)
        array[...] = chainer.backend.get_array_module(array).asarray(values)
