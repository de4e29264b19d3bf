"""A generator and a classifier whose answers are known: a picture of one brightness a category."""

import types

import numpy
import pytest

from chainer_foodgan import images

import chainer

NAMES = ('a', 'b', 'c')
# A picture of category k has this brightness.
LEVELS = numpy.array([-0.5, 0., 0.5], numpy.float32)


class Painter:
    """Paints the target's brightness, but leaves pictures alone that are to become ``fails``."""

    def __init__(self, fails=None):
        self.fails = fails

    def __call__(self, x, c):
        target = c.argmax(axis=1)
        assert (c.sum(axis=1) == 1).all() and not chainer.config.train
        y = numpy.broadcast_to(LEVELS[target][:, None, None, None], x.shape).copy()
        y[target == self.fails] = x[target == self.fails]
        return chainer.Variable(y)


class Meter:
    """Names the category whose brightness is nearest; it counts categories its own way."""

    image_size = 4

    def __init__(self, categories=('c', 'a', 'b')):
        self.categories = categories

    def predict(self, x):
        assert x.shape[2:] == (4, 4)
        levels = LEVELS[[NAMES.index(name) for name in self.categories]]
        return numpy.abs(x.mean(axis=(1, 2, 3))[:, None] - levels).argmin(axis=1)


class Mean:
    """An extractor: the mean of each colour; probabilities that say it."""

    name, facts = 'mean', {}

    def __call__(self, x):
        features = x.mean(axis=(2, 3))
        return features, numpy.exp(features) / numpy.exp(features).sum(axis=1, keepdims=True)


class Bowls:
    """Bowls of 4 x 4 whose food is the left half, on a black table."""

    categories = NAMES

    def mask(self, index):
        return numpy.arange(16).reshape(4, 4) % 4 < 2

    def render(self, index, category):
        array = numpy.full((3, 4, 4), -1, numpy.float32)
        array[:, self.mask(index)] = LEVELS[NAMES.index(category)]
        return images.to_image(array)


def pictures(labels, levels=None, size=4):
    """Pictures of these categories' brightness, or of another where ``levels`` names one."""
    x = [numpy.full((3, size, size), LEVELS[label] if level is None else level, numpy.float32)
         for label, level in zip(labels, levels or [None] * len(labels))]
    dataset = chainer.datasets.TupleDataset(x, numpy.array(labels, numpy.int32))
    dataset.categories, dataset.labels = NAMES, numpy.array(labels, numpy.int32)
    return dataset


@pytest.fixture
def world():
    """All of the above."""
    return types.SimpleNamespace(names=NAMES, levels=LEVELS, Painter=Painter, Meter=Meter,
                                 Mean=Mean, Bowls=Bowls, pictures=pictures)
