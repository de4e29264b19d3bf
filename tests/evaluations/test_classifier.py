"""Classifiers: their sizes, what they say, how they learn, and their files."""

import json
import tracemalloc

import numpy
import pytest

from chainer_foodgan import weights
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.evaluations.classifier import (
    Classifier,
    load_classifier,
    save_classifier,
    shapes,
)
from chainer_foodgan.links import Generator
from chainer_foodgan.training.classifier import fit, height, smoothed_cross_entropy

import chainer


def noise(shape, seed=0):
    return numpy.random.default_rng(seed).uniform(-1, 1, shape).astype(numpy.float32)


@pytest.fixture
def stirred():
    """A small classifier no value of which is at its start."""
    classifier = Classifier('abc', 32, 4, rng=numpy.random.default_rng(0))
    for number, (_, param) in enumerate(sorted(classifier.namedparams())):
        param.array += 0.2 * noise(param.shape, number)
    for number, link in enumerate(classifier.links()):
        if isinstance(link, chainer.links.BatchNormalization):
            link.avg_mean += 0.1 * noise(link.avg_mean.shape, number)
            link.avg_var += 0.1 * noise(link.avg_var.shape, number)
    return classifier


def test_parameters_of_the_default():
    # 3 x 3 filters of a block: 9 c (c' + c); its skip: c' c; scales and shifts: 6 c.
    def block(before, after):
        return 9 * after * (before + after) + before * after + 6 * after
    expected = (75 * 32 + 2 * 32 + block(32, 32) + block(32, 64) + block(64, 128)
                + block(128, 256) + 257 * 10)
    assert Classifier(range(10), 64).count_params() == expected


@pytest.mark.parametrize('size', [16, 50])
def test_any_size(stirred, size):
    assert stirred(noise((2, 3, size, size))).shape == (2, 3)


def test_logits_are_the_head_of_the_pooled_features(stirred):
    x = noise((2, 3, 32, 32))
    with chainer.using_config('train', False):
        features = stirred.pooled(x).array
        assert features.shape == (2, 32) and (features >= 0).all()
        expected = features @ stirred.head.W.array.T + stirred.head.b.array
        numpy.testing.assert_allclose(stirred(x).array, expected, rtol=1e-5, atol=1e-5)


def test_prediction_has_no_left_and_right(stirred):
    x = noise((20, 3, 32, 32))
    mirrored = numpy.ascontiguousarray(x[..., ::-1])
    with chainer.using_config('train', False):
        logits = stirred(x).array
        stirred.head.b.array -= logits.mean(axis=0)  # so that the photos get different names
        logits, others = stirred(x).array, stirred(mirrored).array
    assert (logits.argmax(axis=1) != others.argmax(axis=1)).any()
    found = stirred.predict(x)
    assert (found == (logits + others).argmax(axis=1)).all()
    assert (found == stirred.predict(mirrored)).all()


def test_prediction_of_a_photo_does_not_depend_on_its_batch(stirred):
    x = noise((7, 3, 32, 32))
    dataset = chainer.datasets.TupleDataset(x, numpy.zeros(7, numpy.int32))
    one_by_one = numpy.concatenate([stirred.predict(x[n:n + 1]) for n in range(7)])
    assert (stirred.score_all(dataset, batch_size=3).argmax(axis=1) == one_by_one).all()


def test_smoothed_cross_entropy_by_hand():
    y = numpy.array([[1., 2., 4.], [0., -1., 3.]], numpy.float32)
    log_p = y - numpy.log(numpy.exp(y).sum(axis=1, keepdims=True))
    target = numpy.array([[0.8, 0.1, 0.1], [0.1, 0.1, 0.8]])
    expected = -(target * log_p).sum(axis=1).mean()
    # Three tenths spread over three: a tenth each, the right one has seven more.
    loss = smoothed_cross_entropy(chainer.Variable(y), numpy.array([0, 2], numpy.int32), 0.3)
    assert float(loss.array) == pytest.approx(expected, rel=1e-6)


def test_learning_rate():
    assert [height(done) for done in (0, 0.5, 1)] == pytest.approx([0, 0.5, 0])
    assert max(height(n / 1000) for n in range(1000)) == height(0.1)


class Colours(chainer.dataset.DatasetMixin):
    """Noise around red (0) or blue (1)."""

    categories = ('red', 'blue')

    def __init__(self, count):
        self.labels = (numpy.arange(count) % 2).astype(numpy.int32)

    def __len__(self):
        return len(self.labels)

    def get_example(self, i):
        index = i % len(self)
        x = 0.3 * noise((3, 16, 16), index)
        x[2 * self.labels[index]] += 0.5
        return x, self.labels[index]


def trained(seed=0, **options):
    classifier = Classifier(Colours.categories, 16, 4, rng=numpy.random.default_rng(0))
    fit(classifier, Colours(32), num_epochs=6, batch_size=8, lr=0.01, seed=seed, **options)
    return classifier


def test_learns_two_colours_the_same_way_for_the_same_seed():
    seen = []
    classifier = trained(progress=lambda *figures: seen.append(figures))
    test = Colours(50)
    assert (classifier.score_all(test).argmax(axis=1) == test.labels).all()
    assert [epoch for epoch, _, _ in seen] == [1, 2, 3, 4, 5, 6]
    assert seen[-1][1] < seen[0][1] and seen[-1][2] > 0.9

    arrays = [param.array for _, param in sorted(classifier.namedparams())]
    again = [param.array for _, param in sorted(trained(num_workers=3).namedparams())]
    other = [param.array for _, param in sorted(trained(seed=1).namedparams())]
    assert all((a == b).all() for a, b in zip(arrays, again))
    assert any((a != b).any() for a, b in zip(arrays, other))


def test_too_few_pictures():
    with pytest.raises(FoodganError, match='4 pictures .* 8: lower --batch-size'):
        fit(Classifier('ab', 16, 4), Colours(4), num_epochs=1, batch_size=8)


def test_a_learning_rate_that_is_too_high():
    with pytest.raises(FoodganError, match='not finite in epoch .*: lower --lr'):
        fit(Classifier('ab', 16, 4), Colours(16), num_epochs=9, batch_size=8, lr=1e30)


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
