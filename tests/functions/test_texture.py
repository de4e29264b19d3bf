"""Energies of fine detail: known pictures, a loop written out, slopes."""

import numpy
import pytest

import chainer_foodgan  # noqa: F401
from chainer_foodgan.functions.losses import detail_distance, detail_energies

import chainer

FLAT = 1e-4 ** 0.5  # what is left under the root where there is no detail


def grey(rows):
    """A picture of three equal channels, float64 (1, 3, H, W)."""
    return numpy.broadcast_to(numpy.asarray(rows, float), (1, 3) + numpy.shape(rows)).copy()


def test_flat_pictures_and_slopes_have_none():
    y, x = numpy.mgrid[:20, :20] / 40
    for rows in (numpy.full((20, 20), 0.3), x, x - y):
        for energies in detail_energies(grey(rows)):
            numpy.testing.assert_allclose(energies.array, FLAT, rtol=1e-3)


def test_stripes_are_seen_across_them_alone(use_torch):
    """Columns of 1 and -1: the second difference across is 4, down it is 0, diagonally 4."""
    stripes = grey(numpy.resize([1., -1.], (20, 20)))
    fine, coarse = detail_energies(stripes)
    across, down, first, second = fine.array[0, :, 0, 0]
    assert across == pytest.approx(4, rel=1e-4) and down == pytest.approx(FLAT, rel=1e-3)
    assert first == pytest.approx(4, rel=1e-4) and second == pytest.approx(4, rel=1e-4)
    numpy.testing.assert_allclose(coarse.array, FLAT, rtol=1e-3)  # half the size averages them out


def test_the_formula(use_torch, float64):
    rng = numpy.random.default_rng(0)
    x = rng.uniform(-1, 1, (2, 3, 19, 26))
    luminance = numpy.einsum('c,bchw->bhw', [0.299, 0.587, 0.114], x)
    found = detail_energies(x, scales=2, window=4)
    for scale, energies in enumerate(found):
        if scale:
            H, W = (side // 2 * 2 for side in luminance.shape[1:])
            luminance = luminance[:, :H, :W].reshape(2, H // 2, 2, W // 2, 2).mean(axis=(2, 4))
        middle = luminance[:, 1:-1, 1:-1]
        H, W = luminance.shape[1:]
        for direction, (row, column) in enumerate(((0, 1), (1, 0), (1, 1), (1, -1))):
            ends = [luminance[:, 1 + s * row:H - 1 + s * row, 1 + s * column:W - 1 + s * column]
                    for s in (1, -1)]
            detail = 2 * middle - ends[0] - ends[1]
            for i, j in numpy.ndindex(energies.shape[2:]):
                window = detail[:, 4 * i:4 * i + 4, 4 * j:4 * j + 4]
                numpy.testing.assert_allclose(
                    energies.array[:, direction, i, j],
                    numpy.sqrt((window ** 2).mean(axis=(1, 2)) + 1e-4), rtol=1e-7)


def test_it_is_where_and_how_much_not_which_pixel(use_torch):
    """Stripes moved by a pixel are as near as can be, and blurred ones are not."""
    stripes = numpy.tile([1., -1.], (36, 19))[:, :37]
    here, moved = grey(stripes[:, :-1]), grey(stripes[:, 1:])
    assert abs(here - moved).mean() == 2
    assert float(detail_distance(here, moved).array) == pytest.approx(0, abs=1e-6)
    # Upright stripes are details of 2 + 2 in three directions of four, none at half the size.
    assert float(detail_distance(here, 0 * here).array) == pytest.approx(
        (numpy.sqrt(4 ** 2 + 1e-4) - 1e-2) * 3 / 4 / 2, rel=1e-6)


def test_its_gradient_is_its_slope(use_torch, float64, check_slope):
    rng = numpy.random.default_rng(1)
    x, y = rng.uniform(-1, 1, (2, 2, 3, 20, 22))
    variable = chainer.Variable(x)
    gradient, = chainer.grad([detail_distance(variable, y)], [variable])
    check_slope(lambda: detail_distance(x, y).array, [x], [gradient.array], rtol=1e-5)
