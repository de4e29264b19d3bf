"""Every command at a terminal, a usual and a narrow one, and with its output in files.

All commands run one after the other in one process, which loads the libraries once; the tests look
at what each has written.
"""

import importlib.util
import json
import os
import re
import signal
import struct
import subprocess
import sys

import pytest

from chainer_foodgan.commands import COMMANDS

termios = pytest.importorskip('termios', reason='pseudo-terminals are POSIX')
fcntl = pytest.importorskip('fcntl', reason='pseudo-terminals are POSIX')
pty = pytest.importorskip('pty', reason='pseudo-terminals are POSIX')

GEN = ['--g-conv-dim', '2', '--g-repeat-num', '1']

#: Command: arguments, exit status, what of it is counted while it works, modules that it needs.
TABLE = {
    'translate': (['photos/curry', 'photos/ramen', '--to', 'all', '--weights', 'G.npz', '--out',
                   'out'], 0, 'picture', []),
    'video': (['clip.mkv', 'out.mp4', '--to', 'ramen', '--weights', 'G.npz', '--keyframes', '2'],
              0, 'frame', ['av', 'cv2']),
    'serve': (['--weights', 'G.npz', '--port', '0'], 0, None, ['gradio']),
    'live': (['--input', 'clip.mkv', '--to', 'ramen', '--weights', 'G.npz', '--size', '16'], 0,
             None, ['pygame', 'cv2', 'av']),
    'site': (['--out', 'site', '--runtime', 'nowhere'], 1, None, []),
    'weights': ([], 0, None, []),
    'fetch': (['magical_rice_bowl', '--from-file', 'G.npz'], 1, None, []),
    'convert': (['G.npz', 'G.pth'], 0, None, []),
    'quantize': (['G.npz', 'G.onnx', '--calibrate', 'photos/ramen'], 0, 'picture', []),
    'bowls': (['--out', 'bowls', '--count', '6', '--size', '16'], 0, 'bowl', []),
    'shard': (['photos', 'shards'], 0, 'photo', []),
    'rank': (['--images', 'photos', '--classifier', 'judge.npz', '--out', 'ranked'], 0, 'photo',
             []),
    'cluster': (['--images', 'photos', '--category', 'ramen', '--classifier', 'judge.npz', '--out',
                 'clusters', '--clusters', '2'], 0, 'photo', ['sklearn']),
    'train': (['--out', 'run', '--bowls', '8', '--image-size', '16', '--batch-size', '4',
               '--num-iters', '4', '--d-conv-dim', '2', '--d-repeat-num', '2', '--log-step', '1',
               *GEN], 0, 'iteration', []),
    'report': (['run'], 0, None, []),
    'train-classifier': (['--out', 'c.npz', '--bowls', '16', '--image-size', '16', '--conv-dim',
                          '2', '--batch-size', '8', '--num-epochs', '2'], 0, 'epoch', []),
    'evaluate': (['--weights', 'G.npz', '--classifier', 'judge.npz', '--bowls', '4',
                  '--batch-size', '2'], 0, 'picture', []),
    'doctor': ([], 0, None, []),
}

# Lines of progress come at once, as if ten seconds had passed.
PROGRAM = """
import fcntl, json, sys, termios, traceback
from chainer_foodgan import printing
from chainer_foodgan.commands import main
if sys.stdin.isatty():
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
printing._SECONDS = printing._SHARE = 0
for name, arguments in json.load(open('commands.json')):
    print(f'[[{name}]]', flush=True)
    try:
        status = main([name, *arguments])
    except SystemExit as stop:
        status = stop.code
    except Exception:  # a defect of one command says nothing of the others
        traceback.print_exc()
        status = 99
    sys.stderr.flush()
    print(f'[[{status}]]', flush=True)
"""


def make_files(folder):
    """Photos of two dishes, weights and a judge of them, a clip; and the commands to be run."""
    import numpy as np
    from PIL import Image

    from chainer_foodgan import weights
    from chainer_foodgan.categories import NAMES
    from chainer_foodgan.evaluations.classifier import Classifier, save_classifier
    from chainer_foodgan.links import Generator

    rng = np.random.default_rng(0)
    for dish in 'curry', 'ramen':
        (folder / 'photos' / dish).mkdir(parents=True)
        for number in range(4):
            Image.fromarray(rng.integers(0, 256, (24, 32, 3), np.uint8)).save(
                folder / 'photos' / dish / f'a long name of a photo, number {number}.png')
    weights.save(Generator(2, len(NAMES), 1, rng=rng), folder / 'G.npz',
                 {'categories': list(NAMES), 'image_size': 16})
    save_classifier(Classifier(NAMES, 16, 2, rng=rng), folder / 'judge.npz',
                    {'test_accuracy': 0.5, 'trained_on': 'nothing', 'tested_on': 'nothing'})
    if here('av'):
        import av
        with av.open(str(folder / 'clip.mkv'), 'w') as container:
            stream = container.add_stream('mpeg4', 10)
            stream.width, stream.height, stream.pix_fmt = 32, 24, 'yuv420p'
            for _ in range(5):
                container.mux(stream.encode(av.VideoFrame.from_ndarray(
                    np.full((24, 32, 3), 90, np.uint8), 'rgb24')))
            container.mux(stream.encode(None))
    (folder / 'commands.json').write_text(json.dumps([
        (name, TABLE[name][0]) for name in COMMANDS if all(map(here, TABLE[name][3]))]))


def here(module):
    return importlib.util.find_spec(module) is not None


def at_terminal(command, columns, cwd, env=None):
    """Runs a program whose output is a terminal; its status and all that it wrote (str).

    Ctrl-C is pressed where it says that this ends it.
    """
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('4H', 24, columns, 0, 0))
    process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, cwd=str(cwd),
                               close_fds=True, env=env, start_new_session=True)
    os.close(slave)
    written = b''
    while True:
        try:
            part = os.read(master, 4096)
        except OSError:  # Linux's word for the end
            break
        if not part:
            break
        if (written + part).count(b'Ctrl-C ends it') > written.count(b'Ctrl-C ends it'):
            os.write(master, b'\x03')
        written += part
    os.close(master)
    return process.wait(timeout=60), written.decode('utf-8', 'replace')


def in_a_file(command, cwd, env):
    """The same of a program whose output is a pipe."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, cwd=str(cwd), env=env)
    written = b''
    for line in process.stdout:
        if b'Ctrl-C ends it' in line:
            process.send_signal(signal.SIGINT)
        written += line
    return process.wait(timeout=60), written.decode('utf-8', 'replace')


@pytest.fixture(scope='module', params=[80, 40, None], ids=['80', '40', 'redirected'])
def written(request, tmp_path_factory):
    """The columns (None: there is no terminal), and command -> its status and what it wrote."""
    folder = tmp_path_factory.mktemp('terminal')
    make_files(folder)
    environment = dict(os.environ, SDL_VIDEODRIVER='dummy', LC_ALL='C.UTF-8', LANGUAGE='')
    environment.pop('COLUMNS', None)
    command = [sys.executable, '-c', PROGRAM]
    status, text = (in_a_file(command, folder, environment) if request.param is None
                    else at_terminal(command, request.param, folder, environment))
    assert status == 0, text
    text = text.replace('\r\n', '\n')
    return request.param, {name: (int(number), said) for name, said, number in re.findall(
        r'\[\[([a-z-]+)\]\]\n(.*?)\[\[(\d+)\]\]\n', text, re.DOTALL)}


def test_no_command_is_missing():
    assert list(TABLE) == list(COMMANDS)


@pytest.mark.parametrize('name', TABLE)
def test_a_command_at_a_terminal_and_elsewhere(written, name):
    _, expected, counted, modules = TABLE[name]
    columns, commands = written
    if not all(map(here, modules)):
        pytest.skip('needs ' + ', '.join(modules))
    status, text = commands[name]
    assert status == expected, text
    assert 'Traceback' not in text and '\x1b' not in text
    if columns is None:
        assert '\r' not in text
        if counted is not None:
            assert re.search(rf'^\d+ of \d+ {counted} \[\d\d:\d\d<(\d\d:\d\d|\?), .*\]$', text,
                             re.MULTILINE)
        return
    # A bar that was too long for a line would leave its rest behind.
    bars = [state for state in re.split('[\r\n]', text) if re.search(r'\d%\||\d\d:\d\d<', state)]
    assert max(map(len, bars), default=0) <= columns and bool(bars) == (counted is not None)


@pytest.mark.parametrize('columns', [30, 80])
def test_a_bar_is_one_line_that_is_written_anew(tmp_path, columns):
    status, written = at_terminal([sys.executable, '-c', """if True:
        from chainer_foodgan.printing import Progress
        with Progress(3, 'photo') as shown:
            for done in range(1, 4):
                shown(done)"""], columns, tmp_path)
    assert status == 0 and '3/3' in written
    assert written.count('\n') == 1 and written.endswith('\n') and '\x1b' not in written
    assert max(map(len, written.strip().split('\r'))) <= columns
