"""The whole training in a file: all of it comes back, damage is one line."""

import io
import zipfile

import numpy
import pytest

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.training.extensions import snapshots

import chainer


def arrays_of(saved):
    serializer = chainer.serializers.DictionarySerializer()
    serializer.save(saved)
    return serializer.target


def train(trainer):
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
    trainer = train(make_trainer((5, 'iteration')))
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
