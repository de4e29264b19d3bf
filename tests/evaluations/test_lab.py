"""CIELAB of known colours, and against scikit-image."""

import numpy
import pytest

from chainer_foodgan.evaluations.controls import from_lab, to_lab


@pytest.mark.parametrize('rgb, lab', [
    # Of CIE's formulas, to be found in many tables.
    ((255, 255, 255), (100, 0, 0)), ((0, 0, 0), (0, 0, 0)), ((119, 119, 119), (50.03, 0, 0)),
    ((255, 0, 0), (53.24, 80.09, 67.20)), ((0, 255, 0), (87.73, -86.18, 83.18)),
    ((0, 0, 255), (32.30, 79.19, -107.86))])
def test_known_colours(rgb, lab):
    x = numpy.array(rgb, numpy.float32) / 127.5 - 1
    assert to_lab(x) == pytest.approx(lab, abs=0.03)


def colours():
    steps = numpy.linspace(-1, 1, 18, dtype=numpy.float32)
    return numpy.stack(numpy.meshgrid(steps, steps, steps)).reshape(3, 18, -1)


def test_there_and_back():
    x = colours()
    back = from_lab(to_lab(x))
    assert back.dtype == numpy.float32 and abs(back - x).max() < 1e-4


def test_colours_beyond_the_screen_are_clipped():
    far = from_lab(numpy.array([[50., 101., -3.], [200., 0, 0], [-200., 0, 0]]))
    assert abs(far).max() == 1 and numpy.isfinite(far).all()
    assert far[:, 1].tolist() == [1, 1, 1] and far[:, 2].tolist() == [-1, -1, -1]


def test_scikit_image_says_the_same():
    color = pytest.importorskip('skimage.color', reason='a second opinion: pip install '
                                'scikit-image')
    x = colours()
    lab = color.rgb2lab((x.astype(float) + 1) / 2, channel_axis=0)
    assert to_lab(x) == pytest.approx(lab, abs=1e-3)
    rgb = color.lab2rgb(lab, channel_axis=0)
    assert from_lab(lab) == pytest.approx(2 * rgb - 1, abs=1e-4)
