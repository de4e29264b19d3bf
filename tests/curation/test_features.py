"""What photos are clustered by; on disk, whatever was cut off, what is kept is right."""

import json

import numpy
import pytest
from PIL import Image

from chainer_foodgan import images
from chainer_foodgan.curation import features
from chainer_foodgan.curation.features import FeatureStore
from chainer_foodgan.datasets.base import ImageDataset, Photo
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.evaluations import imagenet
from chainer_foodgan.evaluations.classifier import Classifier, save_classifier
from chainer_foodgan.weights.naming import arrays_of

import chainer


def noise(*shape):
    return numpy.random.default_rng(0).uniform(-1, 1, shape).astype(numpy.float32)


def test_fc6_is_that_of_chainercv(tmp_path, use_torch):
    """Before its ReLU, of the weights in a file, from pixels in [0, 255] less ImageNet's mean."""
    from chainercv.links import VGG16
    body = imagenet.body('vgg16', None, numpy.random.default_rng(0), 'fc6')
    arrays = arrays_of(body)
    numpy.savez(tmp_path / 'vgg.npz', **arrays, **{'fc8/W': noise(10, 4)})
    network = features.VGG16Features(tmp_path / 'vgg.npz', 32)
    network.load()
    x = noise(2, 3, 32, 32)
    found = network(x)
    other = VGG16(n_class=2, initialW=0)
    other.pick = 'fc6'
    mean = numpy.array([123.68, 116.779, 103.939], numpy.float32)[:, None, None]
    with chainer.using_config('train', False), chainer.using_config('use_torch', 'never'), \
            chainer.no_backprop_mode():
        other(x)  # it has no weights before
        other.remove_unused()
        chainer.serializers.NpzDeserializer(arrays).load(other)
        expected = other((x + 1) * 127.5 - mean).array
    assert found.shape == (2, 4096) == (2, network.dimension)
    assert (found < 0).any() and found.dtype == numpy.float32
    numpy.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4 * expected.max())


def test_weights_for_another_size(tmp_path):
    numpy.savez(tmp_path / 'vgg.npz', **{'conv1_1/conv/W': noise(64, 3, 3, 3)})
    with pytest.raises(FoodganError, match='vgg.npz: does not fit this vgg16: it lacks'):
        features.VGG16Features(tmp_path / 'vgg.npz', 32).load()


def test_those_of_a_classifier(tmp_path):
    classifier = Classifier('ab', 16, 4, rng=numpy.random.default_rng(0))
    save_classifier(classifier, tmp_path / 'c.npz', {'trained_on': 'noise'})
    network = features.OfClassifier(tmp_path / 'c.npz')
    network.load()
    x = noise(3, 3, 16, 16)
    with chainer.using_config('train', False), chainer.no_backprop_mode():
        expected = classifier.pooled(x).array
    assert (network(x) == expected).all() and (network.image_size, network.dimension) == (16, 32)
    assert 'not of VGG16' in network.words and 'trained on noise' in network.words


class Corner:
    """The colour of the upper left pixel."""

    image_size, dimension, made_of = 4, 3, {'network': 'corner'}

    def __init__(self):
        self.batches = []

    def __call__(self, x):
        assert x.shape[1:] == (3, 4, 4)
        self.batches.append(len(x))
        return x[:, :, 0, 0]


@pytest.fixture
def dataset(tmp_path):
    photos = []
    for number in range(7):
        path = tmp_path / 'photos' / f'{number}.png'
        images.save_image(Image.new('RGB', (9, 6), (10 * number, 0, 255)), path)
        photos.append(Photo(str(path), number % 2))
    return ImageDataset(photos, 'ab', 'photos')


def test_only_what_is_pending_is_computed(dataset, tmp_path):
    network, indices = Corner(), [6, 5, 3, 2, 0]
    chosen = [dataset.photos[index] for index in indices]
    made_of = features.made_of(network, tmp_path, chosen, 2)
    store = FeatureStore(tmp_path / 'out', made_of)
    store.add(1, numpy.zeros((2, 3), numpy.float32))
    said = []
    features.compute(store, store.pending[:], network, dataset, indices, 2,
                     progress=lambda done, count: said.append((done, count)))
    assert network.batches == [2, 1] and said == [(4, 5), (5, 5)] and store.pending == []
    red = [60, 50, None, None, 0]
    for found, value in zip(store.read(0, 5), red):
        wanted = [0, 0, 0] if value is None else [value / 127.5 - 1, -1, 1]
        numpy.testing.assert_allclose(found, wanted, atol=1e-6)


def test_what_tells_photos_apart(dataset, tmp_path):
    def of(photos, root=tmp_path, batch_size=2):
        return features.made_of(Corner(), root, photos, batch_size)
    photos = dataset.photos
    first = of(photos)
    assert first == of(list(photos)) and first['photos'] == 7
    others = [photos[1:] + photos[:1], photos[:-1],
              [photos[0]._replace(box=(0., 0., 0.5, 1.))] + photos[1:]]
    assert all(of(other)['photos_sha256'] != first['photos_sha256'] for other in others)
    # The same photos elsewhere are the same.
    moved = tmp_path / 'moved'
    moved.mkdir()
    (tmp_path / 'photos').rename(moved / 'photos')
    same = [photo._replace(file=str(moved / 'photos' / photo.file.split('/')[-1]))
            for photo in photos]
    assert of(same, moved) == first
    images.save_image(Image.new('RGB', (90, 60)), moved / 'photos' / '3.png')
    assert of(same, moved) != first


MADE_OF = {'network': 'n', 'photos': 7, 'dimension': 3, 'batch_size': 2}
FEATURES = numpy.random.default_rng(0).standard_normal((7, 3)).astype(numpy.float32)


def open_store(folder, **others):
    return FeatureStore(folder, {**MADE_OF, **others})


def fill(store, batches=None):
    for batch in batches or store.pending[:]:
        rows = store.rows(batch)
        store.add(batch, FEATURES[rows.start:rows.stop])


def test_whole(tmp_path):
    store = open_store(tmp_path)
    assert store.pending == [0, 1, 2, 3] and list(store.rows(3)) == [6]
    fill(store)
    assert store.pending == [] == open_store(tmp_path).pending
    mapped = numpy.load(tmp_path / 'features.npy', mmap_mode='r')
    assert isinstance(mapped, numpy.memmap) and mapped.dtype == numpy.float32
    assert (mapped == FEATURES).all() and (store.read(2, 5) == FEATURES[2:5]).all()
    assert json.loads((tmp_path / 'features.json').read_text()) == MADE_OF


@pytest.mark.parametrize('damage, pending', [
    (lambda folder: None, [1, 3]),
    # A line that was being written.
    (lambda folder: append(folder, b'1 00'), [1, 3]),
    (lambda folder: append(folder, b'1 0000zzzz\n-1 00000000\n99 00000000\n'), [1, 3]),
    # A line whose batch did not reach the disk.
    (lambda folder: append(folder, b'1 12345678\n'), [1, 3]),
    (lambda folder: (folder / 'features.journal').unlink(), [0, 1, 2, 3]),
    (lambda folder: (folder / 'features.npy').unlink(), [0, 1, 2, 3]),
    (lambda folder: (folder / 'features.json').unlink(), [0, 1, 2, 3]),
    (lambda folder: overwrite(folder / 'features.npy', -4 * 3 * 3), [1, 2, 3])])
def test_cut_off_anywhere(tmp_path, damage, pending):
    fill(open_store(tmp_path), [0, 2])
    damage(tmp_path)
    store = open_store(tmp_path)
    assert store.pending == pending
    fill(store)
    assert open_store(tmp_path).pending == []
    assert (numpy.load(tmp_path / 'features.npy') == FEATURES).all()


def append(folder, data):
    with open(folder / 'features.journal', 'ab') as file:
        file.write(data)


def overwrite(path, place):
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize('other, words', [
    ({'network': 'm'}, 'network: n, not m'), ({'photos': 8}, 'photos: 7, not 8'),
    ({'batch_size': 3}, 'batch size: 2, not 3'), ({'more': 1}, 'more: None, not 1')])
def test_features_of_something_else_are_left_alone(tmp_path, other, words):
    fill(open_store(tmp_path))
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(FoodganError) as caught:
        open_store(tmp_path, **other)
    assert words in str(caught.value) and 'another --out' in str(caught.value)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_where_no_batch_is_kept_there_is_nothing_to_lose(tmp_path):
    """The weights, say, could not be fetched, and others are named."""
    open_store(tmp_path)
    store = open_store(tmp_path, network='m', dimension=3)
    fill(store)
    assert open_store(tmp_path, network='m').pending == []


@pytest.mark.parametrize('name, content', [
    ('features.npy', b'nothing'), ('features.npy', b''), ('features.json', b'{'),
    ('features.json', b'[]')])
def test_damaged_files(tmp_path, name, content):
    fill(open_store(tmp_path))
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FoodganError, match='cannot use the features .* start afresh'):
        open_store(tmp_path)


def test_features_of_another_shape(tmp_path):
    fill(open_store(tmp_path))
    numpy.save(tmp_path / 'features.npy', FEATURES[:5])
    with pytest.raises(FoodganError, match='another shape'):
        open_store(tmp_path)


def test_what_is_not_finite_is_not_kept(tmp_path):
    store = open_store(tmp_path)
    with pytest.raises(FoodganError, match='no finite features'):
        store.add(0, numpy.full((2, 3), numpy.nan, numpy.float32))
    assert open_store(tmp_path).pending == [0, 1, 2, 3]
