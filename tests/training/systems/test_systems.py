"""What each system trains, shows and saves, and what it refuses."""

import random

import numpy
import pytest

from chainer_foodgan import images, weights
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.parallel import Communicator
from chainer_foodgan.training.run import Run
from chainer_foodgan.training.train import make_trainer, train
from chainer_foodgan.training.updaters.base import sample_indices
from chainer_foodgan.training.updaters.gan import generate
from chainer_foodgan.training.updaters.joint import folded, joint_vectors

import chainer

VARIANTS = ('stargan', 'joint', 'gan', 'conditional', 'acgan', 'pix2pix', 'cyclegan', 'student',
            'pairs')


def networks(system):
    return system.networks(numpy.random.default_rng(0))


def array(image):
    return numpy.asarray(image)


@pytest.mark.parametrize('variant', VARIANTS)
def test_the_seed_is_all_there_is_to_the_start(make, variant):
    starts = []
    for _ in range(2):
        links = networks(make(variant))
        starts.append({(name, key): param.array for name, link in links.items()
                       for key, param in link.namedparams()})
    for key, value in starts[0].items():
        numpy.testing.assert_array_equal(value, starts[1][key])


@pytest.mark.parametrize('variant', VARIANTS)
def test_what_is_shown_is_a_function_of_the_weights(make, variant):
    system = make(variant)
    gen = networks(system)['gen']
    before = {name: param.array.copy() for name, param in gen.namedparams()}
    state = numpy.random.get_state()[1].copy(), random.getstate()
    (rows, titles), (again, _) = system.rows(gen), system.rows(gen)
    assert len(rows) == 8 and all(len(row) == len(titles) for row in rows)
    for row, other in zip(rows, again):
        for first, second in zip(row, other):
            assert first.size == 2 * (system.config.image_size,)
            numpy.testing.assert_array_equal(array(first), array(second))
    assert (numpy.random.get_state()[1] == state[0]).all() and random.getstate() == state[1]
    assert chainer.config.train and chainer.config.enable_backprop
    for name, param in gen.namedparams():
        numpy.testing.assert_array_equal(param.array, before[name])


class Painter(chainer.Chain):
    """Translations of one grey: brighter for every category, darker where the photo is dark."""

    def forward(self, x, c):
        level = c @ numpy.array([-0.5, 0., 0.5], numpy.float32) - (x[:, 0, 0, 0] < 0) * 0.2
        return chainer.Variable(numpy.broadcast_to(
            level[:, None, None, None], x.shape).astype(numpy.float32))


def test_stargan_shows_every_photo_as_every_category(make):
    system = make('stargan', '--categories', 'curry,ramen,soba')
    rows, titles = system.rows(Painter())
    assert titles == ('input', 'curry', 'ramen', 'soba')
    for row, index in zip(rows, sample_indices(system.dataset)):
        photo = system.dataset[index][0]
        numpy.testing.assert_array_equal(array(row[0]), array(images.to_image(photo)))
        shift = -0.2 if photo[0, 0, 0] < 0 else 0
        for picture, level in zip(row[1:], (-0.5, 0., 0.5)):
            assert abs(array(picture) - (level + shift + 1) * 127.5).max() <= 1


def test_pix2pix_shows_the_truth(make):
    system = make('pix2pix')
    rows, titles = system.rows(networks(system)['gen'])
    assert titles == ('input', 'as curry', 'truth')
    for index, (x, _, y) in enumerate(rows):
        for picture, dish in ((x, 'rice'), (y, 'curry')):
            numpy.testing.assert_array_equal(
                array(picture), array(system.dataset.bowls.render(index, dish)))


def test_cyclegan_shows_there_and_back(make):
    system = make('cyclegan')

    class Shift(chainer.Chain):
        def __init__(self, by):
            super().__init__()
            self.by = by

        def forward(self, x):
            return chainer.Variable(numpy.clip(x + numpy.float32(self.by), -1, 1))

    rows, titles = system.rows(chainer.Chain(ab=Shift(0.5), ba=Shift(-0.5)))
    assert len(titles) == 3
    for row, photos, by in ((rows[0], system.dataset.first, 0.5),
                            (rows[4], system.dataset.second, -0.5)):
        x = photos[0][0]
        for picture, expected in zip(row, (x, numpy.clip(x + by, -1, 1),
                                           numpy.clip(numpy.clip(x + by, -1, 1) - by, -1, 1))):
            assert abs(array(picture).transpose(2, 0, 1) - (expected + 1) * 127.5).max() <= 1
    assert {int(system.dataset.first[0][1]), int(system.dataset.second[0][1])} == {0, 1}


def test_noise_is_the_same_in_a_row_of_categories(make):
    system = make('conditional')
    seen = []

    class Spy(chainer.Chain):
        c_dim = 10

        def noise(self, rng, B):
            return rng.uniform(-1, 1, (B, 5)).astype(numpy.float32)

        def forward(self, z, c):
            seen.append((z, c))
            return chainer.Variable(numpy.zeros((len(z), 3, 16, 16), numpy.float32))

    system.rows(Spy())
    z, c = seen[0]
    z, c = z.reshape(8, 10, 5), c.reshape(8, 10, 10)
    assert (z == z[:, :1]).all() and len(numpy.unique(z[:, 0, 0])) == 8
    assert (c == numpy.eye(10)).all()


def test_pictures_of_a_category(make):
    gen = networks(make('conditional'))['gen']
    rng = numpy.random.default_rng
    made = list(generate(gen, 3, 7, rng(1), batch_size=4))
    assert [len(batch) for batch in made] == [4, 3]
    z = gen.noise(rng(1), 4)
    with chainer.using_config('train', False):
        expected = gen(z, numpy.tile(numpy.eye(10, dtype=numpy.float32)[3], (4, 1))).array
    numpy.testing.assert_array_equal(made[0], expected)
    plain = networks(make('gan'))['gen']
    assert next(generate(plain, None, 2, rng(1))).shape == (2, 3, 16, 16)


@pytest.mark.parametrize('position', ['input', 'middle'])
def test_folding_the_mask_changes_no_translation(float64, make, position):
    system = make('joint', '--label-position', position)
    gen = networks(system)['gen']
    plain = folded(gen, (2, 3))
    assert (gen.c_dim, plain.c_dim) == (7, 5)
    x = numpy.random.default_rng(1).uniform(-1, 1, (5, 3, 16, 16))
    both = numpy.concatenate([joint_vectors(numpy.eye(2), 0, (2, 3)),
                              joint_vectors(numpy.eye(3), 1, (2, 3))])
    numpy.testing.assert_allclose(plain(x, numpy.eye(5)).array, gen(x, both).array,
                                  rtol=1e-10, atol=1e-12)


def test_a_joint_label_is_not_folded_into_normalisations(make):
    with pytest.raises(FoodganError, match='--label-position normalisation'):
        make('joint', '--label-position', 'normalisation')


def test_joint_vectors():
    c = joint_vectors(numpy.eye(3, dtype=numpy.float32)[[1]], 1, (2, 3))
    assert c.tolist() == [[0, 0, 0, 1, 0, 0, 1]] and c.dtype == numpy.float32
    c = joint_vectors(numpy.eye(2, dtype=numpy.float32)[[1]], 0, (2, 3))
    assert c.tolist() == [[0, 1, 0, 0, 0, 1, 0]]


def test_a_joint_generator_is_used_as_any_other(arguments, tmp_path):
    train(arguments('joint', '--out', tmp_path / 'run', '--num-iters', '2'))
    gen = weights.load(tmp_path / 'run')
    assert gen.categories == ('rice', 'curry', 'ramen', 'soba', 'unagi') and gen.c_dim == 5


@pytest.mark.parametrize('variant, suffixes', [
    ('gan', {'G': 'noise_generator', 'D': 'nlayer_discriminator'}),
    ('acgan', {'G': 'noise_generator', 'D': 'discriminator'}),
    ('pix2pix', {'G': 'unet_generator', 'D': 'nlayer_discriminator'}),
    ('cyclegan', {'G_ab': 'resnet_generator', 'G_ba': 'resnet_generator',
                  'D_a': 'nlayer_discriminator', 'D_b': 'nlayer_discriminator'}),
    ('student', {'G': 'conditional_generator', 'D': 'conditional_discriminator'})])
def test_files_say_what_they_are(arguments, make, tmp_path, variant, suffixes):
    train(arguments(variant, '--out', tmp_path / 'run', '--num-iters', '1'))
    files = {path.stem[len('1_1_'):]: path for path in (tmp_path / 'run' / 'models').iterdir()}
    assert set(files) == set(suffixes)
    system = make(variant)
    links = system.weights(*networks(system).values())
    for suffix, network in suffixes.items():
        arrays, meta = weights.read_npz(files[suffix])
        assert meta['network'] == network and meta['system'] == system.config.system
        assert meta['categories'] == list(system.categories)
        weights.load_into(links[suffix][0], files[suffix])


@pytest.mark.parametrize('variant, options, words', [
    ('gan', ['--image-size', '24'], ['24', 'power of two']),
    ('acgan', ['--image-size', '16', '--d-repeat-num', '5'], ['16', '--d-repeat-num']),
    ('pix2pix', ['--image-size', '48'], ['48', '--num-downs']),
    ('pix2pix', ['--categories', 'rice,curry,soba'], ['curry', 'two']),
    ('pix2pix', ['--categories', 'rice,pizza'], ['pizza']),
    ('cyclegan', ['--image-size', '18'], ['18', 'multiple of 4']),
    ('cyclegan', ['--categories', 'rice,curry,soba'], ['soba', 'two']),
    ('joint', ['--categories2', 'curry,soba'], ['curry', '--categories2']),
    ('student', ['--pairs', 'folder'], ['one teacher', '--pairs', '--teacher']),
    ('student', ['--teacher', 'nowhere.npz'], ['nowhere.npz']),
    ('student', ['--image-size', '18'], ['18', 'multiple of 4']),
    ('student', ['--scales', '6'], ['16', 'multiple of 32', '--scales']),
    ('student', ['--d-layers', '3'], ['16', 'critic', '24', '--d-layers']),
    ('student', ['--lambda-tex', '1'], ['16', '--lambda-tex', '20']),
    ('student', ['--lambda-feat', '1'], ['--lambda-feat', '--classifier']),
    ('student', ['--pretrained-model', 'nowhere_G.npz'], ['nowhere_G.npz']),
    ('pairs', ['--hold-out', '4'], ['no photo is left to train', '4']),
    ('pairs', ['--categories', 'curry,pizza'], ['pizza', 'curry, ramen']),
    ('stargan', ['--image-size', '20', '--d-repeat-num', '3'], ['20', '--d-repeat-num']),
    ('cyclegan', ['--bowls', '6'], ['3 photos', '--batch-size'])])
def test_what_cannot_be_trained(arguments, tmp_path, variant, options, words):
    with pytest.raises(FoodganError) as caught:
        train(arguments(variant, '--out', tmp_path / 'run', *options))
    for word in words:
        assert word in str(caught.value)
    assert not (tmp_path / 'run').exists()


@pytest.mark.parametrize('variant', ['gan', 'acgan', 'pix2pix', 'cyclegan'])
def test_batches_that_cannot_be_shared(arguments, tmp_path, variant):
    with pytest.raises(FoodganError, match='2 processes cannot share'):
        make_trainer(arguments(variant, '--out', tmp_path), Run(tmp_path), Communicator(0, 2))


def test_a_run_of_another_system_is_not_resumed(arguments, tmp_path):
    train(arguments('gan', '--out', tmp_path / 'run', '--num-iters', '1'))
    with pytest.raises(FoodganError, match='system gan'):
        train(arguments('stargan', '--out', tmp_path / 'run', '--resume'))
