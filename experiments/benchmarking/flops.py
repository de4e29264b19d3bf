"""How much a generator has to compute."""

import chainer
import numpy


class _Counter(chainer.LinkHook):
    """Counts a multiplication and an addition for every weight and place it is applied at."""

    name = 'Counter'

    def __init__(self):
        self.flops = 0

    def forward_postprocess(self, args):
        link = args.link
        # A convolution applies its filters at every pixel of its output, a transposed one at
        # every pixel of its input.
        if isinstance(link, chainer.links.Convolution2D):
            self.flops += 2 * link.W.size * int(numpy.prod(args.out.shape[2:]))
        elif isinstance(link, chainer.links.Deconvolution2D):
            self.flops += 2 * link.W.size * int(numpy.prod(args.args[0].shape[2:]))


def generator_flops(gen, size):
    """Floating-point operations of the convolutions for one photo.

    Args:
        gen (chainer.Link): A generator whose convolutions are Chainer's links.
        size (int): Side of the photo in pixels.

    Returns:
        int: Multiplications and additions; the rest of the network is left out.
    """
    x = numpy.zeros((1, 3, size, size), numpy.float32)
    counter = _Counter()
    with chainer.no_backprop_mode(), counter:
        gen(x, numpy.zeros((1, gen.c_dim), numpy.float32))
    return counter.flops
