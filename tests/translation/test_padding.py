"""Padding to multiples of four."""

import numpy as np
import pytest

from chainer_foodgan.translation.padding import crop, pad


@pytest.mark.parametrize('H', range(1, 10))
@pytest.mark.parametrize('W', [1, 2, 3, 4, 7, 8])
def test_sides_become_the_next_multiple_and_crop_undoes_it(H, W):
    array = np.random.default_rng(0).standard_normal((3, H, W)).astype(np.float32)
    padded = pad(array)
    assert padded.shape == (3, (H + 3) // 4 * 4, (W + 3) // 4 * 4)
    assert padded.dtype == np.float32
    np.testing.assert_array_equal(crop(padded, H, W), array)


def test_a_multiple_is_left_alone():
    array = np.zeros((3, 8, 12), np.float32)
    assert pad(array) is array


def test_the_edge_is_mirrored_without_being_repeated():
    array = np.array([[[1, 2, 3, 4, 5], [6, 7, 8, 9, 10], [11, 12, 13, 14, 15]]])
    expected = [[1, 2, 3, 4, 5, 4, 3, 2], [6, 7, 8, 9, 10, 9, 8, 7],
                [11, 12, 13, 14, 15, 14, 13, 12], [6, 7, 8, 9, 10, 9, 8, 7]]
    np.testing.assert_array_equal(pad(array)[0], expected)
