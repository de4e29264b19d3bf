"""DiffAugment: what each change does, and that its gradient is that of what it does."""

import numpy
import pytest

from chainer_foodgan.functions.diff_augment import DiffAugment, color, cutout, translation

import chainer

ALL = 'color,translation,cutout'


def batch(B=4, H=16, W=8, seed=0):
    return numpy.random.default_rng(seed).uniform(-1, 1, (B, 3, H, W))


def test_color_is_its_formula():
    x = batch()
    y = color(chainer.Variable(x), numpy.random.default_rng(5)).array
    rng = numpy.random.default_rng(5)
    brightness, saturation, contrast = (
        rng.uniform(low, high, 4) for low, high in ((-0.5, 0.5), (0, 2), (0.5, 1.5)))
    for n in range(4):
        photo = x[n] + brightness[n]
        grey = photo.mean(axis=0)
        photo = grey + saturation[n] * (photo - grey)
        mean = photo.mean()
        photo = mean + contrast[n] * (photo - mean)
        numpy.testing.assert_allclose(y[n], photo, rtol=1e-12, atol=1e-12)


def moved(photo, dy, dx):
    """The photo moved by whole pixels, zeros behind it, element by element."""
    result = numpy.zeros_like(photo)
    _, H, W = photo.shape
    for i in range(H):
        for j in range(W):
            if 0 <= i - dy < H and 0 <= j - dx < W:
                result[:, i, j] = photo[:, i - dy, j - dx]
    return result


def test_translation_moves_by_up_to_an_eighth():
    x = batch(B=100)
    y = translation(chainer.Variable(x), numpy.random.default_rng(1)).array
    seen = set()
    for before, after in zip(x, y):
        fitting = [(dy, dx) for dy in range(-2, 3) for dx in range(-1, 2)
                   if (moved(before, dy, dx) == after).all()]
        assert len(fitting) == 1
        seen.update(fitting)
    assert len(seen) == 15  # 5 moves up or down times 3 to the sides, all of them


def test_the_gradient_of_translation_is_its_transpose():
    """<T x, y> = <x, T' y>, and T' is a move back: T' T x is x where nothing left the picture."""
    x, y = chainer.Variable(batch()), chainer.Variable(batch(seed=1))
    there = translation(x, numpy.random.default_rng(1))
    back, = chainer.grad([there], [x], [y], enable_double_backprop=True)
    assert (there.array * y.array).sum() == pytest.approx((x.array * back.array).sum(), rel=1e-12)
    # The transpose of the transpose is the move itself.
    again, = chainer.grad([back], [y], [x])
    numpy.testing.assert_array_equal(again.array, there.array)
    round_trip, = chainer.grad([there], [x], [there])
    numpy.testing.assert_array_equal(round_trip.array[:, :, 2:-2, 1:-1], x.array[:, :, 2:-2, 1:-1])


def test_cutout_is_a_square_of_half_the_size_at_most():
    x = batch(B=200)
    y = cutout(chainer.Variable(x), numpy.random.default_rng(1)).array
    areas = []
    for before, after in zip(x, y):
        hole = after[0] == 0
        assert ((after == 0) == hole).all()  # in all channels
        numpy.testing.assert_array_equal(after[:, ~hole], before[:, ~hole])
        rows, columns = numpy.flatnonzero(hole.any(1)), numpy.flatnonzero(hole.any(0))
        assert hole.sum() == len(rows) * len(columns)
        assert numpy.ptp(rows) == len(rows) - 1 and numpy.ptp(columns) == len(columns) - 1
        assert 4 <= len(rows) <= 8 and 2 <= len(columns) <= 4  # its centre is in the picture
        areas.append(hole.sum())
    assert max(areas) == 8 * 4 and min(areas) < max(areas)


@pytest.mark.parametrize('policy', ['color', 'translation', 'cutout', ALL])
def test_same_numbers_same_changes(policy):
    x = batch()
    results = [DiffAugment(policy)(x, numpy.random.default_rng(seed)).array for seed in (3, 3, 4)]
    numpy.testing.assert_array_equal(results[0], results[1])
    assert (results[0] != results[2]).any()
    assert results[0].shape == x.shape and results[0].dtype == x.dtype


def test_samples_change_each_in_their_own_way():
    x = numpy.repeat(batch(B=1), 4, axis=0)
    for policy in ('color', 'translation', 'cutout'):
        y = DiffAugment(policy)(x, numpy.random.default_rng(0)).array
        assert len({sample.tobytes() for sample in y}) > 1


def test_a_policy_is_its_parts_in_order():
    x = batch()
    rng = numpy.random.default_rng(3)
    expected = cutout(translation(color(chainer.Variable(x), rng), rng), rng)
    y = DiffAugment(ALL)(x, numpy.random.default_rng(3))
    numpy.testing.assert_array_equal(y.array, expected.array)


@pytest.mark.parametrize('policy', ['color', 'translation', 'cutout', ALL])
def test_gradients_are_slopes(check_gradients, policy):
    check_gradients(lambda x: DiffAugment(policy)(x, numpy.random.default_rng(3)), batch())
