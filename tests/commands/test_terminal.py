"""Programs at a terminal: what tests with redirected output never meet."""

import os
import struct
import subprocess
import sys

import pytest

termios = pytest.importorskip('termios', reason='pseudo-terminals are POSIX')
fcntl = pytest.importorskip('fcntl', reason='pseudo-terminals are POSIX')
pty = pytest.importorskip('pty', reason='pseudo-terminals are POSIX')

TINY = ['--bowls', '8', '--image-size', '16', '--batch-size', '4', '--num-iters', '4',
        '--g-conv-dim', '2', '--d-conv-dim', '2', '--g-repeat-num', '1', '--d-repeat-num', '2',
        '--log-step', '1']


def at_terminal(command, columns, cwd):
    """Runs a program whose output is a terminal; its status and all that it wrote (str)."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('4H', 24, columns, 0, 0))
    process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, cwd=str(cwd),
                               close_fds=True)
    os.close(slave)
    written = b''
    while True:
        try:
            part = os.read(master, 4096)
        except OSError:  # Linux's word for the end
            break
        if not part:
            break
        written += part
    os.close(master)
    return process.wait(timeout=60), written.decode('utf-8', 'replace')


@pytest.mark.parametrize('columns', [80, 40])
def test_a_training_at_a_terminal(tmp_path, columns):
    status, written = at_terminal(
        [sys.executable, '-m', 'chainer_foodgan', 'train', '--out', 'run', *TINY], columns,
        tmp_path)
    assert 'Traceback' not in written
    assert status == 0, written
    # The bar counted to its end, and the weights of the last iteration are there.
    assert '4/4' in written and 'iteration/s' in written
    assert sorted(path.name for path in (tmp_path / 'run' / 'models').iterdir()) == [
        '2_2_D.npz', '2_2_G.npz']


def test_redirected_there_is_no_bar(tmp_path):
    run = subprocess.run([sys.executable, '-m', 'chainer_foodgan', 'train', '--out', 'run', *TINY],
                         cwd=str(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert run.returncode == 0, run.stdout
    assert b'\x1b' not in run.stdout and b'\r' not in run.stdout


@pytest.mark.parametrize('columns', [30, 80])
def test_a_bar_is_one_line_that_is_written_anew(tmp_path, columns):
    status, written = at_terminal([sys.executable, '-c', """if True:
        from chainer_foodgan.progress import Progress
        with Progress(3, 'photo') as shown:
            for done in range(1, 4):
                shown(done)"""], columns, tmp_path)
    assert status == 0 and '3/3' in written
    assert written.count('\n') == 1 and written.endswith('\n') and '\x1b' not in written
    assert max(map(len, written.strip().split('\r'))) <= columns
