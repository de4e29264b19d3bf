"""What a program computes instead of the exported one's first and last convolution."""

import numpy as np
import pytest

from chainer_foodgan.translation.engines.program import inputs


@pytest.mark.parametrize('H', [1, 4, 6, 7, 8, 16])
@pytest.mark.parametrize('W', [4, 7, 12])
def test_the_labels_share_is_the_convolution_of_their_map(H, W):
    rng = np.random.default_rng(0)
    filters, c = rng.standard_normal((5, 3, 7, 7)), rng.standard_normal((2, 3))
    x = np.zeros((1, 3, H, W))
    maps = np.pad(np.broadcast_to(c[:, :, None, None], (2, 3, H, W)),
                  [(0, 0), (0, 0), (3, 3), (3, 3)])
    windows = np.lib.stride_tricks.sliding_window_view(maps, (7, 7), (2, 3))
    expected = np.einsum('nkhwij,okij->nohw', windows, filters)
    found = inputs(filters, x, c)
    assert found['x'] is x
    assert found['labels'].shape == (2, 5, min(H, 7), min(W, 7))
    share = found['labels'][:, :, found['rows']][:, :, :, found['columns']]
    np.testing.assert_allclose(share, expected, atol=1e-12)
