import numpy
import pytest

from chainer_foodgan.categories import NAMES
from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.datasets.bowls.dataset import DISHES

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
