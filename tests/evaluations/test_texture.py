"""Local patterns against a slow reference and known answers."""

import numpy
import pytest
from PIL import Image

from chainer_foodgan import images
from chainer_foodgan.evaluations import texture
from chainer_foodgan.evaluations.texture import (
    Spread,
    Textures,
    distance,
    figures,
    histograms,
    patterns,
)


def slow(grey, radius):
    """Pixel by pixel, neighbour by neighbour, clockwise from the upper left."""
    H, W = grey.shape
    found = numpy.zeros((H, W), int)
    for row in range(H):
        for column in range(W):
            around = [(-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1)]
            for bit, (down, right) in enumerate(around):
                neighbour = grey[min(max(row + radius * down, 0), H - 1),
                                 min(max(column + radius * right, 0), W - 1)]
                if neighbour - grey[row, column] > 2:
                    found[row, column] += 2 ** bit
    return found


@pytest.mark.parametrize('radius', [1, 2])
def test_patterns_pixel_by_pixel(radius):
    grey = numpy.random.default_rng(radius).integers(0, 12, (7, 9))
    assert (patterns(grey, radius) == slow(grey, radius)).all()


def test_patterns_by_hand():
    grey = numpy.array([[13, 12, 12],
                        [10, 10, 99],
                        [0, 10, 10]])
    # Brighter by more than two: the upper left (bit 0) and the right (bit 3).
    assert patterns(grey, 1)[1, 1] == 1 + 8
    # The border goes on: the upper left neighbour of a corner is the corner itself.
    assert patterns(grey, 1)[0, 1] == 16
    assert patterns(grey, 2)[1, 1] == 1 + 8


def grey_picture(grey):
    return images.to_array(Image.fromarray(
        numpy.repeat(grey.astype(numpy.uint8)[:, :, None], 3, axis=2)))


def test_a_flat_picture_has_one_pattern():
    found = histograms(numpy.full((3, 10, 10), 0.3, numpy.float32))
    assert found.shape == (2, 256) and found.dtype == numpy.float32
    assert (found[:, 0] == 1).all() and found[:, 1:].sum() == 0


def test_grain_of_two_levels_is_not_seen_and_of_three_is():
    board = numpy.indices((10, 10)).sum(axis=0) % 2
    assert histograms(grey_picture(100 + 2 * board))[:, 0].tolist() == [1, 1]
    # The four neighbours along the axes of a dark field are bright: bits 1, 3, 5, 7.
    near, far = histograms(grey_picture(100 + 3 * board))
    assert near[2 + 8 + 32 + 128] == near[0] == 0.5 and far[0] == 1


def test_only_the_middle_or_the_mask_counts():
    grey = numpy.zeros((20, 20), int)
    # The middle are rows and columns 4 to 15; their neighbours are 2 to 17.
    grey[:2], grey[:, 18:] = 255 * (numpy.arange(20) % 2), 99
    assert histograms(grey_picture(grey))[:, 0].tolist() == [1, 1]
    mask = numpy.zeros((20, 20), bool)
    mask[0] = True
    expected = numpy.bincount(slow(grey, 1)[0], minlength=256) / 20
    assert histograms(grey_picture(grey), mask)[0] == pytest.approx(expected)


def test_colours_do_not_count():
    rng = numpy.random.default_rng(0)
    grey = rng.integers(0, 2, (20, 20)) * 100 + 50
    x = grey_picture(grey)
    tinted = x.copy()
    tinted[2] = -1  # no blue: darker, and the same is brighter than the same
    assert (histograms(x) == histograms(tinted)).all()


def one(*shares):
    found = numpy.zeros((2, 256))
    found[:, :len(shares)] = shares
    return found


def test_distance_by_hand():
    a, b = numpy.stack([one(1), one(0, 1)]), one(0.25, 0.25, 0.5)[None]
    # The means are (.5, .5, 0) and (.25, .25, .5).
    assert distance(a, b) == pytest.approx(2 * 0.25 ** 2 / 0.75 + 0.5 ** 2 / 0.5)
    assert distance(a, a[::-1]) == 0 and distance(a[:1], a[1:]) == 2


def test_distance_is_the_mean_over_the_radii():
    a, b = one(1)[None], one(1)[None].copy()
    b[0, 1] = one(0, 1)[1]
    assert distance(a, b) == 1


def test_figures_are_of_each_target_then_their_mean():
    made, target = numpy.stack([one(1), one(1), one(0, 1)]), numpy.array([0, 0, 1])
    real, label = numpy.stack([one(0, 1), one(1), one(1)]), numpy.array([0, 1, 1])
    textures = Textures(made, real, label)
    assert figures(textures, target, [0]) == {'texture': 2, 'texture_floor': None}
    assert figures(textures, target, [1]) == {'texture': 2, 'texture_floor': 0}
    swapped = textures._replace(real=real[::-1], label=numpy.array([0, 0, 1]))
    assert figures(swapped, target, [0, 1, 2]) == {'texture': 0, 'texture_floor': 0}
    assert figures(textures, target, [2]) == {'texture': None, 'texture_floor': None}


def test_the_floor_is_of_halves():
    real = numpy.stack([one(1), one(0, 1)])
    found = figures(Textures(one(1)[None], real, numpy.zeros(2, int)), numpy.zeros(1, int), [0])
    assert found['texture_floor'] == 2  # one against the other, whichever is drawn first
    assert found['texture'] == pytest.approx(0.5 ** 2 / 1.5 + 0.5 ** 2 / 0.5)


def test_the_middle_is_three_fifths_of_both_sides():
    where = texture._middle((20, 10))
    rows, columns = numpy.nonzero(where)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (4, 15, 2, 7)
    assert where.sum() == 12 * 6


def spread(pictures, masks=None):
    found = Spread()
    for n, x in enumerate(pictures):
        found.add(x, None if masks is None else masks[n])
    return found.value()


def test_flat_fills_have_none_and_noise_has_its_own():
    assert spread(5 * [numpy.full((3, 4, 4), 0.3)]) == pytest.approx(0, abs=1e-5)
    noise = numpy.random.default_rng(0).normal(0, 0.2, (50, 3, 16, 16))
    assert spread(noise) == pytest.approx(127.5 * 0.2, rel=0.02)
    assert spread(noise) == pytest.approx(127.5 * numpy.sqrt(noise.var(axis=0, ddof=1).mean()))
    # Pictures that are wholly unlike but the same ones each time: texture is no diversity.
    assert spread(5 * [noise[0]]) == pytest.approx(0, abs=1e-5)


def test_only_what_the_masks_share_counts():
    a, b = numpy.zeros((3, 2, 2)), numpy.ones((3, 2, 2))
    masks = numpy.array([[[1, 1], [0, 0]], [[1, 0], [1, 0]]], bool)
    assert spread([a, b], masks) == pytest.approx(127.5 * numpy.sqrt(0.5))  # of 0 and 1, ddof 1
    assert spread([a, b], [masks[0], ~masks[0]]) is None
    assert spread([a]) is None and spread([]) is None
