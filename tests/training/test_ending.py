"""When a training ends, and what happens then."""

import signal
import types

import pytest

from chainer_foodgan.parallel import ALONE
from chainer_foodgan.training.stopping import StopTrigger


def trainer_at(iteration, batches=5, elapsed_time=0., comm=ALONE):
    iterator = types.SimpleNamespace(batch_size=4, dataset=range(4 * batches + 3))
    updater = types.SimpleNamespace(
        iteration=iteration, epoch=iteration // batches, comm=comm,
        get_iterator=lambda name: iterator)
    return types.SimpleNamespace(updater=updater, elapsed_time=elapsed_time)


def fires(step, num_iters, num_epochs, batches, iterations):
    trigger = StopTrigger(num_epochs, num_iters).every(step)
    return [iteration for iteration in range(1, iterations + 1)
            if trigger(trainer_at(iteration, batches))]


def test_every_so_often_and_at_the_end():
    assert fires(4, 10, 99, 3, 10) == [4, 8, 10]
    assert fires(4, None, 3, 5, 15) == [4, 8, 12, 15]
    assert fires(5, None, 3, 5, 15) == [5, 10, 15]
    assert fires(1000, 7, 20, 100, 7) == [7]


@pytest.mark.parametrize('options, last', [
    ({'num_epochs': 3}, 15), ({'num_epochs': 3, 'num_iters': 4}, 4),
    ({'num_epochs': 1, 'num_iters': 9}, 9)])
def test_the_end(options, last):
    end = StopTrigger(**options)
    assert [end(trainer_at(iteration)) for iteration in range(last + 1)] == last * [False] + [True]
    assert end.iterations(trainer_at(0)) == last


def test_time_ends_it_before_it_is_over():
    end = StopTrigger(3, minutes=0.5)
    assert not end(trainer_at(1, elapsed_time=29.9))
    assert end(trainer_at(2, elapsed_time=30.))
    assert end(trainer_at(15, elapsed_time=3.))  # over before its time


def test_time_is_read_once_an_iteration():
    """What is written at the end is written in the iteration that is the last."""
    end = StopTrigger(3, minutes=1)
    trigger = end.every(1000)
    assert not trigger(trainer_at(4, elapsed_time=59.99))
    assert not end(trainer_at(4, elapsed_time=60.01))
    assert trigger(trainer_at(5, elapsed_time=60.02)) and end(trainer_at(5, elapsed_time=60.03))


def test_all_ranks_end_when_one_is_over_time():
    class Communicator:
        def gather(self, thing):
            return [thing, (late, asked)]

    late, asked = True, None
    assert StopTrigger(3, minutes=1)(trainer_at(1, elapsed_time=2., comm=Communicator()))
    late = False
    assert not StopTrigger(3, minutes=1)(trainer_at(1, elapsed_time=2., comm=Communicator()))
    asked = signal.SIGTERM
    end = StopTrigger(3)
    assert end(trainer_at(1, comm=Communicator())) and end.signum == signal.SIGTERM


def test_a_signal_ends_it_after_the_iteration():
    end = StopTrigger(3)
    saving, shown = end.saving(1000), end.every(1000)
    assert not saving(trainer_at(1))
    end.asked = signal.SIGTERM  # too late for this iteration
    assert not saving(trainer_at(1)) and not end(trainer_at(1))
    # It is saved, and nothing is drawn or measured that the whole training would not have.
    assert saving(trainer_at(2)) and end(trainer_at(2)) and not shown(trainer_at(2))


def test_there_is_nothing_to_save_before_the_first_iteration():
    end = StopTrigger(3)
    end.asked = signal.SIGTERM
    assert not end(trainer_at(0)) and end(trainer_at(1))


def test_what_is_over_was_not_interrupted():
    end = StopTrigger(3)
    end.asked = signal.SIGTERM
    assert end(trainer_at(15)) and end.signum is None


def test_snapshots_after_minutes(monkeypatch):
    now = [50.]
    monkeypatch.setattr('time.monotonic', lambda: now[0])
    saving, never = StopTrigger(9).saving(4, 2), StopTrigger(9).saving(4, 0)
    fired = []
    for iteration in range(1, 9):
        now[0] += 50
        fired.append(saving(trainer_at(iteration)))
        assert never(trainer_at(iteration)) == (iteration % 4 == 0)
    # 150 s after the start; by its number; 150 s after that; by its number.
    assert fired == [False, False, True, True, False, False, True, True]
