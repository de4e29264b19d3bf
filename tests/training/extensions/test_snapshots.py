"""What is saved, how much is kept, what never is; all of it comes back, damage is one line."""

import io
import zipfile

import numpy
import pytest

from chainer_foodgan import weights
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.training.extensions import FailOnNaN, Snapshots, snapshots

import chainer

META = {'categories': ['curry', 'ramen', 'soba'], 'image_size': 16}


@pytest.fixture
def train(run, make_trainer):
    """Trains with both extensions, saving in every iteration."""
    def train(iterations, update=lambda updater: None, keep=2):
        trainer = make_trainer((iterations, 'iteration'), update)
        links = {'G': trainer.updater.get_optimizer('gen').target,
                 'D': trainer.updater.get_optimizer('dis').target}
        fail_on_nan = FailOnNaN(run)
        trainer.extend(fail_on_nan)
        trainer.extend(
            Snapshots(run, lambda: {name: (link, META) for name, link in links.items()},
                      fail_on_nan, keep), trigger=(1, 'iteration'))
        trainer.links = links
        trainer.run(show_loop_exception_msg=False)
        return trainer
    return train


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_weights_are_kept_and_snapshots_bounded(run, train):
    train(6)
    places = ['1_1', '1_2', '1_3', '1_4', '2_1', '2_2']
    assert names(run.models) == sorted(
        f'{place}_{network}.npz' for place in places for network in 'GD')
    assert names(run.snapshots) == ['2_1.npz', '2_2.npz']


@pytest.mark.parametrize('keep', [1, 4])
def test_the_newest_snapshots_are_kept(run, train, keep):
    train(12, keep=keep)
    expected = [f'{2 + n // 4}_{n % 4 + 1}.npz' for n in range(8)]
    assert names(run.snapshots) == expected[-keep:]


def test_what_is_saved_is_what_was_trained(run, train):
    def update(updater):
        for optimizer in updater.get_all_optimizers().values():
            for param in optimizer.target.params():
                param.array += 0.125

    trainer = train(5, update)
    path = run.models / '2_1_G.npz'
    loaded = weights.load(path)
    assert loaded.categories == ('curry', 'ramen', 'soba') and loaded.image_size == 16
    for network in 'GD':
        path = run.models / f'2_1_{network}.npz'
        arrays, meta = weights.read_npz(path)
        assert (meta['epoch'], meta['iteration']) == (2, 1)
        assert meta['network'] == {'G': 'generator', 'D': 'discriminator'}[network]
        params = dict(trainer.links[network].namedparams())
        assert set(arrays) == {name.lstrip('/') for name in params}
        for name, param in params.items():
            numpy.testing.assert_array_equal(arrays[name.lstrip('/')], param.array)
    # Each file is of its own time: an update earlier, an eighth less.
    before = weights.read_npz(run.models / '1_4_G.npz')[0]['main/0/W']
    numpy.testing.assert_allclose(loaded.main['0'].W.array - before, 0.125, atol=1e-6)


@pytest.mark.parametrize('value', [numpy.nan, numpy.inf])
@pytest.mark.parametrize('network', ['gen', 'dis'])
def test_weights_that_are_not_finite_are_never_written(run, train, network, value):
    def update(updater):
        if updater.iteration == 3:
            param = next(updater.get_optimizer(network).target.params())
            param.array[...] = value

    with pytest.raises(FoodganError, match='diverged in iteration 4.*1_3.npz'):
        train(6, update)
    assert names(run.models) == sorted(
        f'1_{i}_{net}.npz' for i in (1, 2, 3) for net in 'GD')
    assert names(run.snapshots) == ['1_2.npz', '1_3.npz']
    for path in list(run.models.iterdir()) + list(run.snapshots.iterdir()):
        with numpy.load(str(path)) as arrays:
            assert all(numpy.isfinite(arrays[key]).all() for key in arrays
                       if key.split('/')[-1] in ('W', 'b', 'gamma', 'beta'))


def test_a_loss_that_is_not_finite_ends_the_training(run, train):
    def update(updater):
        loss = numpy.float32('nan' if updater.iteration == 4 else 1)
        chainer.report({'loss_gp': loss}, updater.get_optimizer('dis').target)

    with pytest.raises(FoodganError) as caught:
        train(8, update)
    message = str(caught.value)
    assert 'iteration 5: dis/loss_gp is nan' in message
    assert str(run.snapshots / '1_4.npz') in message
    assert names(run.snapshots) == ['1_3.npz', '1_4.npz']
    assert '2_1_G.npz' not in names(run.models)


def test_nothing_saved_yet(run, make_trainer):
    def update(updater):
        chainer.report({'loss_gp': numpy.float32('inf')}, updater.get_optimizer('dis').target)

    trainer = make_trainer((8, 'iteration'), update)
    trainer.extend(FailOnNaN(run))
    with pytest.raises(FoodganError, match='iteration 1: dis/loss_gp is inf; nothing was saved'):
        trainer.run(show_loop_exception_msg=False)


def arrays_of(saved):
    serializer = chainer.serializers.DictionarySerializer()
    serializer.save(saved)
    return serializer.target


def trained(trainer):
    """Some state everywhere."""
    trainer.extend(chainer.training.extensions.LogReport(trigger=(3, 'iteration')))
    trainer.run()
    rng = numpy.random.default_rng(3)
    for optimizer in trainer.updater.get_all_optimizers().values():
        for param in optimizer.target.params():
            param.grad = rng.standard_normal(param.shape).astype(numpy.float32)
        optimizer.update()
    return trainer


@pytest.fixture
def saved(make_trainer, tmp_path):
    trainer = trained(make_trainer((5, 'iteration')))
    path = tmp_path / '2_1.npz'
    snapshots.save(trainer, path)
    return trainer, path


def fresh(make_trainer):
    trainer = make_trainer((9, 'iteration'))
    trainer.extend(chainer.training.extensions.LogReport(trigger=(3, 'iteration')))
    return trainer


def test_all_of_it_comes_back(saved, make_trainer):
    trainer, path = saved
    again = fresh(make_trainer)
    snapshots.load(again, path)
    for part in (lambda trainer: trainer.updater,
                 lambda trainer: trainer.get_extension('LogReport')):
        expected, found = arrays_of(part(trainer)), arrays_of(part(again))
        assert set(expected) == set(found)
        for key, array in expected.items():
            if array is not None:
                numpy.testing.assert_array_equal(found[key], array, err_msg=key)
    assert again.updater.iteration == 5 and again.updater.place == (2, 1)
    keys = '\n'.join(arrays_of(trainer))
    for part in ('updater/iterator:main/order', 'updater/optimizer:gen/t', '/main/0/W/m',
                 '/main/0/W/v', 'extensions/LogReport'):
        assert part in keys


def test_no_pickles(saved):
    with numpy.load(str(saved[1]), allow_pickle=False) as arrays:
        assert all(arrays[key].dtype != object for key in arrays)


def cut(data):
    return data[:len(data) // 2]


def npy():
    file = io.BytesIO()
    numpy.save(file, numpy.zeros(3))
    return file.getvalue()


def flipped(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        largest = max(archive.infolist(), key=lambda entry: entry.file_size)
    place = largest.header_offset + largest.file_size // 2  # amid its numbers
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1:]


@pytest.mark.parametrize('damage', [
    cut, flipped, lambda data: data[:-10], lambda data: b'', lambda data: b'some text\n',
    lambda data: bytes(len(data)), lambda data: b'\x80\x04K\x01.',
    lambda data: npy()],
    ids=['cut', 'flipped', 'tail', 'empty', 'text', 'zeros', 'pickle', 'npy'])
def test_damage_is_one_line(saved, make_trainer, damage):
    _, path = saved
    data = damage(path.read_bytes())
    path.write_bytes(data)
    with pytest.raises(FoodganError) as caught:
        snapshots.load(fresh(make_trainer), path)
    assert str(path) in str(caught.value) and 'delete it' in str(caught.value)
    assert path.read_bytes() == data


def test_damage_anywhere(saved, make_trainer):
    """A wrong byte is found or does no harm, wherever it is; it never ends in another error."""
    _, path = saved
    data = path.read_bytes()
    rng = numpy.random.default_rng(0)
    positions = list(rng.integers(0, len(data), 15)) + list(rng.integers(len(data) - 9000,
                                                                         len(data), 25))
    trainer = fresh(make_trainer)
    found = 0
    for position in positions:
        changed = bytearray(data)
        changed[position] ^= int(rng.integers(1, 256))
        path.write_bytes(bytes(changed))
        try:
            snapshots.load(trainer, path)
        except FoodganError:
            found += 1
    assert found > 20


def test_there_is_none(make_trainer, tmp_path):
    with pytest.raises(FoodganError, match='nowhere.npz'):
        snapshots.load(fresh(make_trainer), tmp_path / 'nowhere.npz')


def test_another_training(saved, make_trainer, tmp_path):
    from chainer_foodgan.links import Generator
    trainer = fresh(make_trainer)
    gen = trainer.updater.get_optimizer('gen')
    gen.setup(Generator(3, 3, 1))
    with pytest.raises(FoodganError, match='does not fit this training.*arguments'):
        snapshots.load(trainer, saved[1])
    # Nor one with an extension that the file knows nothing of.
    from chainer_foodgan.training.extensions import ExponentialAverage
    trainer = fresh(make_trainer)
    trainer.extend(ExponentialAverage(trainer.updater.get_optimizer('gen'), 0.9))
    with pytest.raises(FoodganError, match='does not fit this training'):
        snapshots.load(trainer, saved[1])


def test_what_cannot_be_written_leaves_what_was_there(saved, monkeypatch):
    trainer, path = saved
    before = path.read_bytes()

    def full(*args, **kwargs):
        raise OSError(28, 'No space left on device')

    monkeypatch.setattr(numpy, 'savez', full)
    with pytest.raises(FoodganError, match='No space left'):
        snapshots.save(trainer, path)
    assert path.read_bytes() == before
    assert [other.name for other in path.parent.iterdir() if other.name.endswith('.part')] == []
