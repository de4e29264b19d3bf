"""The schedule: known answers of the released code."""

import types

import pytest

from chainer_foodgan.training.extensions import LearningRate
from chainer_foodgan.training.optimizer import Adam


def rates(num_epochs, num_epochs_decay, alpha=1e-4):
    """The learning rate during epochs 1, 2, ..."""
    optimizer = Adam(alpha=alpha)
    extension = LearningRate({'gen': optimizer}, num_epochs, num_epochs_decay)
    found = []
    for done in range(num_epochs):
        extension(types.SimpleNamespace(updater=types.SimpleNamespace(epoch=done)))
        found.append(optimizer.alpha)
    return found


def test_twenty_epochs_of_the_original():
    found = rates(20, 10)
    assert found[:11] == [1e-4] * 11
    assert found[11:] == pytest.approx([9e-5, 8e-5, 7e-5, 6e-5, 5e-5, 4e-5, 3e-5, 2e-5, 1e-5])


@pytest.mark.parametrize('num_epochs, num_epochs_decay', [(20, 10), (7, 3), (5, 5), (9, 1), (4, 0)])
def test_the_released_loop(num_epochs, num_epochs_decay):
    """``if (e + 1) > num_epochs - num_epochs_decay: lr -= lr0 / num_epochs_decay``."""
    lr, expected = 2e-4, []
    for e in range(num_epochs):
        expected.append(lr)
        if e + 1 > num_epochs - num_epochs_decay:
            lr -= 2e-4 / num_epochs_decay
    assert rates(num_epochs, num_epochs_decay, 2e-4) == pytest.approx(expected, abs=1e-12)


def test_in_a_training_and_resumed(make_trainer):
    """Every optimizer from its own rate; after a resume the rate is that of the epoch."""
    seen = []

    def update(updater):
        optimizers = updater.get_all_optimizers()
        seen.append((optimizers['gen'].alpha, optimizers['dis'].alpha))

    def make(stop):
        trainer = make_trainer((stop, 'iteration'), update)
        trainer.extend(LearningRate(trainer.updater.get_all_optimizers(), 5, 4))
        return trainer

    make(20).run()
    shares = [1, 1, 0.75, 0.5, 0.25]
    expected = [(1e-4 * share, 3e-4 * share) for share in shares for _ in range(4)]
    assert [gen for gen, _ in seen] == pytest.approx([gen for gen, _ in expected])
    assert [dis for _, dis in seen] == pytest.approx([dis for _, dis in expected])

    from chainer_foodgan.training.extensions import snapshots
    del seen[:]
    first, second = make(14), make(20)
    first.run()
    path = str(first.out) + '/state.npz'
    snapshots.save(first, path)
    snapshots.load(second, path)
    second.run()
    assert [gen for gen, _ in seen] == pytest.approx([gen for gen, _ in expected])
