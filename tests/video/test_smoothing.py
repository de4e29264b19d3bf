"""The average of the change against its formula."""

import numpy as np
import pytest
from PIL import Image

pytest.importorskip('av', reason='makes and reads videos: pip install av')

from chainer_foodgan.video.smoothing import Smoother  # noqa: E402  nothing is there without PyAV


def flat(*grey):
    return Image.new('RGB', (12, 8), grey * 3 if len(grey) == 1 else grey)


def value(picture):
    (colour,) = picture.getcolors()
    return colour[1][0]


def test_where_nothing_moves_the_change_is_an_exponential_average():
    smoother, average, seen = Smoother(), 50, []
    for changed in 150, 110, 150, 110, 110:
        average = 0.8 * average + 0.2 * (changed - 100)
        seen.append((value(smoother(flat(100), flat(changed))), 100 + average))
    np.testing.assert_allclose(*zip(*seen), atol=0.5 + 1e-3)


def test_a_cut_starts_anew():
    smoother = Smoother()
    smoother(flat(0), flat(90))
    assert value(smoother(flat(200), flat(180))) == 180


def test_what_stands_still_is_smoothed_beside_what_moves():
    smoother, first, second = Smoother(), flat(100), flat(100)
    second.paste((220, 220, 220), (6, 0, 12, 8))
    smoother(first, flat(140))
    result = np.asarray(smoother(second, flat(120)))
    assert (result[:, :3] == 136).all()  # 100 + 0.8 * 40 + 0.2 * 20
    assert (result[:, 9:] == 120).all()


def test_a_constant_change_stays_and_noise_of_a_camera_counts_as_still():
    smoother, rng = Smoother(), np.random.default_rng(0)
    results = []
    for number in range(12):
        photo = Image.fromarray(rng.integers(98, 103, (8, 12, 3), dtype=np.uint8))
        changed = photo.point(lambda grey: grey + (60 if number % 2 else 20))
        results.append(np.mean(np.asarray(smoother(photo, changed), float) - np.asarray(photo)))
    assert np.ptp(results[4:]) < 15  # without it: 40
