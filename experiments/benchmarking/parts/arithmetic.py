"""Rates of matrix products, and the time that they allow a generator at best."""

import numpy

from benchmarking import stock_networks
from benchmarking.arithmetic import row
from benchmarking.flops import generator_flops
from benchmarking.forms import C_DIM
from benchmarking.timing import alternate


def measure(bench, size, matrix, most):
    """Rows: floating-point operations of a photo, rates, and their quotients."""
    gen = stock_networks.Generator(bench.conv_dim, C_DIM)
    flops = generator_flops(gen, size)
    products = _products(bench, matrix)
    seconds = alternate(products, most, limit=30, synchronise=bench.synchronise)
    rows = [row('multiplications and additions for one photo, {} px'.format(size), 'GFLOP',
                {'generator': {'median': flops / 1e9, 'repeats': 1}}),
            row('product of {0} x {0} matrices'.format(matrix), 'GFLOP/s',
                {name: {'median': 2 * matrix ** 3 / result['median'] / 1e9,
                        'repeats': result['repeats']}
                 for name, result in seconds.items() if 'median' in result}),
            row('one photo at this rate, {} px'.format(size), 's',
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
