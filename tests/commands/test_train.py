"""``foodgan train``: exact resuming, the run folder, and one line for what goes wrong."""

import json
import os
import pathlib
import shlex
import shutil
import signal
import subprocess
import sys

import numpy
import pytest
from PIL import Image

from chainer_foodgan import kernels, weights
from chainer_foodgan.categories import NAMES
from chainer_foodgan.commands import main, make_parser
from chainer_foodgan.training import run as run_module
from chainer_foodgan.training.updaters import StarGANUpdater

import chainer

# Three iterations an epoch; the generator steps in the second of each.
TINY = ['--image-size', '16', '--batch-size', '4', '--g-conv-dim', '2', '--d-conv-dim', '2',
        '--g-repeat-num', '1', '--d-repeat-num', '2', '--d-train-repeat', '2']
BOWLS = ['--bowls', '13']
LOOP = ['--num-epochs', '3', '--num-epochs-decay', '2', '--log-step', '2', '--sample-step', '4',
        '--model-save-step', '2', '--seed', '3']


@pytest.fixture(autouse=True)
def restore_precision():
    """Training sets it for the process, which here goes on."""
    before = chainer.global_config.torch_precision
    yield
    chainer.global_config.torch_precision = before


@pytest.fixture(scope='module')
def photos(tmp_path_factory):
    """14 photos in two folders, and a list of 112 that has them over and over."""
    root = tmp_path_factory.mktemp('photos')
    rng = numpy.random.default_rng(0)
    files = []
    for name, count in (('ramen', 4), ('rice', 10)):
        (root / name).mkdir()
        for number in range(count):
            pixels = rng.integers(0, 256, (20, 24, 3)).astype(numpy.uint8)
            file = f'{name}/{number}.png'
            Image.fromarray(pixels).save(str(root / file))
            files.append(file)
    lines = ['112', 'warm white long']
    lines += ['{} {}'.format(file, ' '.join(rng.choice(['1', '-1'], 3))) for file in 8 * files]
    (root / 'list.txt').write_text('\n'.join(lines) + '\n')
    return root


def train(out, *options):
    return main(['train', '--out', str(out)] + [str(option) for option in options])


def tree(folder):
    """Every file of a folder and what it holds."""
    return {str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob('*')) if path.is_file()}


def assert_one_line(capsys, *words):
    error = capsys.readouterr().err
    assert error.startswith('foodgan: ') and error.count('\n') == 1, error
    for word in words:
        assert word in error


# Resuming

def stop_after(monkeypatch, iterations):
    """Ctrl-C in the iteration after so many."""
    update_core = StarGANUpdater.update_core

    def update(self):
        if self.iteration == iterations:
            raise KeyboardInterrupt
        update_core(self)
    monkeypatch.setattr(StarGANUpdater, 'update_core', update)


def log_of(run):
    log = json.loads((run / 'logs' / 'log').read_text())
    for entry in log:
        assert entry.pop('elapsed_time') > 0
    return log


def assert_same_run(first, second):
    """Equal bit for bit, but for the time it took."""
    snapshots = [sorted(path.name for path in (run / 'snapshots').iterdir())
                 for run in (first, second)]
    assert snapshots[0] == snapshots[1]
    with numpy.load(str(first / 'snapshots' / snapshots[0][-1])) as a, \
            numpy.load(str(second / 'snapshots' / snapshots[0][-1])) as b:
        assert set(a) == set(b)
        for key in a:
            if 'elapsed_time' not in key and not key.endswith('/_log'):
                numpy.testing.assert_array_equal(a[key], b[key], err_msg=key)
        for part in ('updater/model:gen/main/0/W', 'updater/model:dis/conv1/W',
                     'updater/optimizer:gen/main/0/W/m', 'updater/optimizer:dis/conv2/W/v'):
            assert part in a
    for folder in ('models', 'samples'):
        assert tree(first / folder) == tree(second / folder)
    assert log_of(first) == log_of(second)


VARIANTS = {
    'bowls': BOWLS,
    'folder': ['--images', '{photos}', '--random-resized-crop', '0.5', '--balanced', '--ema', '0.9',
               '--diff-augment', 'color,translation,cutout', '--checkerboard-free',
               '--lambda-idt', '2', '--num-workers', '2'],
    'list': ['--images', '{photos}', '--list', '{photos}/list.txt', '--ema', '0.5']}


@pytest.fixture(scope='module')
def uninterrupted(photos, tmp_path_factory):
    """Variant -> (options, run folder); each is trained once."""
    done = {}

    def run(variant):
        if variant not in done:
            options = TINY + LOOP + [option.format(photos=photos) for option in VARIANTS[variant]]
            out = tmp_path_factory.mktemp('run') / variant
            assert train(out, *options) == 0
            done[variant] = options, out
        return done[variant]
    return run


@pytest.mark.parametrize('variant, iterations', [
    ('bowls', 3), ('bowls', 4), ('bowls', 7), ('folder', 5), ('folder', 8),
    ('list', 4)])
def test_an_interrupted_run_goes_on_to_the_same_end(
        uninterrupted, tmp_path, monkeypatch, capsys, variant, iterations):
    options, straight = uninterrupted(variant)
    with monkeypatch.context() as patch:
        stop_after(patch, iterations)
        assert train(tmp_path / 'run', *options) == 130
    capsys.readouterr()
    assert train(tmp_path / 'run', '--resume') == 0
    assert_same_run(straight, tmp_path / 'run')


def test_interrupted_before_the_generators_first_step(tmp_path, monkeypatch):
    options = TINY + LOOP + BOWLS + ['--d-train-repeat', '3', '--model-save-step', '1']
    assert train(tmp_path / 'straight', *options) == 0
    with monkeypatch.context() as patch:
        stop_after(patch, 1)
        assert train(tmp_path / 'run', *options) == 130
    assert [path.name for path in (tmp_path / 'run' / 'snapshots').iterdir()] == ['1_1.npz']
    assert train(tmp_path / 'run', '--resume') == 0
    assert_same_run(tmp_path / 'straight', tmp_path / 'run')


def test_interrupted_twice_and_resumed_with_other_options(uninterrupted, tmp_path, monkeypatch):
    options, straight = uninterrupted('bowls')
    for iterations, arguments in ((3, options), (6, ['--resume', '--seed', '8'])):
        with monkeypatch.context() as patch:
            stop_after(patch, iterations)
            assert train(tmp_path / 'run', *arguments) == 130
    assert train(tmp_path / 'run', '--resume', '--batch-size', '2') == 0
    assert_same_run(straight, tmp_path / 'run')


def test_resuming_a_finished_run_changes_nothing(uninterrupted, tmp_path):
    run = tmp_path / 'run'
    shutil.copytree(str(uninterrupted('bowls')[1]), str(run))
    before = tree(run)
    assert train(run, '--resume') == 0
    assert tree(run) == before


# Signals

def send_after(monkeypatch, iterations, *signals):
    """Signals that come in the midst of the iteration after so many."""
    update_core = StarGANUpdater.update_core

    def update(self):
        if self.iteration == iterations:
            for number in signals:
                os.kill(os.getpid(), number)
        update_core(self)
    monkeypatch.setattr(StarGANUpdater, 'update_core', update)


@pytest.mark.skipif(sys.platform == 'win32', reason='sends signals as Unix does')
@pytest.mark.parametrize('variant, iterations, number, status', [
    ('bowls', 0, 'SIGINT', 130), ('folder', 4, 'SIGTERM', 143), ('list', 5, 'SIGUSR2', 140)])
def test_a_signal_has_the_iteration_saved(
        uninterrupted, tmp_path, monkeypatch, capsys, variant, iterations, number, status):
    options, straight = uninterrupted(variant)
    run = tmp_path / 'a run'
    monkeypatch.setattr(sys, 'argv', ['foodgan', 'train'])
    monkeypatch.setattr(shutil, 'which', lambda name: name)
    with monkeypatch.context() as patch:
        send_after(patch, iterations, getattr(signal, number), signal.SIGTERM)
        assert train(run, *options) == status
    error = capsys.readouterr().err
    *_, last = sorted((run / 'snapshots').iterdir(), key=os.path.getmtime)
    place = divmod(iterations, 3)
    assert last.name == f'{place[0] + 1}_{place[1] + 1}.npz'
    assert f'iteration {iterations + 1} of 9 is saved in {last}; go on by: ' in error
    program, *command = shlex.split(error.rsplit('go on by: ')[1])
    assert (program, command) == ('foodgan', ['train', '--out', str(run), '--resume'])
    assert main(command) == 0
    assert f'goes on at iteration {iterations + 2} of 9, from {last}' in capsys.readouterr().err
    # Weights of the iteration that was saved are there, too.
    for network in 'GD':
        path = run / 'models' / f'{last.stem}_{network}.npz'
        if not (straight / 'models' / path.name).exists():
            path.unlink()
    assert_same_run(straight, run)


@pytest.mark.skipif(sys.platform == 'win32', reason='sends signals as Unix does')
def test_a_second_ctrl_c_ends_it_at_once(tmp_path, monkeypatch, capsys):
    with monkeypatch.context() as patch:
        send_after(patch, 1, signal.SIGINT, signal.SIGINT)
        assert train(tmp_path / 'run', *TINY + BOWLS + LOOP) == 130
    assert capsys.readouterr().err == 'foodgan: interrupted\n'
    assert not list((tmp_path / 'run' / 'snapshots').iterdir())
    assert signal.getsignal(signal.SIGINT) == signal.default_int_handler


def test_nothing_to_go_on_from(uninterrupted, tmp_path, monkeypatch, capsys):
    """It is said, and the folder is free for a start without --resume."""
    options, straight = uninterrupted('bowls')
    with monkeypatch.context() as patch:
        stop_after(patch, 1)
        assert train(tmp_path / 'run', *options) == 130
    capsys.readouterr()
    assert train(tmp_path / 'run', '--resume') == 1
    assert_one_line(capsys, str(tmp_path / 'run'), 'without --resume')
    assert train(tmp_path / 'run', *options) == 0
    assert_same_run(straight, tmp_path / 'run')


def test_snapshots_by_time_change_nothing_else(uninterrupted, tmp_path, monkeypatch):
    options, straight = uninterrupted('bowls')
    with monkeypatch.context() as patch:
        stop_after(patch, 5)
        assert train(tmp_path / 'run', *options, '--snapshot-minutes', '1e-9') == 130
    assert sorted(path.name for path in (tmp_path / 'run' / 'snapshots').iterdir()) == [
        '2_1.npz', '2_2.npz']
    assert train(tmp_path / 'run', '--resume') == 0
    assert_same_run(straight, tmp_path / 'run')


@pytest.mark.skipif(sys.platform == 'win32', reason='there are no folders to lock')
def test_two_trainings_in_a_folder(run, capsys):
    before = tree(run)
    with subprocess.Popen([sys.executable, '-c', HOLDING, str(run)], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as other:
        other.stdout.readline()
        assert train(run, '--resume') == 1
        other.kill()
    assert 'another process is training in ' + str(run) in capsys.readouterr().err
    # What it had left half written is gone when it goes on.
    assert len(set(tree(run)) - set(before)) == 1
    assert train(run, '--resume') == 0
    assert tree(run) == before


HOLDING = """
import sys
from chainer_foodgan.files import replacing
from chainer_foodgan.training.run import Run
run = Run(sys.argv[1])
with run.held(), replacing(run.snapshots / '9_9.npz') as file:
    print('ready', flush=True)
    sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform == 'win32', reason='pipes break otherwise there')
def test_nobody_reads_what_it_prints(tmp_path):
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, '-m', 'chainer_foodgan', 'train', '--out', 'run', *TINY, *BOWLS, *LOOP],
        cwd=str(tmp_path), stdout=writing, stderr=subprocess.PIPE, text=True,
        env=dict(os.environ, PYTHONPATH=str(pathlib.Path(__file__).parents[2])))
    os.close(writing)
    assert done.returncode == 128 + signal.SIGPIPE
    assert done.stderr.startswith('foodgan: SIGPIPE: iteration 2 of 9 is saved in run')
    assert done.stderr.count('\n') == 1
    assert (tmp_path / 'run' / 'snapshots' / '1_2.npz').exists()


# The run folder

def test_what_a_run_leaves(uninterrupted):
    options, run = uninterrupted('bowls')
    files = set(tree(run))
    places = ['1_2', '2_1', '2_3', '3_2', '3_3']  # every second iteration, and the last
    assert {file for file in files if file.startswith('models/')} == {
        f'models/{place}_{network}.npz' for place in places for network in 'GD'}
    assert {file for file in files if file.startswith('snapshots/')} == {
        'snapshots/3_2.npz', 'snapshots/3_3.npz'}
    assert {file for file in files if file.startswith('samples/')} == {
        f'samples/{place}_fake.png' for place in ('2_1', '3_2', '3_3')}
    assert {'run.json', 'logs/log', 'logs/loss.png'} <= files
    gen = weights.load(run / 'models' / '3_3_G.npz')
    assert gen.categories == NAMES and gen.image_size == 16 and gen.conv_dim == 2
    log = log_of(run)
    assert [entry['iteration'] for entry in log] == [2, 4, 6, 8]
    assert set(log[0]) == {
        'epoch', 'iteration', 'gen/loss_fake', 'gen/loss_rec', 'gen/loss_cls', 'dis/loss_real',
        'dis/loss_fake', 'dis/loss_cls', 'dis/loss_gp', 'dis/accuracy'}


def test_the_record(uninterrupted):
    record = json.loads((uninterrupted('bowls')[1] / 'run.json').read_text())
    given = {'image_size': 16, 'batch_size': 4, 'bowls': 13, 'num_epochs': 3, 'seed': 3,
             'model_save_step': 2, 'd_train_repeat': 2, 'g_lr': 0.0001, 'images': None}
    assert given.items() <= record['arguments'].items()
    assert not {'out', 'resume', 'device', 'run', 'command'} & set(record['arguments'])
    assert record['versions'] == run_module.versions()
    assert record['versions']['numpy'] == numpy.__version__
    assert record['commit'] == run_module.commit()


def test_the_average_is_what_is_used(uninterrupted):
    run = uninterrupted('folder')[1]
    used = weights.read_npz(run / 'models' / '3_3_G.npz')[0]['main/0/W']
    with numpy.load(str(run / 'snapshots' / '3_3.npz')) as arrays:
        last = arrays['updater/model:gen/main/0/W']
        average = arrays['extensions/ExponentialAverage/link/main/0/W']
    numpy.testing.assert_array_equal(used, average)
    assert (used != last).any()


def test_a_number_of_iterations_ends_the_run_too(tmp_path, capsys):
    out = tmp_path / 'run'
    assert train(out, *TINY + BOWLS + ['--num-iters', '4']) == 0
    assert str(out / 'models') in capsys.readouterr().out
    assert sorted(path.name for path in (out / 'models').iterdir()) == ['2_1_D.npz', '2_1_G.npz']
    assert weights.load(out / 'models' / '2_1_G.npz').c_dim == 10


def test_the_defaults_are_the_originals():
    args = vars(make_parser('train').parse_args(['train', '--out', 'run']))
    original = {
        'image_size': 256, 'g_conv_dim': 64, 'd_conv_dim': 64, 'g_repeat_num': 6,
        'd_repeat_num': 6, 'g_lr': 0.0001, 'd_lr': 0.0001, 'lambda_cls': 1, 'lambda_rec': 10,
        'lambda_gp': 10, 'd_train_repeat': 5, 'num_epochs': 20, 'num_epochs_decay': 10,
        'batch_size': 32, 'num_workers': 1, 'beta1': 0.5, 'beta2': 0.999, 'log_step': 10,
        'sample_step': 997, 'model_save_step': 1994, 'crop_size': 256}
    departures = {'random_resized_crop': None, 'balanced': False, 'diff_augment': None,
                  'ema': None, 'checkerboard_free': False, 'lambda_idt': 0,
                  'precision': 'float32', 'processes': False, 'communicator': None}
    assert {**original, **departures}.items() <= args.items()


# What goes wrong

@pytest.fixture
def run(tmp_path, uninterrupted):
    """A finished run to spoil."""
    shutil.copytree(str(uninterrupted('bowls')[1]), str(tmp_path / 'run'))
    return tmp_path / 'run'


def test_no_run_to_resume(tmp_path, capsys):
    assert train(tmp_path / 'run', '--resume') == 1
    assert_one_line(capsys, str(tmp_path / 'run'), '--resume')
    assert not (tmp_path / 'run').exists()


def test_a_run_is_not_started_over(run, capsys):
    before = tree(run)
    assert train(run, *TINY + BOWLS) == 1
    assert_one_line(capsys, str(run), '--resume')
    assert tree(run) == before


@pytest.mark.parametrize('options, words', [
    (['--bowls', '3'], ['3', '--batch-size']),
    (['--image-size', '20', '--d-repeat-num', '3'], ['20', '--d-repeat-num']),
    (['--image-size', '18', '--d-repeat-num', '1'], ['18', 'multiple of 4']),
    (['--image-size', '16', '--d-repeat-num', '5'], ['16', '--d-repeat-num']),
    (['--images', 'nowhere'], ['nowhere']),
    (['--images', '{photos}', '--list', 'nowhere.txt'], ['nowhere.txt']),
    (['--images', '{photos}', '--categories', 'ramen,pizza'], ['pizza']),
    (['--images', '{photos}', '--list', '{photos}/list.txt', '--balanced'], ['--balanced']),
    (['--images', '{photos}', '--seed', '-1'], ['-1']),
    (['--seed', '-1'], ['seed']),
    (['--device', '@cupy:99'], ['@numpy']),
    (['--device', 'nonsense'], ['nonsense', '@numpy']),
    (['--precision', 'tf32'], ['--precision tf32', 'Ampere'])])
def test_what_cannot_be_trained_is_one_line(photos, tmp_path, capsys, options, words):
    options = [option.format(photos=photos) for option in options]
    assert train(tmp_path / 'run', *TINY + BOWLS + options) == 1
    assert_one_line(capsys, *words)
    assert not (tmp_path / 'run').exists()


def test_bfloat16_without_pytorch(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(kernels, 'torch', lambda: None)
    assert train(tmp_path / 'run', *TINY + BOWLS + ['--precision', 'bfloat16']) == 1
    assert_one_line(capsys, '--precision bfloat16', 'pip install torch')
    assert not (tmp_path / 'run').exists()


@pytest.mark.parametrize('options', [
    ['--ema', '1.5'], ['--ema', 'much'], ['--random-resized-crop', '0'], ['--batch-size', '0'],
    ['--diff-augment', 'color,nonsense'], ['--precision', 'float8'], ['--num-epochs', 'x'],
    ['--categories', ',']])
def test_wrong_usage(tmp_path, capsys, options):
    with pytest.raises(SystemExit) as stop:
        train(tmp_path / 'run', *options)
    assert stop.value.code == 2
    assert options[0] in capsys.readouterr().err
    assert not (tmp_path / 'run').exists()


def test_a_damaged_snapshot(run, capsys):
    """It is named, nothing is deleted; without it the training goes on from the one before."""
    newest = run / 'snapshots' / '3_3.npz'
    newest.write_bytes(newest.read_bytes()[:-5000])
    finished = tree(run / 'models')
    (run / 'models' / '3_3_G.npz').unlink()
    before = tree(run)
    assert train(run, '--resume') == 1
    assert_one_line(capsys, str(newest), 'delete it')
    assert tree(run) == before
    newest.unlink()
    assert train(run, '--resume') == 0
    assert tree(run / 'models') == finished


def test_a_snapshot_of_other_sizes(run, tmp_path, capsys):
    other = tmp_path / 'other'
    assert train(other, *TINY + LOOP + BOWLS + ['--g-conv-dim', '3', '--num-epochs', '1']) == 0
    newest = run / 'snapshots' / '3_3.npz'
    shutil.copy(str(other / 'snapshots' / '1_3.npz'), str(newest))
    before = tree(run)
    capsys.readouterr()
    assert train(run, '--resume') == 1
    assert_one_line(capsys, str(newest), 'does not fit')
    assert tree(run) == before


@pytest.mark.parametrize('text', ['', '{"arguments": {"seed": 3', '{}', '[1]'])
def test_a_damaged_record(run, capsys, text):
    (run / 'run.json').write_text(text)
    before = tree(run)
    assert train(run, '--resume') == 1
    assert_one_line(capsys, 'run.json', 'not the record of a training')
    assert tree(run) == before


def test_a_photo_that_breaks_off(photos, tmp_path, capsys):
    shutil.copytree(str(photos), str(tmp_path / 'photos'))
    bad = tmp_path / 'photos' / 'rice' / '9.png'
    bad.write_bytes(bad.read_bytes()[:200])
    options = TINY + LOOP + ['--images', tmp_path / 'photos']
    assert train(tmp_path / 'run', *options) == 1
    assert_one_line(capsys, str(bad))
    assert train(tmp_path / 'other', *options + ['--skip-bad', '--num-iters', '1']) == 0


def test_a_training_that_diverges(tmp_path, capsys):
    out = tmp_path / 'run'
    options = TINY + BOWLS + LOOP + ['--num-epochs', '50', '--model-save-step', '1', '--keep', '1']
    assert train(out, *options + ['--d-lr', '1e8', '--g-lr', '1e8']) == 1
    assert_one_line(capsys, 'diverged in iteration', 'learning rate')
    for path in (out / 'models').iterdir():
        arrays, _ = weights.read_npz(path)  # which refuses what is not finite
        assert arrays


def test_a_disk_that_is_full(tmp_path, capsys, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, 'No space left on device')

    out = tmp_path / 'run'
    with monkeypatch.context() as patch:
        stop_after(patch, 5)
        assert train(out, *TINY + BOWLS + LOOP) == 130
    before = tree(out)
    capsys.readouterr()
    monkeypatch.setattr(numpy, 'savez', full)
    assert train(out, '--resume') == 1
    begun, line, end = capsys.readouterr().err.split('\n')
    assert begun.startswith('goes on at iteration 5 of ') and end == ''
    assert line.startswith('foodgan: ') and 'No space left' in line
    after = tree(out)
    for name in before:
        if name.startswith(('models/', 'snapshots/')):
            assert after[name] == before[name]
    assert not [name for name in after if name.endswith('.part')]
