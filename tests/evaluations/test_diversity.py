"""How much pictures differ from one another."""

import numpy
import pytest

from chainer_foodgan.evaluations.diversity import Spread


def of(pictures, masks=None):
    spread = Spread()
    for n, x in enumerate(pictures):
        spread.add(x, None if masks is None else masks[n])
    return spread.value()


def test_flat_fills_have_none_and_noise_has_its_own():
    assert of(5 * [numpy.full((3, 4, 4), 0.3)]) == pytest.approx(0, abs=1e-5)
    noise = numpy.random.default_rng(0).normal(0, 0.2, (50, 3, 16, 16))
    assert of(noise) == pytest.approx(127.5 * 0.2, rel=0.02)
    assert of(noise) == pytest.approx(127.5 * numpy.sqrt(noise.var(axis=0, ddof=1).mean()))
    # Pictures that are wholly unlike but the same ones each time: texture is no diversity.
    assert of(5 * [noise[0]]) == pytest.approx(0, abs=1e-5)


def test_only_what_the_masks_share_counts():
    a, b = numpy.zeros((3, 2, 2)), numpy.ones((3, 2, 2))
    masks = numpy.array([[[1, 1], [0, 0]], [[1, 0], [1, 0]]], bool)
    assert of([a, b], masks) == pytest.approx(127.5 * numpy.sqrt(0.5))  # of 0 and 1, ddof 1
    assert of([a, b], [masks[0], ~masks[0]]) is None
    assert of([a]) is None and of([]) is None
