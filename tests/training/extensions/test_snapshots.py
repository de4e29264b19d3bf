"""What is saved, how much of it is kept, and what is never saved."""

import numpy
import pytest

from chainer_foodgan import weights
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.training.extensions import FailOnNaN, Snapshots

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
