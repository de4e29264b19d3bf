"""The ten dishes: how each is drawn into the disc, and how high it is heaped."""

from chainer_foodgan.datasets.bowls import noodles
from chainer_foodgan.datasets.bowls import rice

#: name -> (function of (canvas, generator), heap: 0 a flat soup, 1 a round heap)
DISHES = {
    'curry': (rice.curry, 0.4),
    'fried_rice': (rice.fried_rice, 1.0),
    'gyudon': (rice.gyudon, 0.7),
    'hiyashi': (noodles.hiyashi, 0.5),
    'meat_spaghetti': (noodles.meat_spaghetti, 0.8),
    'ramen': (noodles.ramen, 0.1),
    'rice': (rice.rice, 1.0),
    'soba': (noodles.soba, 0.1),
    'unagi': (rice.unagi, 0.4),
    'yakisoba': (noodles.yakisoba, 0.8),
}
