"""What is seen in pictures."""

import hashlib
import importlib.util
import os
import pathlib
import sys
import urllib.error

import numpy
import pytest

from chainer_foodgan import images
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.evaluations import features
from chainer_foodgan.evaluations.classifier import Classifier
from chainer_foodgan.evaluations.features import (
    ClassifierFeatures,
    Collector,
    InceptionFeatures,
    scaled,
)


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


@pytest.fixture(scope='module')
def module():
    """torch-fidelity's module of the network."""
    for package, name in ('torch', 'torch'), ('torch_fidelity', 'torch-fidelity'):
        if importlib.util.find_spec(package) is None:
            pytest.skip('features of Inception: pip install ' + name)
    return features._module()


@pytest.fixture
def same_module(module, monkeypatch):
    """InceptionFeatures takes the module of the other tests, in which things can be replaced."""
    monkeypatch.setattr(features, '_module', lambda: module)
    return module


@pytest.fixture(scope='module')
def weights_file(module, tmp_path_factory):
    """A file as torch-fidelity distributes it, with random weights."""
    import torch

    class Fresh(module.FeatureExtractorInceptionV3):
        def load_state_dict(self, state):
            pass

    path = tmp_path_factory.mktemp('inception') / 'weights.pth'
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, 'load_state_dict_from_url', lambda *_, **__: None)
        torch.manual_seed(0)
        torch.save(Fresh('x', ['2048']).state_dict(), str(path))
    return path


def test_features_and_probabilities(same_module, weights_file):
    import torch
    extractor = InceptionFeatures(weights_file)
    x = numpy.random.default_rng(0).uniform(-1, 1, (2, 3, 20, 20)).astype(numpy.float32)
    features, p = extractor(x)
    assert features.shape == (2, 2048) and p.shape == (2, 1008)
    assert features.dtype == p.dtype == numpy.float32
    assert p.sum(axis=1) == pytest.approx(1)
    network = same_module.FeatureExtractorInceptionV3(
        'x', ['2048', 'logits_unbiased'], str(weights_file))
    pixels = torch.from_numpy(numpy.stack([
        numpy.asarray(images.to_image(one)).transpose(2, 0, 1) for one in x]))
    expected, logits = network(pixels)
    numpy.testing.assert_array_equal(features, expected.numpy())
    numpy.testing.assert_array_equal(p, torch.softmax(logits, 1).numpy())
    assert extractor.name == 'inception'
    facts = extractor.facts
    assert facts['dimension'] == 2048 and '299 x 299' in facts['resizing']
    assert facts['weights'] == 'SHA-256 ' + hashlib.sha256(weights_file.read_bytes()).hexdigest()


def test_the_package_is_imported_neither_whole_nor_half(module):
    assert 'torch_fidelity' not in sys.modules or hasattr(
        sys.modules['torch_fidelity'], 'calculate_metrics')


def test_weights_that_cannot_be_fetched(same_module, monkeypatch):
    def fail(*args, **options):
        raise urllib.error.URLError('no route\nto host')

    monkeypatch.setattr(same_module, 'load_state_dict_from_url', fail)
    with pytest.raises(FoodganError, match='cannot be fetched .*no route to host.*: download '
                                           'https://.*and name the file by --inception'):
        InceptionFeatures()


class Attack:
    def __reduce__(self):
        return os.system, ('echo > executed',)


def test_a_file_with_code_is_not_run(same_module, tmp_path, monkeypatch):
    import torch
    monkeypatch.chdir(tmp_path)
    torch.save({'Mixed_7c.branch_pool.conv.weight': Attack()}, 'attack.pth')
    with pytest.raises(FoodganError, match='attack.pth: .*asks for .*nothing of it was run'):
        InceptionFeatures('attack.pth')
    assert not pathlib.Path('executed').exists()


def test_other_files(same_module, tmp_path):
    import torch
    for name, words in (('no.pth', 'there is no such file'), ('text.pth', 'not '),
                        ('other.pth', 'not the weights of')):
        path = tmp_path / name
        if name == 'text.pth':
            path.write_text('hello')
        if name == 'other.pth':
            torch.save({'a': torch.zeros(1)}, str(path))
        with pytest.raises(FoodganError, match=f'{name}: .*{words}'):
            InceptionFeatures(path)
    path = tmp_path / 'half.pth'
    torch.save({'Mixed_7c.branch_pool.conv.weight': torch.zeros(1)}, str(path))
    with pytest.raises(FoodganError, match='cannot be read from .*half.pth') as caught:
        InceptionFeatures(path)
    assert len(str(caught.value)) < 600 and '\n' not in str(caught.value)


@pytest.mark.parametrize('missing, name', [
    ('torch', 'torch'), ('torch_fidelity', 'torch-fidelity')])
def test_what_is_not_installed_is_named(monkeypatch, missing, name):
    monkeypatch.setattr('importlib.util.find_spec', lambda package: package != missing or None)
    with pytest.raises(FoodganError, match=f'need {name}: pip install {name}, or take those of'):
        InceptionFeatures()
