"""The weights that ship do what their records say, as far as nothing unpublished is needed."""

import re

import numpy
import pytest

from chainer_foodgan import weights
from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.evaluations.findings import evaluate_generator
from chainer_foodgan.weights import registry

pytest.importorskip('torch', reason='takes minutes on the kernels of Chainer: pip install torch')


def test_bowls_64():
    """On a part of the bowls of its record; intervals are over the bowls."""
    said = next(one for one in registry.records() if one.name == 'bowls_64').quality
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
