"""The dispatcher: exit statuses, and one line for what goes wrong."""

import argparse
import os
import signal
import subprocess
import sys

import pytest

import chainer_foodgan
from chainer_foodgan import commands
from chainer_foodgan.commands import main, options, weights
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.signals import Interrupted


def foodgan(*arguments, **options):
    return subprocess.run([sys.executable, '-m', 'chainer_foodgan', *arguments],
                          capture_output=True, text=True, **options)


def test_without_arguments_the_help_is_shown(capsys):
    assert main([]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith('usage: foodgan') and all(
        name in shown for name in commands.COMMANDS)


def test_version_and_module():
    result = foodgan('--version')
    assert result.stdout == f'foodgan {chainer_foodgan.__version__}\n'
    assert (result.returncode, result.stderr) == (0, '')


def test_help_and_usage_load_nothing_heavy():
    code = ('import sys; from chainer_foodgan.commands import main; main([]); '
            'sys.exit(str(sorted({"chainer", "numpy", "PIL", "torch"} & set(sys.modules))))')
    result = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True)
    assert result.stderr == '[]\n'


CLUSTER = 'cluster --images x --category y --out z '
CLASSIFIER = 'train-classifier --out x '
RANK = 'rank --images x --classifier y --out z '


@pytest.mark.parametrize('line', [
    'nonsense', 'translate', 'translate photo.jpg', 'weights a b', 'translate photo.jpg --to ,',
    'translate photo.jpg --to a --size 0', 'translate photo.jpg --to a --size big',
    'bowls', 'bowls --out x', 'bowls --out x --count many',
    'cluster', CLUSTER + '--drop a', CLUSTER + '--drop=', CLUSTER + '--clusters 0',
    CLUSTER + '--start a --classifier b',
    'evaluate', 'evaluate --weights x --pictures y', 'evaluate --weights x --metrics fdi',
    'evaluate --weights x --features vgg',
    'train-classifier', CLASSIFIER + '--hold-out 2', CLASSIFIER + '--seed -1',
    CLASSIFIER + '--hold-out 0.1 --test-images y', CLASSIFIER + '--network vgg',
    'rank', RANK + '--keep 0.5 --number 3', RANK + '--keep 0', RANK + '--threshold 1.5',
    RANK + '--number 0'])
def test_wrong_usage_is_status_2(line, capsys):
    with pytest.raises(SystemExit) as caught:
        main(line.split())
    assert caught.value.code == 2
    assert 'usage: foodgan' in capsys.readouterr().err


@pytest.mark.parametrize('error, status, line', [
    (FoodganError('a.jpg: no\n  picture'), 1, 'foodgan: a.jpg: no picture\n'),
    (MemoryError(), 1, 'foodgan: not enough memory for this; choose a smaller size or batch\n'),
    (PermissionError(13, 'Permission denied', 'x.png'), 1,
     "foodgan: [Errno 13] Permission denied: 'x.png'\n"),
    (KeyboardInterrupt(), 130, 'foodgan: interrupted\n'),
    (Interrupted(15), 143, 'foodgan: ended by SIGTERM\n')])
def test_what_goes_wrong_is_one_line(monkeypatch, capsys, error, status, line):
    def run(args):
        raise error

    monkeypatch.setattr(weights, 'run_weights', run)
    assert main(['weights']) == status
    assert capsys.readouterr() == ('', line)


def test_a_mistake_of_the_program_is_not_hidden(monkeypatch):
    monkeypatch.setattr(weights, 'run_weights', lambda args: {}['missing'])
    with pytest.raises(KeyError):
        main(['weights'])


def test_a_reader_that_has_gone_is_no_error_message():
    code = ('import sys\nfrom chainer_foodgan import commands\n'
            'commands.weights.run_weights = lambda args: [print("x" * 1000) for _ in range(1000)]\n'
            'sys.exit(commands.main(["weights"]))')
    process = subprocess.Popen([sys.executable, '-c', 'import chainer_foodgan.commands.weights\n'
                                + code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.read(10)
    process.stdout.close()
    assert process.stderr.read() == b''
    process.stderr.close()
    assert process.wait() == 1


def test_kinds_of_arguments():
    assert options.names(' ramen, soba,,ramen') == ['ramen', 'soba']
    assert options.positive('12') == 12
    for kind, text in [(options.names, ' ,'), (options.positive, '-1'), (options.positive, '1.5')]:
        with pytest.raises(argparse.ArgumentTypeError):
            kind(text)


@pytest.mark.skipif(sys.platform == 'win32', reason='sends the signal as Unix does')
@pytest.mark.parametrize('name, status', [('SIGTERM', 143), ('SIGHUP', 129), ('SIGXCPU', 152)])
def test_a_signal_leaves_nothing_half_written(tmp_path, monkeypatch, capsys, name, status):
    number = getattr(signal, name)
    monkeypatch.setattr(os, 'fsync', lambda descriptor: os.kill(os.getpid(), number))
    before = signal.getsignal(number)
    command = ['bowls', '--out', str(tmp_path / 'bowls'), '--count', '1', '--size', '16']
    assert main(command) == status
    assert capsys.readouterr().err == f'foodgan: ended by {name}\n'
    assert not [path for path in tmp_path.rglob('*') if path.is_file()]
    assert signal.getsignal(number) == before


@pytest.mark.skipif(sys.platform == 'win32', reason='sends the signal as Unix does')
def test_what_is_ignored_stays_ignored(tmp_path, monkeypatch):
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        monkeypatch.setattr(os, 'fsync', lambda descriptor: os.kill(os.getpid(), signal.SIGHUP))
        assert main(['bowls', '--out', str(tmp_path), '--count', '1', '--size', '16']) == 0
    finally:
        signal.signal(signal.SIGHUP, before)
