"""The weights that ship do what their records say, as far as nothing unpublished is needed."""

import re

import numpy
import pytest

from chainer_foodgan import weights
from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.evaluations.findings import evaluate_generator
from chainer_foodgan.masks import FoodMask


def test_bowls_64():
    """On a part of the bowls of its record; intervals are over the bowls."""
    pytest.importorskip('torch', reason="takes minutes on Chainer's kernels: pip install torch")
    said = weights.record('bowls_64').quality
    change = int(re.search(r'change outside the food is (\d+)/255', said)[1])
    gain = float(re.search(r'([\d.]+) dB above', said)[1])
    bowls = RenderedBowls(30, 64, 2000)
    findings = evaluate_generator(weights.load('bowls_64'), bowls, metrics=['content', 'psnr'],
                                  truth=bowls)
    assert len(findings.photo) == 30 * 9
    for key, record, rounded in (('change_outside', change, 0.5), ('psnr_gain', gain, 0.05)):
        means = [findings.values[key][findings.photo == bowl].mean() for bowl in range(30)]
        error = numpy.std(means, ddof=1) / numpy.sqrt(30)
        assert abs(numpy.mean(means) - record) < 1.96 * error + rounded, key
        assert error < record / 5  # so that the interval says something


@pytest.mark.parametrize('refine, figure', [('none', r'([\d.]+) and [\d.]+ by the network alone'),
                                            ('grabcut', r'([\d.]+) on their own tables')])
def test_mask_food(refine, figure):
    """The overlap with the true masks, on a part of the bowls of its record, on their tables."""
    if refine == 'grabcut':
        pytest.importorskip('cv2', reason='refines masks: pip install opencv-python-headless')
    record = float(re.search(figure, weights.record('mask_food').quality)[1])
    find_mask, bowls, overlaps = FoodMask(refine), RenderedBowls(24, 128, 2000), []
    for index in range(len(bowls)):
        found, true = numpy.asarray(find_mask(bowls.image(index))) > 127, bowls.mask(index)
        overlaps.append((found & true).sum() / (found | true).sum())
    error = numpy.std(overlaps, ddof=1) / numpy.sqrt(len(bowls))
    assert abs(numpy.mean(overlaps) - record) < 1.96 * error + 0.005
    assert error < record / 20  # so that the interval says something
