"""CIELAB, and pictures that are no translations: controls, fakes."""

import types

import numpy
import pytest
from PIL import Image

from chainer_foodgan import ClassifierConfig, fit_classifier, images
from chainer_foodgan.categories import NONE
from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.evaluations.classifier import load_classifier
from chainer_foodgan.evaluations.controls import (
    KINDS,
    MEANING,
    Palette,
    WithFakes,
    colour_transfer,
    controls,
    from_lab,
    palette,
    palettes,
    to_lab,
)
from chainer_foodgan.evaluations.features import Collector
from chainer_foodgan.evaluations.figures import confusion


@pytest.mark.parametrize('rgb, lab', [
    # Of CIE's formulas, to be found in many tables.
    ((255, 255, 255), (100, 0, 0)), ((0, 0, 0), (0, 0, 0)), ((119, 119, 119), (50.03, 0, 0)),
    ((255, 0, 0), (53.24, 80.09, 67.20)), ((0, 255, 0), (87.73, -86.18, 83.18)),
    ((0, 0, 255), (32.30, 79.19, -107.86))])
def test_known_colours(rgb, lab):
    x = numpy.array(rgb, numpy.float32) / 127.5 - 1
    assert to_lab(x) == pytest.approx(lab, abs=0.03)


def colourful():
    steps = numpy.linspace(-1, 1, 18, dtype=numpy.float32)
    return numpy.stack(numpy.meshgrid(steps, steps, steps)).reshape(3, 18, -1)


def test_there_and_back():
    x = colourful()
    back = from_lab(to_lab(x))
    assert back.dtype == numpy.float32 and abs(back - x).max() < 1e-4


def test_colours_beyond_the_screen_are_clipped():
    far = from_lab(numpy.array([[50., 101., -3.], [200., 0, 0], [-200., 0, 0]]))
    assert abs(far).max() == 1 and numpy.isfinite(far).all()
    assert far[:, 1].tolist() == [1, 1, 1] and far[:, 2].tolist() == [-1, -1, -1]


def test_scikit_image_says_the_same():
    color = pytest.importorskip('skimage.color', reason='a second opinion: pip install '
                                'scikit-image')
    x = colourful()
    lab = color.rgb2lab((x.astype(float) + 1) / 2, channel_axis=0)
    assert to_lab(x) == pytest.approx(lab, abs=1e-3)
    rgb = color.lab2rgb(lab, channel_axis=0)
    assert from_lab(lab) == pytest.approx(2 * rgb - 1, abs=1e-4)


def dull(seed, size=12):
    """A picture far from the edges of what a screen shows."""
    rng = numpy.random.default_rng(seed)
    return from_lab(rng.normal((55, 8, 12), (5, 4, 4), (size, size, 3)).transpose(2, 0, 1))


@pytest.fixture
def mask():
    return numpy.arange(144).reshape(12, 12) % 12 < 5


@pytest.fixture
def colours():
    return Palette(numpy.array([60., 5., 20.]), numpy.array([3., 2., 6.]), dull(7))


def test_palette_counts_every_pixel_once(mask):
    x, y = dull(0), dull(1, size=6)
    pixels = numpy.concatenate([to_lab(x).reshape(3, -1), to_lab(y).reshape(3, -1)], axis=1)
    found = palette([x, y])
    assert found.mean == pytest.approx(pixels.mean(axis=1))
    assert found.deviation == pytest.approx(pixels.std(axis=1))
    inside = palette([x], [mask])
    assert inside.mean == pytest.approx(to_lab(x)[:, mask].mean(axis=1))
    assert palette([]) is None


def test_the_mean_picture_counts_food_alone(mask):
    x, y = dull(0), dull(1)
    assert palette([x, y]).picture == pytest.approx((x + y) / 2, abs=1e-6)
    other = numpy.roll(mask, 3, axis=1)
    found = palette([x, y], [mask, other]).picture
    both, neither = mask & other, ~(mask | other)
    assert both.any() and neither.any()
    assert found[:, both] == pytest.approx((x + y)[:, both] / 2, abs=1e-6)
    assert found[:, mask & ~other] == pytest.approx(x[:, mask & ~other], abs=1e-6)
    pixels = numpy.concatenate([x[:, mask], y[:, other]], axis=1)
    assert found[:, neither] == pytest.approx(
        numpy.repeat(pixels.mean(axis=1, keepdims=True), neither.sum(), axis=1), abs=1e-6)
    assert palette([x, dull(1, size=6)]).picture is None


def test_palettes_are_of_the_food_of_each_category(world, mask):
    pictures = world.pictures([0, 1, 1], [None, -0.2, 0.4])
    found = palettes(pictures)
    greys = [to_lab(numpy.full((3, 1), level, numpy.float32))[0, 0] for level in (-0.2, 0.4)]
    assert found['b'].mean == pytest.approx([numpy.mean(greys), 0, 0], abs=0.02)
    assert found['b'].deviation[0] == pytest.approx(abs(greys[0] - greys[1]) / 2)
    assert found['c'] is None
    half = types.SimpleNamespace(mask=lambda row: numpy.arange(16).reshape(4, 4) < 8 * (row == 2))
    assert palettes(pictures, half)['b'].mean[0] == pytest.approx(greys[1])


def test_colour_transfer_has_the_mean_and_the_deviation_of_the_target(colours):
    made = to_lab(colour_transfer(to_lab(dull(0)), colours))
    assert made.mean(axis=(1, 2)) == pytest.approx(colours.mean, abs=1e-3)
    assert made.std(axis=(1, 2)) == pytest.approx(colours.deviation, abs=1e-3)
    # What is lighter than its neighbour stays so: it is the same picture.
    before = to_lab(dull(0))
    assert numpy.corrcoef(before[0].ravel(), made[0].ravel())[0, 1] == pytest.approx(1)


def test_colour_transfer_of_a_flat_picture_is_the_mean(colours):
    flat = to_lab(numpy.zeros((3, 4, 4), numpy.float32))
    made = to_lab(colour_transfer(flat, colours))
    assert made == pytest.approx(numpy.broadcast_to(colours.mean[:, None, None], (3, 4, 4)),
                                 abs=1e-3)


def test_lightness_and_colours_come_from_where_they_should(colours):
    x, y = dull(0), dull(1)
    found = controls(x, y, colours)
    assert list(found) == list(MEANING)
    own, made = to_lab(x), to_lab(y)
    alone = to_lab(found['colours alone'])
    assert alone[0] == pytest.approx(own[0], abs=1e-3)
    assert alone[1:] == pytest.approx(made[1:], abs=1e-3)
    alone = to_lab(found['lightness alone'])
    assert alone[0] == pytest.approx(made[0], abs=1e-3)
    assert alone[1:] == pytest.approx(own[1:], abs=1e-3)
    assert found['untouched'] is x
    assert all(picture.dtype == numpy.float32 for picture in found.values())


def test_a_mask_keeps_what_is_no_food(colours, mask):
    x, y = dull(0), dull(1)
    found = controls(x, y, colours, mask)
    assert (found['mean picture'][:, mask] == colours.picture[:, mask]).all()
    for name in 'colour transfer', 'mean colour', 'mean picture':
        assert (found[name][:, ~mask] == x[:, ~mask]).all()
    assert to_lab(found['mean colour'])[:, mask] == pytest.approx(
        numpy.repeat(colours.mean[:, None], mask.sum(), axis=1), abs=1e-3)
    food = to_lab(found['colour transfer'])[:, mask]
    assert food.mean(axis=1) == pytest.approx(colours.mean, abs=1e-3)
    assert food.std(axis=1) == pytest.approx(colours.deviation, abs=1e-3)


def test_without_colours_the_others_are_left():
    assert list(controls(dull(0), dull(1), None)) == [
        'colours alone', 'lightness alone', 'untouched']


def array(picture):
    return numpy.asarray(picture).astype(float)


def test_fakes_of_bowls_change_the_food_alone_and_keep_its_colours():
    bowls = RenderedBowls(6, 48, 7, ['rice', 'curry'])
    both = WithFakes(bowls, 9, seed=3)
    assert both.categories == ('rice', 'curry', NONE) and len(both) == 15
    assert both.labels.tolist() == [0, 1] * 3 + 9 * [2]
    assert (array(both.image(4)) == array(bowls.image(4))).all()
    for number in range(9):
        kind, fake = KINDS[number % 3], array(both.image(6 + number))
        # The bowl it was made of is the one whose table it has.
        near = [abs(fake - array(bowls.image(n)))[~bowls.mask(n)].max() for n in range(6)]
        base = int(numpy.argmin(near))
        assert near[base] == 0
        mask, food = bowls.mask(base), fake[bowls.mask(base)]
        if kind == 'flat':
            assert (food == food[0]).all()
        own = to_lab(images.to_array(bowls.image(base)))[:, mask].mean(axis=1)
        colours = to_lab(images.to_array(Image.fromarray(fake.astype('uint8'))))[:, mask].mean(
            axis=1)
        if kind == 'transferred':  # of the other dish
            others = [to_lab(images.to_array(bowls.image(n)))[:, bowls.mask(n)].mean(axis=1)
                      for n in range(6) if bowls.labels[n] != bowls.labels[base]]
            # Not quite, where a screen cannot show them.
            assert min(abs(colours - other).max() for other in others) < 4 < abs(
                colours - own).max()
        else:
            assert colours == pytest.approx(own, abs=8)
            assert food.std(axis=0).mean() < array(bowls.image(base))[mask].std(axis=0).mean()


def test_whole_photos_where_the_food_is_not_known():
    class Photos:
        categories, labels = ('a', 'b'), numpy.array([0, 1], numpy.int32)

        def __len__(self):
            return 2

        def image(self, index):
            noise = numpy.random.default_rng(index).integers(0, 99, (20, 20, 3)) + 150 * index
            return Image.fromarray(noise.astype('uint8'))

    flat = array(WithFakes(Photos(), 1).image(2))
    assert (flat == flat[0, 0]).all()


def test_a_judge_that_knows_fakes():
    """What it calls none is right for no target, and in no column of the confusion."""
    class Judge:
        categories, image_size = ('b', NONE, 'a'), 4

        def predict(self, x):
            return numpy.array([1, 2])

    looks = Collector(('a', 'b'), Judge())
    looks.add(numpy.zeros((2, 3, 4, 4), numpy.float32))
    assert looks.called.tolist() == [-1, 0]
    assert confusion(numpy.array([1, 0]), looks.called, 2).tolist() == [[1, 0], [0, 0]]


def test_a_classifier_of_fakes(tmp_path):
    result = fit_classifier(ClassifierConfig(
        str(tmp_path / 'c.npz'), bowls=20, image_size=16, conv_dim=2, num_epochs=1, batch_size=4,
        categories=['rice', 'curry'], fakes=0.5))
    assert result.classifier.categories == ('rice', 'curry', NONE)
    assert result.trained_on == '20 pictures of rendered bowls of seed 1000 and 5 fakes'
    # A fifth as many bowls and their fakes are the test.
    assert result.confusion.sum(axis=1).tolist() == [2, 2, 1]
    again, meta = load_classifier(tmp_path / 'c.npz')
    assert again.categories == ('rice', 'curry', NONE) and meta['trained_on'] == result.trained_on
