"""What is seen in pictures."""

import numpy
import pytest

from chainer_foodgan import images
from chainer_foodgan.evaluations.classifier import Classifier
from chainer_foodgan.evaluations.features import ClassifierFeatures, Collector, scaled


def noise(*shape):
    return numpy.random.default_rng(0).uniform(-1, 1, shape).astype(numpy.float32)


@pytest.fixture
def classifier():
    classifier = Classifier('abc', 32, 4, rng=numpy.random.default_rng(0))
    classifier.head.W.array[...] = noise(3, 32)
    return classifier


def test_features_of_the_classifier(classifier):
    extractor = ClassifierFeatures(classifier)
    x = noise(5, 3, 32, 32)
    features, p = extractor(x)
    assert features.shape == (5, 32) and features.dtype == p.dtype == numpy.float32
    assert extractor.facts['dimension'] == 32 and extractor.name == 'classifier'
    # As the network is used, not as it is trained: a picture's do not depend on its batch.
    numpy.testing.assert_allclose(extractor(x[:1])[0], features[:1], rtol=1e-4, atol=1e-6)
    logits = features @ classifier.head.W.array.T
    expected = numpy.exp(logits) / numpy.exp(logits).sum(axis=1, keepdims=True)
    numpy.testing.assert_allclose(p, expected, rtol=1e-4)


def test_pictures_of_another_size_are_scaled(classifier):
    extractor = ClassifierFeatures(classifier)
    x = noise(2, 3, 48, 48)
    assert '32 x 32' in extractor.facts['resizing']
    numpy.testing.assert_array_equal(extractor(x)[0], extractor(scaled(x, 32))[0])


def test_scaling_is_that_of_the_data_sets():
    x = noise(2, 3, 20, 20)
    assert scaled(x, 20) is x
    small = scaled(x, 8)
    for array, result in zip(x, small):
        picture = images.to_image(array)
        assert (result == images.to_array(picture.resize((8, 8), 2))).all()  # 2: bilinear


def test_looks_join_batches_and_number_categories_as_asked(world):
    looks = Collector(world.names, world.Meter(('c', 'a', 'b')), [world.Mean()])
    x = numpy.stack([one for one, _ in world.pictures([2, 0, 1, 1])])
    looks.add(x[:3])
    looks.add(x[3:])
    assert looks.called.tolist() == [2, 0, 1, 1]
    assert looks.features['mean'][0].tolist() == x.mean(axis=(2, 3)).tolist()
    assert looks.features['mean'][1].shape == (4, 3)


def test_nothing_seen(world):
    assert Collector(world.names).called is None
    looks = Collector(world.names, world.Meter(), [world.Mean()])
    assert looks.called.tolist() == []
    features, p = looks.features['mean']
    assert len(features) == len(p) == 0
