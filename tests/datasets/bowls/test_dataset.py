"""Rendered bowls: the same on every machine, any dish in any bowl, and pairs of them."""

import hashlib
import subprocess
import sys

import numpy
import pytest
from PIL import Image

from chainer_foodgan import images
from chainer_foodgan.categories import NAMES
from chainer_foodgan.datasets.bowls import BowlPairs, RenderedBowls
from chainer_foodgan.datasets.bowls.dishes import DISHES
from chainer_foodgan.errors import FoodganError


def _pixels(image):
    return numpy.asarray(image).astype(int)


def test_categories_take_turns():
    bowls = RenderedBowls(23, 32)
    assert len(bowls) == 23
    assert bowls.categories == NAMES
    assert bowls.labels.dtype == numpy.int32
    assert bowls.labels.tolist() == [i % 10 for i in range(23)]


def test_example_is_the_render_in_every_epoch():
    bowls = RenderedBowls(12, 32, seed=3)
    x, label = bowls[4]
    assert x.shape == (3, 32, 32) and x.dtype == numpy.float32
    assert label == 4 and label.dtype == numpy.int32
    expected = _pixels(bowls.image(4)).transpose(2, 0, 1) / 127.5 - 1
    numpy.testing.assert_allclose(x, expected, atol=1e-6)
    later, label = bowls[7 * 12 + 4]
    numpy.testing.assert_array_equal(later, x)
    assert label == 4
    assert len(list(bowls)) == 12
    with pytest.raises(IndexError):
        bowls.get_example(-1)


def test_own_dish_is_the_default():
    bowls = RenderedBowls(12, 32)
    for index in (0, 5, 11):
        own = _pixels(bowls.image(index))
        for dish in (None, index % 10, NAMES[index % 10]):
            numpy.testing.assert_array_equal(_pixels(bowls.render(index, dish)), own)


@pytest.mark.parametrize('size', [32, 64, 96])
def test_dishes_differ_inside_the_mask_only(size):
    bowls = RenderedBowls(3, size, seed=1)
    for index in range(3):
        mask = bowls.mask(index)
        assert mask.shape == (size, size) and mask.dtype == bool
        renders = [_pixels(bowls.render(index, name)) for name in NAMES]
        for other in renders[1:]:
            numpy.testing.assert_array_equal(other[~mask], renders[0][~mask])
            assert numpy.abs(other - renders[0])[mask].mean() > 15


def test_mask_is_one_disc_of_sane_size():
    bowls = RenderedBowls(60, 64, seed=2)
    for index in range(60):
        mask = bowls.mask(index)
        assert 0.18 < mask.mean() < 0.55
        rows, columns = numpy.nonzero(mask)
        assert rows.min() > 0 and rows.max() < 63 and columns.min() > 0 and columns.max() < 63
        # An ellipse fills pi / 4 of the box around it.
        box = (numpy.ptp(rows) + 1) * (numpy.ptp(columns) + 1)
        assert mask.sum() / box == pytest.approx(numpy.pi / 4, abs=0.04)


def test_bowls_differ():
    bowls = RenderedBowls(40, 32)
    seen = {bowls.render(index, 'rice').tobytes() for index in range(40)}
    seen |= {RenderedBowls(1, 32, seed).render(0, 'rice').tobytes() for seed in range(1, 20)}
    assert len(seen) == 59
    shares = [bowls.mask(index).mean() for index in range(40)]
    assert max(shares) - min(shares) > 0.1


def test_a_bowl_does_not_depend_on_the_others():
    many, few = RenderedBowls(100, 32, seed=5), RenderedBowls(4, 32, 5, ('ramen', 'rice'))
    for name in NAMES:
        assert many.render(3, name).tobytes() == few.render(3, name).tobytes()
    assert few.labels.tolist() == [0, 1, 0, 1]
    assert few.render(1).tobytes() == many.render(1, 'rice').tobytes()


@pytest.mark.parametrize('size', [64, 96, 256])
def test_another_size_is_the_same_bowl(size):
    bowls, others = RenderedBowls(10, 128, seed=4), RenderedBowls(10, size, seed=4)
    for index in range(0, 10, 3):
        small = bowls.image(index).resize((32, 32), Image.Resampling.BOX)
        other = others.image(index).resize((32, 32), Image.Resampling.BOX)
        assert numpy.abs(_pixels(small) - _pixels(other)).mean() < 6
        mask = others.mask(index)
        assert mask.mean() == pytest.approx(bowls.mask(index).mean(), abs=0.02)


def test_a_fresh_process_draws_the_same():
    code = ('import hashlib, numpy; numpy.random.seed(9); numpy.random.rand(3)\n'
            'from chainer_foodgan.datasets.bowls import RenderedBowls\n'
            'bowls = RenderedBowls(20, 64, 6)\n'
            'print(hashlib.sha256(b"".join(bowls.image(19 - i).tobytes() for i in range(20)))'
            '.hexdigest())')
    printed = subprocess.run([sys.executable, '-c', code], check=True, capture_output=True)
    bowls = RenderedBowls(20, 64, 6)
    pictures = [bowls.image(i).tobytes() for i in range(20)]
    expected = hashlib.sha256(b''.join(reversed(pictures))).hexdigest()
    assert printed.stdout.decode().strip() == expected


def test_rendering_leaves_the_global_random_state_alone():
    numpy.random.seed(1)
    before = numpy.random.get_state()[1].copy()
    RenderedBowls(1, 32).image(0)
    numpy.testing.assert_array_equal(numpy.random.get_state()[1], before)


def _look(bowls, index, name):
    """Colour and roughness of the food: channel means, quantiles, and differences of pixels."""
    pixels, mask = _pixels(bowls.render(index, name)), bowls.mask(index)
    food = pixels[mask]
    step = numpy.abs(numpy.diff(pixels.mean(2), axis=1))[mask[:, 1:]]
    return numpy.concatenate([food.mean(0), food.std(0), numpy.percentile(food, 10, axis=0),
                              numpy.percentile(food, 90, axis=0), [step.mean(), step.std()]])


def test_dishes_are_told_apart_by_their_look():
    bowls = RenderedBowls(30, 64, seed=7)
    looks = numpy.array([[_look(bowls, i, name) for name in NAMES] for i in range(30)])
    train, test = looks[:18], looks[18:]
    scale = train.std((0, 1))
    centroids = train.mean(0) / scale
    distance = ((test[:, :, None] / scale - centroids) ** 2).sum(-1)
    right = distance.argmin(-1) == numpy.arange(10)
    assert right.mean() > 0.85
    assert right.mean(0).min() > 0.5


@pytest.mark.parametrize('arguments, word', [
    ({'count': 0}, 'count'), ({'count': -3}, 'count'), ({'count': 2.5}, 'count'),
    ({'count': 1, 'size': 8}, 'size'), ({'count': 1, 'size': None}, 'size'),
    ({'count': 1, 'seed': -1}, 'seed'),
    ({'count': 1, 'categories': ('ramen', 'pizza')}, 'pizza'),
    ({'count': 1, 'categories': ('ramen', 'ramen')}, 'ramen'),
    ({'count': 1, 'categories': ('ramen',)}, 'categories'),
    ({'count': 1, 'categories': ()}, 'categories'),
])
def test_wrong_arguments_are_named(arguments, word):
    with pytest.raises(FoodganError, match=word):
        RenderedBowls(**arguments)


@pytest.mark.parametrize('dish', ['pizza', 10, -1])
def test_unknown_dish_is_named(dish):
    with pytest.raises(FoodganError, match=str(dish)):
        RenderedBowls(1, 32).render(0, dish)


@pytest.mark.parametrize('index', [-1, 5])
def test_unknown_bowl(index):
    bowls = RenderedBowls(5, 32)
    with pytest.raises(IndexError):
        bowls.render(index)
    with pytest.raises(IndexError):
        bowls.mask(index)


# Mean and standard deviation of R, G, B over the food of bowl 0 of seed 0 at 64 pixels. The weights
# that ship were trained on these pictures: a change here means training them again.
LOOKS = {
    'curry': (171.2, 143.2, 115.4, 45.6, 64.9, 86.2),
    'fried_rice': (179.4, 144.1, 76.7, 39.5, 32.2, 26.0),
    'gyudon': (150.8, 117.3, 89.5, 43.1, 47.9, 46.1),
    'hiyashi': (176.5, 158.0, 116.0, 44.3, 41.8, 40.4),
    'meat_spaghetti': (163.6, 121.5, 71.0, 37.2, 53.4, 40.0),
    'ramen': (154.3, 122.4, 82.0, 53.2, 49.7, 51.7),
    'rice': (208.4, 209.8, 209.5, 35.6, 35.1, 34.8),
    'soba': (105.3, 92.9, 78.7, 50.7, 51.0, 48.7),
    'unagi': (122.3, 85.0, 57.4, 35.3, 48.0, 55.9),
    'yakisoba': (137.8, 105.1, 63.2, 43.3, 42.6, 34.5),
}


def test_every_category_has_a_dish():
    assert tuple(DISHES) == NAMES


@pytest.mark.parametrize('name', NAMES)
def test_drawing_has_not_changed(name):
    bowls = RenderedBowls(1, 64)
    food = numpy.asarray(bowls.render(0, name)).astype(float)[bowls.mask(0)]
    numpy.testing.assert_allclose(numpy.concatenate([food.mean(0), food.std(0)]), LOOKS[name],
                                  atol=0.3)


def test_surroundings_have_not_changed():
    bowls = RenderedBowls(1, 64)
    around = numpy.asarray(bowls.image(0)).astype(float)[~bowls.mask(0)]
    numpy.testing.assert_allclose(around.mean(0), (127.0, 129.2, 112.0), atol=0.3)


def test_a_pair_is_one_bowl_with_two_dishes():
    pairs = BowlPairs(7, 32, seed=3, categories=('soba', 'curry'))
    bowls = RenderedBowls(7, 32, seed=3)
    assert len(pairs) == 7 and pairs.categories == ('soba', 'curry')
    for index in (0, 5):
        x, y = pairs[index]
        for array, name in ((x, 'soba'), (y, 'curry')):
            assert array.dtype == numpy.float32 and array.shape == (3, 32, 32)
            numpy.testing.assert_array_equal(
                array, images.to_array(bowls.render(index, name)))
        mask = bowls.mask(index)
        assert (x == y)[:, ~mask].all() and abs(x - y)[:, mask].mean() > 0.1


def test_every_epoch_is_the_same():
    pairs = BowlPairs(5, 16)
    for first, second in zip(pairs[2], pairs[3 * 5 + 2]):
        numpy.testing.assert_array_equal(first, second)
    assert len(list(pairs)) == 5
    with pytest.raises(IndexError):
        pairs.get_example(-1)


@pytest.mark.parametrize('categories, word', [
    (('rice',), 'fewer than two'), (('rice', 'rice'), 'twice'), (('rice', 'pizza'), 'pizza'),
    (('rice', 'soba', 'curry'), 'too many')])
def test_two_dishes_are_needed(categories, word):
    with pytest.raises(FoodganError, match=word):
        BowlPairs(5, 16, categories=categories)


@pytest.mark.parametrize('shape, flat, share', [
    ('oval', 0.6, numpy.pi / 4), ('square', 1, 0.966), ('box', 0.7, 0.966)])
def test_vessels_of_other_shapes(shape, flat, share):
    """Everything else stays; a superellipse |x|^8 + |y|^8 = 1 fills 0.966 of the box around it."""
    round_, bowls = RenderedBowls(4, 96, 3), RenderedBowls(4, 96, 3, shapes=[shape])
    for index in range(4):
        mask, disc = bowls.mask(index), round_.mask(index)
        sides = [numpy.ptp(places) + 1 for places in numpy.nonzero(mask)]
        assert mask.sum() / numpy.prod(sides) == pytest.approx(share, abs=0.04)
        wide = [numpy.ptp(places) + 1 for places in numpy.nonzero(disc)]
        assert sides[1] == wide[1] and sides[0] / wide[0] == pytest.approx(flat, abs=0.04)
        rice, soba = (_pixels(bowls.render(index, name)) for name in ('rice', 'soba'))
        numpy.testing.assert_array_equal(rice[~mask], soba[~mask])
        assert numpy.quantile(rice[mask].min(axis=1), 0.05) > 40  # rice lies in the corners, too
    mixed = RenderedBowls(40, 32, 3, shapes=['round', shape])
    same = sum((mixed.mask(index) == RenderedBowls(40, 32, 3).mask(index)).all()
               for index in range(40))
    assert 10 <= same <= 30
