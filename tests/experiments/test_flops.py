"""The generator's arithmetic, counted by hand."""

import pytest
from benchmarking import stock
from benchmarking.parts.arithmetic import generator_flops


@pytest.mark.parametrize('conv_dim, c_dim, blocks, size', [(2, 3, 1, 8), (3, 10, 2, 16)])
def test_layer_by_layer(conv_dim, c_dim, blocks, size):
    d, full, half, quarter = conv_dim, size ** 2, (size // 2) ** 2, (size // 4) ** 2
    layers = [  # weights of a layer x places that they are applied at
        7 * 7 * (3 + c_dim) * d * full,
        4 * 4 * d * 2 * d * half,
        4 * 4 * 2 * d * 4 * d * quarter,
        blocks * 2 * 3 * 3 * 4 * d * 4 * d * quarter,
        4 * 4 * 4 * d * 2 * d * quarter,  # transposed: at the places of its input
        4 * 4 * 2 * d * d * half,
        7 * 7 * d * 3 * full]
    gen = stock.Generator(conv_dim, c_dim, blocks)
    assert generator_flops(gen, size) == 2 * sum(layers)
