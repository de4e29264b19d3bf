"""Rates of matrix products, and the time that they allow a generator at best."""

import numpy

from benchmarking import stock
from benchmarking.bench import C_DIM
from benchmarking.timing import alternate, row

import chainer


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


def measure(bench, size, matrix, most):
    """Rows: floating-point operations of a photo, rates, and their quotients."""
    gen = stock.Generator(bench.conv_dim, C_DIM)
    flops = generator_flops(gen, size)
    products = _products(bench, matrix)
    seconds = alternate(products, most, limit=30, synchronise=bench.synchronise)
    rows = [row(f'multiplications and additions for one photo, {size} px', 'GFLOP',
                {'generator': {'median': flops / 1e9, 'repeats': 1}}),
            row(f'product of {matrix} x {matrix} matrices', 'GFLOP/s',
                {name: {'median': 2 * matrix ** 3 / result['median'] / 1e9,
                        'repeats': result['repeats']}
                 for name, result in seconds.items() if 'median' in result}),
            row(f'one photo at this rate, {size} px', 's',
                {name: {'median': flops / (2 * matrix ** 3) * result['median'],
                        'repeats': result['repeats']}
                 for name, result in seconds.items() if 'median' in result},
                note='the least that the arithmetic allows, were all of it matrix products')]
    return rows


def _products(bench, matrix):
    """Name of library and type to a function that multiplies two square matrices."""
    rng = numpy.random.default_rng(0)
    a, b = rng.standard_normal((2, matrix, matrix)).astype(numpy.float32)
    products = {}
    if bench.device is None:
        products['NumPy, float32'] = lambda: a @ b
    if bench.has_torch:
        import torch
        for dtype in (torch.float32, torch.bfloat16):
            pair = [torch.from_numpy(array).to(bench.torch_device, dtype) for array in (a, b)]
            products['PyTorch, {}'.format(str(dtype).split('.')[1])] = (
                lambda pair=pair: pair[0] @ pair[1])
    return products
