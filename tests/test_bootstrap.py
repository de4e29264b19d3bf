import numpy
import pytest

import chainer_foodgan  # noqa: F401  (chainercv needs its cures)

utils = pytest.importorskip('chainercv.utils')


@pytest.mark.parametrize('n_bbox', [1, 64, 65, 200])
def test_nms_gpu_post_selects_what_the_cpu_selects(n_bbox):
    from chainercv.utils.bbox._nms_gpu_post import _nms_gpu_post
    rng = numpy.random.default_rng(n_bbox)
    corner = rng.uniform(0, 8, (n_bbox, 2))
    bbox = numpy.hstack([corner, corner + rng.uniform(1, 4, (n_bbox, 2))])

    # What the GPU hands over: bit j of row i says that box i suppresses the later box j.
    col_blocks = -(-n_bbox // 64)
    mask = numpy.zeros((n_bbox, col_blocks), dtype=numpy.uint64)
    for i, j in zip(*numpy.where(numpy.triu(utils.bbox_iou(bbox, bbox) >= .4, 1))):
        mask[i, j // 64] |= numpy.uint64(1 << int(j) % 64)

    selection, n_selection = _nms_gpu_post(mask.ravel(), n_bbox, 64, col_blocks)
    expected = utils.non_maximum_suppression(bbox, .4)
    assert n_bbox == 1 or n_selection < n_bbox
    numpy.testing.assert_array_equal(selection[:n_selection], expected)
