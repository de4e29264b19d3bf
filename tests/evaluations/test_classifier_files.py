"""Files of classifiers: what comes back, and what is refused before anything is made of it."""

import json
import tracemalloc

import numpy
import pytest

from chainer_foodgan import weights
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.evaluations.classifier import Classifier
from chainer_foodgan.evaluations.classifier_files import load_classifier, save_classifier, shapes
from chainer_foodgan.links import Generator

import chainer


@pytest.fixture
def classifier():
    return Classifier('abc', 32, 4, rng=numpy.random.default_rng(0))


def write(path, arrays, **meta):
    numpy.savez(path, **arrays, __meta__=numpy.array(json.dumps(meta)))
    return path


def arrays_of(link):
    serializer = chainer.serializers.DictionarySerializer()
    serializer.save(link)
    return serializer.target


def test_file(classifier, tmp_path):
    path = tmp_path / 'c.npz'
    classifier.head.W.array[...] = numpy.arange(96).reshape(3, 32)
    save_classifier(classifier, path, {'test_accuracy': 0.5})
    read, meta = load_classifier(path)
    assert read.categories == ('a', 'b', 'c') and read.image_size == 32
    assert meta['network'] == 'classifier' and meta['test_accuracy'] == 0.5
    x = numpy.random.default_rng(0).uniform(-1, 1, (2, 3, 32, 32)).astype(numpy.float32)
    assert (read.scores(x) == classifier.scores(x)).all()


@pytest.mark.parametrize('conv_dim, categories', [(4, 'abc'), (3, 'abcdefg')])
def test_shapes_without_the_network(conv_dim, categories):
    found = arrays_of(Classifier(categories, 16, conv_dim))
    assert shapes(conv_dim, len(categories)) == {
        key: numpy.shape(array) for key, array in found.items()}


def test_other_files(classifier, tmp_path):
    weights.save(Generator(4, 3, 1), tmp_path / 'g.npz', {'categories': list('abc')})
    with pytest.raises(FoodganError, match='g.npz: holds a generator; a classifier is made by'):
        load_classifier(tmp_path / 'g.npz')
    chainer.serializers.save_npz(str(tmp_path / 'bare.npz'), classifier)
    with pytest.raises(FoodganError, match='bare.npz: holds no classifier'):
        load_classifier(tmp_path / 'bare.npz')
    save_classifier(classifier, tmp_path / 'wrong.npz', {'categories': list('abcd')})
    with pytest.raises(FoodganError, match='wrong.npz: .*head/W'):
        load_classifier(tmp_path / 'wrong.npz')
    with pytest.raises(FoodganError, match='a generator'):
        save_classifier(classifier, tmp_path / 'c.npz', {})
        weights.load(tmp_path / 'c.npz')


@pytest.mark.parametrize('claim', [
    {'conv_dim': 2 ** 15}, {'conv_dim': 4, 'categories': list(map(str, range(10 ** 4)))},
    {'architecture': 'resnet50', 'categories': list(map(str, range(10 ** 4)))}])
def test_what_a_file_claims_is_not_made_before_its_arrays_are_found(classifier, tmp_path, claim):
    """The first would take 15 TB, the others more than the file by far."""
    path = write(tmp_path / 'c.npz', arrays_of(classifier), **{
        'network': 'classifier', 'architecture': 'small', 'categories': ['a', 'b', 'c'],
        'image_size': 32, **claim})
    tracemalloc.start()
    try:
        with pytest.raises(FoodganError, match='c.npz: does not fit this classifier'):
            load_classifier(path)
        assert tracemalloc.get_traced_memory()[1] < 2 ** 26
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize('claim', [
    {'conv_dim': 0}, {'conv_dim': -4}, {'conv_dim': 4.0}, {'conv_dim': True}, {'conv_dim': 'big'},
    {'conv_dim': 2 ** 62}, {'image_size': 0}, {'image_size': 10 ** 9}, {'image_size': '32'},
    {'categories': []}, {'categories': 'abc'}, {'categories': [1, 2, 3]},
    {'categories': ['a', 'a', 'b']}, {'architecture': 'vgg19'}, {'architecture': ['vgg16']}])
def test_claims_that_cannot_be(classifier, tmp_path, claim):
    path = write(tmp_path / 'c.npz', arrays_of(classifier), **{
        'network': 'classifier', 'architecture': 'small', 'categories': ['a', 'b', 'c'],
        'image_size': 32, 'conv_dim': 4, **claim})
    with pytest.raises(FoodganError, match='c.npz: holds no classifier of this package'):
        load_classifier(path)
