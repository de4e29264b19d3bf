"""Every system's training, stopped and resumed, ends as one that was not, bit for bit."""

import json

import numpy
import pytest

from chainer_foodgan.training.extensions import LossPlot
from chainer_foodgan.training.train import train
from chainer_foodgan.training.updaters.base import Updater

VARIANTS = ('stargan', 'joint', 'gan', 'conditional', 'acgan', 'pix2pix', 'cyclegan', 'student',
            'pairs')


def tree(folder):
    return {str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob('*')) if path.is_file()}


def stop_after(monkeypatch, iterations):
    """Ctrl-C in the iteration after so many."""
    update = Updater.update

    def interrupted(self):
        if self.iteration == iterations:
            raise KeyboardInterrupt
        update(self)
    monkeypatch.setattr(Updater, 'update', interrupted)


def arrays(path):
    with numpy.load(str(path)) as archive:
        return {key: archive[key] for key in archive
                if 'elapsed_time' not in key and not key.endswith('/_log')}


@pytest.fixture(scope='module')
def straight(tmp_path_factory):
    """Variant -> run folder; each is trained once."""
    done = {}

    def straight(variant, arguments):
        if variant not in done:
            done[variant] = tmp_path_factory.mktemp('straight') / variant
            train(arguments(variant, '--out', done[variant]))
        return done[variant]
    return straight


@pytest.mark.parametrize('variant', VARIANTS)
def test_to_the_same_end(straight, arguments, tmp_path, monkeypatch, variant):
    expected, run = straight(variant, arguments), tmp_path / 'run'
    with monkeypatch.context() as patch:
        stop_after(patch, 7)
        with pytest.raises(KeyboardInterrupt):
            train(arguments(variant, '--out', run))
    train(arguments(variant, '--out', run, '--resume', '--seed', '9'))
    for folder in ('models', 'samples'):
        assert tree(run / folder) == tree(expected / folder)
    assert tree(run / 'models') and tree(run / 'samples')
    first, second = (arrays(folder / 'snapshots' / '2_5.npz') for folder in (expected, run))
    assert set(first) == set(second)
    for key, array in first.items():
        numpy.testing.assert_array_equal(second[key], array, err_msg=key)
    logs = [json.loads((folder / 'logs' / 'log').read_text()) for folder in (expected, run)]
    for log in logs:
        for entry in log:
            assert entry.pop('elapsed_time') > 0
    assert logs[0] == logs[1]


def test_the_pool_is_in_the_snapshot(straight, arguments):
    found = arrays(straight('cyclegan', arguments) / 'snapshots' / '2_5.npz')
    for pool in ('updater/pool:a/pictures', 'updater/pool:b/pictures'):
        assert found[pool].shape == (3, 3, 16, 16)


def test_time_ends_a_training_which_is_saved_and_stays_ended(arguments, tmp_path):
    run = tmp_path / 'run'
    train(arguments('gan', '--out', run, '--minutes', '1e-6'))
    before = tree(run)
    assert 'models/1_1_G.npz' in before and 'snapshots/1_1.npz' in before
    train(arguments('gan', '--out', run, '--resume'))
    assert tree(run) == before


@pytest.mark.gpu
@pytest.mark.parametrize('variant', VARIANTS)
def test_on_a_gpu(arguments, tmp_path, monkeypatch, variant, iterations):
    """The losses are those of the processor, and a resumption ends at the very same weights."""
    def trained(name, device, *more):
        run = tmp_path / name
        train(arguments(variant, '--out', run, '--device', device, '--num-iters', iterations,
                        '--log-step', '1', '--model-save-step', '1', '--keep', '1', *more))
        log = json.loads((run / 'logs' / 'log').read_text())
        saved, = (run / 'snapshots').iterdir()
        return [{key: value for key, value in entry.items() if '/' in key} for entry in log], \
            arrays(saved)

    monkeypatch.setattr(LossPlot, '__call__', lambda *arguments: None)  # half of the time
    losses, state = trained('straight', '@cupy:0')
    wanted, _ = trained('processor', '@numpy')
    assert len(losses) == iterations == len(wanted)
    for found, expected in zip(losses, wanted):
        assert found == pytest.approx(expected, rel=0.01, abs=0.001)

    with monkeypatch.context() as patch:
        stop_after(patch, iterations // 2)
        with pytest.raises(KeyboardInterrupt):
            trained('resumed', '@cupy:0')
    again, resumed = trained('resumed', '@cupy:0', '--resume')
    assert again == losses and set(resumed) == set(state)
    for key, array in state.items():
        numpy.testing.assert_array_equal(resumed[key], array, err_msg=key)
