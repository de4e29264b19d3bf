"""ChainerCV's networks as classifiers."""

import numpy
import pytest

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.evaluations.classifier import load_classifier, save_classifier
from chainer_foodgan.evaluations.imagenet import CHANNELS, FineTuned
from chainer_foodgan.weights.naming import arrays_of

import chainer


def noise(*shape):
    return numpy.random.default_rng(0).uniform(-1, 1, shape).astype(numpy.float32)


@pytest.fixture(scope='module')
def resnet():
    return FineTuned('abc', 32, 'resnet50', rng=numpy.random.default_rng(0))


@pytest.mark.parametrize('name', ['vgg16', 'resnet50'])
def test_features_are_those_of_chainercv(name, use_torch):
    """Of the same weights, from pixels in [0, 255] less the mean of ImageNet."""
    classifier = FineTuned('ab', 32, name, rng=numpy.random.default_rng(0))
    from chainercv.links import VGG16, ResNet50
    other = (VGG16(n_class=5) if name == 'vgg16' else ResNet50(n_class=5, arch='he'))
    other.pick = 'pool5'
    x = noise(2, 3, 64, 64)
    mean = numpy.array([123.68, 116.779, 103.939] if name == 'vgg16'
                       else [123.15163084, 115.90288257, 103.0626238], numpy.float32)
    pixels = (x + 1) * 127.5 - mean[:, None, None]
    with chainer.using_config('train', False), chainer.using_config('use_torch', 'never'), \
            chainer.no_backprop_mode():
        other(pixels)  # it has no weights before
        for key, param in classifier.body.namedparams():
            dict(other.namedparams())[key].array[...] = param.array
        expected = other(pixels).array
    if name == 'vgg16':
        expected = expected.mean(axis=(2, 3))
    with chainer.using_config('train', False), chainer.no_backprop_mode():
        features = classifier.pooled(x).array
    assert features.shape == (2, CHANNELS[name])
    numpy.testing.assert_allclose(features, expected, rtol=1e-3, atol=1e-4 * expected.max())


def test_the_seed_says_all(resnet):
    state = numpy.random.get_state()[1].copy()
    again = FineTuned('abc', 32, 'resnet50', rng=numpy.random.default_rng(0))
    assert (numpy.random.get_state()[1] == state).all()
    arrays, others = arrays_of(resnet), arrays_of(again)
    assert all((arrays[key] == others[key]).all() for key in arrays)
    assert arrays['body/res2/a/conv1/conv/W'].std() > 0 and (arrays['head/W'] == 0).all()


def test_file(resnet, tmp_path):
    resnet.head.W.array[...] = noise(3, 2048)
    save_classifier(resnet, tmp_path / 'c.npz', {'test_accuracy': 0.5})
    read, meta = load_classifier(tmp_path / 'c.npz')
    assert read.network == meta['architecture'] == 'resnet50' and read.categories == tuple('abc')
    x = noise(2, 3, 32, 32)
    assert (read.scores(x) == resnet.scores(x)).all()


def test_start_from_a_file_of_chainercv(resnet, tmp_path):
    arrays = {key: array + 1 for key, array in arrays_of(resnet.body).items()}
    path = tmp_path / 'imagenet.npz'
    numpy.savez(path, **arrays, **{'fc6/W': noise(1000, 2), 'fc6/b': noise(1000)})
    started = FineTuned('ab', 32, 'resnet50', path)
    assert all((array == arrays[key]).all() for key, array in arrays_of(started.body).items())
    del arrays['res3/b1/conv2/bn/gamma']
    numpy.savez(path, **arrays)
    with pytest.raises(FoodganError, match='imagenet.npz: does not fit this resnet50: it lacks '
                                           'res3/b1/conv2/bn/gamma'):
        FineTuned('ab', 32, 'resnet50', path)


def test_weights_that_cannot_be_fetched(tmp_path, monkeypatch):
    def fail(*args):
        print('Downloading ...')
        raise OSError('no route\nto host')

    monkeypatch.setattr('chainercv.utils.download.cached_download', fail)
    monkeypatch.setenv('CHAINER_DATASET_ROOT', str(tmp_path))
    monkeypatch.setattr('chainer.dataset.download._dataset_root', str(tmp_path))
    with pytest.raises(FoodganError, match=r'ImageNet weights of resnet50 cannot be fetched \(no '
                                           r'route to host\): .* by --start'):
        FineTuned('ab', 32, 'resnet50', 'imagenet')
