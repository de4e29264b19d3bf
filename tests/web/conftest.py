"""The page of small random weights, served as a person would serve it."""

import collections
import io
import os
import pathlib
import signal
import subprocess
import sys
import threading
import urllib.request
import zlib

import numpy as np
import pytest
from PIL import Image

Page = collections.namedtuple('Page', 'address folder process')


@pytest.fixture(scope='session')
def place(tmp_path_factory):
    """A folder with weights of three dishes, others of two, and a photo."""
    from chainer_foodgan import weights
    from chainer_foodgan.links import Generator

    folder = tmp_path_factory.mktemp('web')
    weights.save(Generator(4, 3, 1, rng=np.random.default_rng(0)), folder / 'G.npz',
                 {'categories': ['curry', 'ramen', 'pho'], 'image_size': 16})
    weights.save(Generator(4, 2, 1, rng=np.random.default_rng(2)), folder / 'H.npz',
                 {'categories': ['ramen', 'unagi'], 'image_size': 16})
    pixels = np.random.default_rng(1).integers(0, 256, (30, 40, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(folder / 'lunch.png')
    return folder


@pytest.fixture(scope='session')
def serve(place):
    """Serves pages: ``serve(*options)`` -> a Page, which is ended with the tests."""
    pytest.importorskip('gradio', reason='the page: pip install "chainer_foodgan[web]" '
                        '(Python 3.10 or newer)')
    environment = dict(os.environ, TMPDIR=str(place / 'temporary'), NO_PROXY='*',
                       PYTHONPATH=str(pathlib.Path(__file__).parents[2]),
                       CHAINER_DATASET_ROOT=str(place / 'cache'))
    (place / 'temporary').mkdir()
    processes = []

    def start(*options):
        process = subprocess.Popen(
            [sys.executable, '-m', 'chainer_foodgan', 'serve', '--weights', 'G.npz,H.npz', '--port',
             '0', *options], cwd=str(place), env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        processes.append(process)
        timer = threading.Timer(400, process.kill)
        timer.start()
        address = process.stdout.readline().strip()
        timer.cancel()
        assert address, process.stderr.read()
        return Page(address, place / 'temporary', process)

    yield start
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture(scope='session')
def page(serve):
    """One page for all tests, which ends as it should."""
    page = serve('--max-megabytes', '1')
    yield page
    assert 'Traceback' not in _end(page, signal.SIGTERM)


@pytest.fixture
def end():
    """``end(page, signal)``: see below."""
    return _end


def _end(page, number):
    """Ends a page by a signal while somebody looks at it; -> what it said on standard error."""
    with urllib.request.urlopen(page.address + 'gradio_api/heartbeat/abc', timeout=60) as looking:
        assert looking.readline() == b'data: ALIVE\n'
        page.process.send_signal(number)
        output, errors = page.process.communicate(timeout=30)
    assert page.process.returncode == 0 and output == ''
    assert errors.startswith('ready; Ctrl-C ends it\n')
    return errors


@pytest.fixture
def client(page, monkeypatch, tmp_path):
    """Gradio's client, which reports nothing to its maker."""
    monkeypatch.setenv('GRADIO_ANALYTICS_ENABLED', 'False')
    monkeypatch.setenv('HF_HUB_DISABLE_TELEMETRY', '1')
    monkeypatch.setenv('NO_PROXY', '*')
    import gradio_client

    return gradio_client.Client(page.address, verbose=False, analytics_enabled=False,
                                download_files=str(tmp_path))


@pytest.fixture(scope='session')
def bad_files():
    """Name to content, and to what the refusal is called."""
    return {
        'notes.jpg': (b'not a picture, but a text', 'unknown'),
        'drawing.svg': (b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>',
                        'unknown'),
        'page.eps': (b'%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n', 'unknown'),
        'cut.jpg': (_jpeg()[:700], 'broken'),
        'huge.png': (_huge_png(), 'too_large'),
        'empty.png': (b'', 'unknown'),
    }


def _jpeg():
    data = io.BytesIO()
    pixels = np.random.default_rng(0).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(data, 'JPEG')
    return data.getvalue()


def _huge_png():
    """All of 200 megapixels, in 25 MB that a deflater has made small."""
    def chunk(kind, data):
        return (len(data).to_bytes(4, 'big') + kind + data
                + zlib.crc32(kind + data).to_bytes(4, 'big'))

    head = (20000).to_bytes(4, 'big') + (10000).to_bytes(4, 'big') + bytes([1, 0, 0, 0, 0])
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', head)
            + chunk(b'IDAT', zlib.compress(bytes(10000 * 2501), 1)) + chunk(b'IEND', b''))
