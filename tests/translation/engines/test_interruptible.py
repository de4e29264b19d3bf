"""Ctrl-C while a library computes: the wait ends at once, and the library goes on working."""

import os
import signal
import subprocess
import sys
import threading

import pytest

from chainer_foodgan import weights
from chainer_foodgan.links import Generator
from chainer_foodgan.translation import engines
from chainer_foodgan.translation.engines.runtimes import Worker

UNIX = pytest.mark.skipif(sys.platform == 'win32', reason='sends the signal as Unix does')


def test_results_and_errors_come_out():
    worker = Worker()
    assert worker(lambda: 3, cancel=pytest.fail) == 3
    with pytest.raises(ZeroDivisionError):
        worker(lambda: 1 / 0, cancel=pytest.fail)
    assert worker(lambda: 4, cancel=pytest.fail) == 4


@UNIX
def test_an_interruption_ends_the_wait_and_cancels():
    worker, begun, cancelled, seen = Worker(), threading.Event(), threading.Event(), []

    def compute():
        begun.set()
        seen.append(cancelled.wait(60))

    def interrupt():
        begun.wait(60)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        worker(compute, cancelled.set)
    assert cancelled.is_set()
    assert worker(lambda: 5, cancel=pytest.fail) == 5
    assert seen == [True]  # it did not come to the end of its patience


INTERRUPTED = """
import os, signal, sys, threading
import numpy as np
from chainer_foodgan.translation import engines
from chainer_foodgan.weights import read_generator

engine, c = engines.make(sys.argv[1], read_generator('G.npz')), np.eye(2, dtype=np.float32)[:1]
small = np.zeros((1, 3, 8, 8), np.float32)
expected = engine(small, c)
threading.Timer(.3, os.kill, (os.getpid(), signal.SIGINT)).start()
try:
    while True:
        engine(np.zeros((1, 3, 800, 800), np.float32), c)
except KeyboardInterrupt:
    assert (engine(small, c) == expected).all()
    print('interrupted')
"""


@UNIX
@pytest.mark.parametrize('name', ['onnxruntime', 'openvino'])
def test_an_interruption_ends_the_computing(name, tmp_path):
    for library in engines.LIBRARIES[name]:
        pytest.importorskip(library, reason=f'computes with {name}: pip install onnx {name}')
    weights.save(Generator(16, 2, 1), tmp_path / 'G.npz', {})
    result = subprocess.run([sys.executable, '-c', INTERRUPTED, name], cwd=str(tmp_path),
                            capture_output=True, text=True, timeout=60)
    assert (result.stdout, result.stderr) == ('interrupted\n', '')
