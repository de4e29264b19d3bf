"""``mpiexec foodgan train``: the run of one process, and how a job ends when a rank fails."""

import json
import re
import shutil
import signal
import time

import numpy
import pytest
from PIL import Image

from chainer_foodgan.commands import main

COMMAND = ['-m', 'chainer_foodgan', 'train', '--out', 'run']

# Three iterations an epoch; the generator steps in the second of each.
TINY = ['--image-size', '16', '--batch-size', '4', '--g-conv-dim', '2', '--d-conv-dim', '2',
        '--g-repeat-num', '1', '--d-repeat-num', '2', '--d-train-repeat', '2',
        '--num-epochs', '2', '--num-epochs-decay', '1', '--seed', '3', '--bowls', '13',
        '--log-step', '1', '--sample-step', '4', '--model-save-step', '1', '--keep', '9']
TRIMMINGS = ['--ema', '0.9', '--diff-augment', 'color,translation,cutout', '--lambda-idt', '2',
             '--balanced', '--checkerboard-free']
STEPS = 6 * 2e-4  # what Adam can move a weight by, in six iterations of two steps of 1e-4


@pytest.fixture(scope='module')
def one(tmp_path_factory):
    """The run of one process."""
    run = tmp_path_factory.mktemp('one') / 'run'
    assert main(['train', '--out', str(run)] + TINY + TRIMMINGS) == 0
    return run


@pytest.fixture(scope='module')
def two(tmp_path_factory):
    """Folders in which rank 0 and rank 1 of the same training ran; processes read the photos."""
    folders = [tmp_path_factory.mktemp(f'rank{rank}-') for rank in range(2)]
    done = []

    def run(mpiexec):
        if not done:
            done.append(mpiexec(*2 * [COMMAND + TINY + TRIMMINGS + ['--processes']],
                                folders=folders))
        return folders, done[0]
    return run


def files(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob('*')}


def assert_same_but_for_rounding(first, second):
    """Losses, moments and nearly all weights agree in single precision.

    Where a gradient is nothing but rounding (constant label maps vanish in the normalisation
    behind the first convolution), Adam makes steps of it, each up to the learning rate, which the
    rest then feels a little. In double precision all agree: tests/test_parallel.py.
    """
    logs = [json.loads((run / 'logs' / 'log').read_text()) for run in (first, second)]
    assert len(logs[0]) == len(logs[1]) == 6
    for entry, other in zip(*logs):
        del entry['elapsed_time'], other['elapsed_time']
        assert entry == pytest.approx(other, rel=1e-4, abs=1e-6)
    with numpy.load(str(first / 'snapshots' / '2_3.npz')) as a, \
            numpy.load(str(second / 'snapshots' / '2_3.npz')) as b:
        assert set(a) == set(b)
        differing = total = 0
        for key in a:
            if re.search('iterator:main|iteration$|/t$', key):
                numpy.testing.assert_array_equal(a[key], b[key], err_msg=key)
            elif re.search('optimizer:.*/[mv]$', key):
                numpy.testing.assert_allclose(
                    a[key], b[key], rtol=0, atol=1e-3 * abs(a[key]).max(), err_msg=key)
            elif re.search('model:|/link/', key):
                difference = abs(a[key] - b[key])
                assert difference.max() < STEPS, key
                differing += (difference > 1e-6).sum()
                total += difference.size
        assert differing < 0.3 * total


def test_two_ranks_go_the_way_of_one_process(one, two, mpiexec):
    folders, done = two(mpiexec)
    assert done.returncode == 0, done.stderr
    assert_same_but_for_rounding(one, folders[0] / 'run')
    record = json.loads((folders[0] / 'run' / 'run.json').read_text())
    assert (record['ranks'], record['communicator']) == (2, 'naive')
    alone = json.loads((one / 'run.json').read_text())
    assert record['arguments'] == dict(alone['arguments'], processes=True)
    assert (alone['ranks'], alone['communicator']) == (1, None)


def test_only_rank_0_writes_and_prints(one, two, mpiexec):
    folders, done = two(mpiexec)
    assert files(folders[0] / 'run') == files(one)
    assert files(folders[1]) == set()
    assert done.stdout.count('the weights are in') == 1
    told = re.findall(r'iteration (\d+)', done.stdout)
    assert told and len(told) == len(set(told))
    assert done.stderr == ''


def interrupted(run, folder):
    """A copy of a run as it was after its fourth iteration."""
    shutil.copytree(str(run), str(folder / 'run'))
    for name in ('2_2', '2_3'):
        (folder / 'run' / 'snapshots' / (name + '.npz')).unlink()
    return folder / 'run'


def test_one_process_goes_on_where_two_ranks_were(one, two, mpiexec, tmp_path, caplog):
    run = interrupted(two(mpiexec)[0][0] / 'run', tmp_path)
    assert main(['train', '--resume', '--out', str(run)]) == 0
    assert_same_but_for_rounding(one, run)
    notice = re.compile('the run was started by 2 processes and goes on by 1 process, each with 4 '
                        'photos.*rounded differently')
    assert sum(notice.fullmatch(message) is not None for message in caplog.messages) == 1


def test_two_ranks_go_on_where_one_process_was(one, mpiexec, tmp_path):
    run = interrupted(one, tmp_path)
    done = mpiexec(*2 * [COMMAND + ['--resume', '--communicator', 'naive']],
                   folders=2 * [tmp_path])
    assert done.returncode == 0, done.stderr
    assert_same_but_for_rounding(one, run)
    assert done.stderr.count('the run was started by 1 process and goes on by 2 processes, each '
                             'with 2 photos of every batch') == 1


# What goes wrong

def said(done):
    """The lines that are not mpiexec's own."""
    assert done.returncode != 0
    assert 'Traceback' not in done.stderr
    return re.findall('foodgan: .*', done.stderr)


@pytest.mark.parametrize('options, words', [
    (['--batch-size', '3'], '--batch-size 3 .* does not divide .* 2: '),
    (['--images', 'nowhere'], 'nowhere')])
def test_what_no_rank_can_do_is_said_once(mpiexec, tmp_path, options, words):
    done = mpiexec(*2 * [COMMAND + TINY + options], folders=2 * [tmp_path])
    line, = said(done)
    assert re.match('foodgan: (?!rank).*' + words, line)
    assert files(tmp_path) == set()


def photos(folder, damaged=False):
    """Six photos in two categories."""
    for number in range(6):
        path = folder / 'photos' / str(number % 2) / f'{number}.png'
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new('RGB', (16, 16), (40 * number, 0, 99)).save(str(path))
        if damaged:
            path.write_bytes(path.read_bytes()[:50])


@pytest.mark.parametrize('found', ['nothing', 'fewer photos', 'damaged photos'])
def test_what_one_rank_alone_does_not_find(mpiexec, tmp_path, found):
    folders = [tmp_path / 'first', tmp_path / 'second']
    photos(folders[0])
    if found == 'nothing':
        folders[1].mkdir()
    else:
        photos(folders[1], damaged=found == 'damaged photos')
    if found == 'fewer photos':
        (folders[1] / 'photos' / '1' / '1.png').unlink()
    done = mpiexec(*2 * [COMMAND + TINY + ['--images', 'photos']], folders=folders)
    line, = said(done)
    assert re.match({'nothing': r'foodgan: rank 1 of 2 \(.+\): photos: it is not there',
                     'fewer photos': 'foodgan: the ranks do not.*rank 0 has 6 .*rank 1 has 5',
                     'damaged photos': r'foodgan: rank 1 of 2 \(.+\): .*photos/./.\.png'}[found],
                    line)
    assert (folders[0] / 'run').exists() == (found == 'damaged photos')


FAILING = '''
import os, signal, sys
from chainer_foodgan.commands import main
from chainer_foodgan.training.updaters import StarGANUpdater
update_core = StarGANUpdater.update_core
def update(self):
    if self.iteration == 2:
        {}
    update_core(self)
StarGANUpdater.update_core = update
sys.exit(main())
'''
LONG = COMMAND + TINY + ['--num-epochs', '100000', '--model-save-step', '1000000',
                         '--sample-step', '1000000']


def test_a_signal_to_one_rank_has_all_end_after_the_same_iteration(mpiexec, tmp_path):
    """The last rank alone hears it; the first one saves and says so, once."""
    (tmp_path / 'second').mkdir()
    done = mpiexec(LONG, ['-c', FAILING.format('os.kill(os.getpid(), signal.SIGUSR1)')] + LONG[2:],
                   folders=[tmp_path, tmp_path / 'second'], timeout=500)
    line, = said(done)
    assert done.returncode == 128 + signal.SIGUSR1
    assert re.match('foodgan: SIGUSR1: iteration 3 of 300000 is saved in run/snapshots/1_3.npz; '
                    'go on by: mpiexec -n 2 .* -m chainer_foodgan train --out run --resume', line)
    assert files(tmp_path / 'second') == set()


def test_four_ranks_on_shards_of_which_one_is_killed_and_two_go_on(mpiexec, tmp_path):
    rng = numpy.random.default_rng(0)
    for number in range(13):
        path = tmp_path / 'photos' / 'ab'[number % 2] / f'{number}.png'
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 256, (16, 16, 3)).astype(numpy.uint8)).save(path)
    assert main(['shard', str(tmp_path / 'photos'), str(tmp_path / 'shards'),
                 '--photos-per-shard', '3']) == 0
    options = ['--images', str(tmp_path / 'shards'), *TINY]
    assert main(['train', '--out', str(tmp_path / 'one' / 'run'), *options]) == 0
    killed = FAILING.format('os.kill(os.getpid(), signal.SIGKILL)')
    done = mpiexec(*3 * [COMMAND + options], ['-c', killed, *COMMAND[2:], *options],
                   folders=4 * [tmp_path], timeout=500)
    assert done.returncode != 0 and 'signal 9' in done.stderr
    assert not (tmp_path / 'run' / 'snapshots' / '1_3.npz').exists()
    done = mpiexec(*2 * [COMMAND + ['--resume']], folders=2 * [tmp_path], timeout=500)
    assert done.returncode == 0 and re.search('goes on at iteration [23] of 6', done.stderr)
    assert_same_but_for_rounding(tmp_path / 'one' / 'run', tmp_path / 'run')


@pytest.mark.parametrize('failure, line', [
    ('raise ValueError("two\\nlines")', r'foodgan: rank 1 of 2 \(.+\): ValueError: two lines$'),
    ('os.kill(os.getpid(), signal.SIGKILL)', r'rank 1\b.*\n?.*signal 9')])
def test_a_rank_that_dies_ends_the_job(mpiexec, tmp_path, failure, line):
    start = time.monotonic()
    done = mpiexec(LONG, ['-c', FAILING.format(failure)] + LONG[2:], folders=2 * [tmp_path])
    assert time.monotonic() - start < 60  # the training itself would take an hour
    assert done.returncode != 0
    assert len(re.findall(line, done.stderr, re.MULTILINE)) == 1
    # A defect comes with what it takes to find it.
    assert done.stderr.count('Traceback') == ('ValueError' in failure)


def test_a_loss_that_is_not_a_number_on_one_rank(mpiexec, tmp_path):
    nan = 'self.get_optimizer("dis").target.main["0"].W.array[...] = float("nan")'
    done = mpiexec(LONG, ['-c', FAILING.format(nan)] + LONG[2:], folders=2 * [tmp_path])
    line, = said(done)
    assert re.match('foodgan: .*the training diverged in iteration 3: dis/', line)
