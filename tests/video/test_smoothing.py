"""The average of the change against its formula."""

import numpy as np
import pytest
from PIL import Image

pytest.importorskip('av', reason='makes and reads videos: pip install av')

from chainer_foodgan.video.translating import Smoother  # noqa: E402  nothing is there without PyAV


def flat(*grey):
    return Image.new('RGB', (12, 8), grey * 3 if len(grey) == 1 else grey)


def value(picture):
    (colour,) = picture.getcolors()
    return colour[1][0]


def test_where_nothing_moves_the_pictures_are_averaged_exponentially():
    smoother, average, seen = Smoother(), 150, []
    for changed in 150, 110, 150, 110, 110:
        average = 0.8 * average + 0.2 * changed
        seen.append((value(smoother(flat(100), flat(changed))), average))
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
    assert (result[:, :3] == 136).all()  # 0.8 * 140 + 0.2 * 120
    assert (result[:, 9:] == 120).all()


def test_the_noise_of_a_camera_is_no_movement():
    rng = np.random.default_rng(0)
    smoother, steady = Smoother(), []
    for number in range(20):
        noise = rng.normal(100, 4, (24, 36, 3)).clip(0, 255).astype(np.uint8)
        steady.append(np.mean(smoother(Image.fromarray(noise),
                                       Image.new('RGB', (36, 24), (0, 0, 60 * (number % 2))))))
    assert np.ptp(steady[10:]) < 0.25 * 60 / 3  # without noise: a ninth of it
