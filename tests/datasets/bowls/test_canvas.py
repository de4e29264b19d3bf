import numpy
import pytest

from chainer_foodgan.datasets.bowls.canvas import Canvas, blob, ellipse, place, ribbon, value_noise


def _area(outline):
    x, y = outline.T
    return abs(x @ numpy.roll(y, -1) - y @ numpy.roll(x, -1)) / 2


def test_ellipse_has_its_axes_and_place():
    outline = ellipse((3, -2), 2.0, 0.5, numpy.pi / 2, 400)
    numpy.testing.assert_allclose(outline.min(0), (2, -4), atol=1e-3)
    numpy.testing.assert_allclose(outline.max(0), (4, 0), atol=1e-3)
    assert _area(outline) == pytest.approx(numpy.pi * 2 * 1, rel=1e-3)


def test_many_ellipses_are_one_each():
    centres = numpy.array([[0.0, 1], [2, 3], [4, 5]])
    radii, ratios, angles = (numpy.array(x) for x in ([1.0, 2, 3], [0.5, 1, 0.8], [0.0, 1, 2]))
    many = ellipse(centres, radii, ratios, angles, 12)
    assert many.shape == (3, 12, 2)
    for k in range(3):
        numpy.testing.assert_allclose(
            many[k], ellipse(centres[k], radii[k], ratios[k], angles[k], 12))


def test_blob_stays_within_its_wobble():
    outline = blob(numpy.random.default_rng(0), (1, 1), 2.0, wobble=0.2, corners=50)
    reach = numpy.sqrt(((outline - 1) ** 2).sum(1))
    assert 1.6 <= reach.min() < 1.95 and 2.05 < reach.max() <= 2.4


def test_place_turns_then_moves():
    numpy.testing.assert_allclose(place(numpy.array([[1.0, 0.0], [0, 2]]), (5, 6), numpy.pi / 2),
                                  [[5, 7], [3, 6]], atol=1e-12)


def test_ribbon_of_a_straight_line_is_a_rectangle():
    outline = ribbon(numpy.array([[[0.0, 0], [1, 0], [4, 0]]]), 0.5)
    numpy.testing.assert_allclose(
        outline[0], [[0, .25], [1, .25], [4, .25], [4, -.25], [1, -.25], [0, -.25]], atol=1e-6)


@pytest.mark.parametrize('size', [32, 96])
def test_fill_covers_what_it_should(size):
    canvas = Canvas(size, (10, 20, 30), (0.5, 0.25), (0.25, 0.25))
    box = numpy.array([[-1.0, -1], [1, -1], [1, 1], [-1, 1]])
    canvas.fill(box, (200, 100, 50))
    array = canvas.array()
    half, quarter = size // 2, size // 4
    assert (array[:half, quarter:3 * quarter] == (200, 100, 50)).all()
    # One pixel around it is mixed: aggdraw lets a filled outline grow by a quarter of a pixel.
    assert (array[half + 1:] == (10, 20, 30)).all()
    assert (array[:, :quarter - 1] == (10, 20, 30)).all()
    assert (array[:, 3 * quarter + 1:] == (10, 20, 30)).all()
    part = (array[half, quarter:3 * quarter, 0] - 10.0) / 190
    numpy.testing.assert_allclose(part, 0.25, atol=0.02)


def test_fill_mixes_by_opacity_in_order():
    box = numpy.array([[[0.0, 0], [1, 0], [1, 1], [0, 1]]] * 2)
    canvas = Canvas(8, (0, 0, 0))
    canvas.fill(box, numpy.array([[200, 200, 200, 255], [0, 100, 0, 128]]))
    assert numpy.abs(canvas.array().astype(int) - (100, 150, 100)).max() <= 2


def test_layered_finishes_a_thing_before_the_next():
    box = numpy.array([[[0.0, 0], [1, 0], [1, 1], [0, 1]], [[0, 0], [0.5, 0], [0.5, 1], [0, 1]]])
    canvas = Canvas(8)
    canvas.layered([(box, (255, 0, 0), 255), (box * 0.5, (0, 0, 255), 255)])
    array = canvas.array()
    assert (array[0, 0] == (0, 0, 255)).all()
    assert (array[0, 3] == (255, 0, 0)).all()  # the second box hides the first one's inner part
    assert (array[7, 7] == (255, 0, 0)).all()


def test_plane_is_where_fill_draws():
    canvas = Canvas(64, (0, 0, 0), (0.45, 0.55), (0.3, 0.2))
    canvas.fill(ellipse((0, 0), 1, corners=200), (255, 255, 255))
    u, v = canvas.plane()
    inside = u * u + v * v < 1
    drawn = canvas.array()[..., 0]
    assert (drawn[u * u + v * v < 0.9] == 255).all()
    assert (drawn[u * u + v * v > 1.25] == 0).all()
    assert drawn.mean() / 255 == pytest.approx(inside.mean(), rel=0.04)


def test_noise_is_smooth_and_centred():
    noise = value_noise(numpy.random.default_rng(0), 128, 8)
    assert noise.shape == (128, 128) and noise.dtype == numpy.float32
    assert -1 <= noise.min() < -0.7 and 0.7 < noise.max() <= 1
    assert abs(noise.mean()) < 0.2
    assert numpy.abs(numpy.diff(noise, axis=0)).max() < 2 * 1.5 / 16


def test_noise_is_the_same_at_another_size():
    small, large = (value_noise(numpy.random.default_rng(3), size, 4) for size in (32, 96))
    numpy.testing.assert_allclose(large[1::3, 1::3], small, atol=0.01)
