"""A folder with weights of three dishes, and a browser that nobody sees."""

import functools
import http.server
import os
import pathlib
import threading

import numpy as np
import pytest

from chainer_foodgan.site import runtime, server, write_site

DISHES = ['curry', 'ramen', 'unagi']


@pytest.fixture(scope='session')
def generator(tmp_path_factory):
    """The file of a small student whose dishes differ a lot."""
    return _student(tmp_path_factory.mktemp('site') / 'small.npz', DISHES)


@pytest.fixture(scope='session')
def other(tmp_path_factory):
    """Another one's, of other dishes."""
    return _student(tmp_path_factory.mktemp('site') / 'other.npz', ['pho', 'unagi'])


def _student(path, dishes):
    from chainer_foodgan import weights
    from chainer_foodgan.links import ConditionalGenerator

    link = ConditionalGenerator(4, len(dishes), 1, rng=np.random.default_rng(0))
    draw = np.random.default_rng(1)
    for parameter in link.params():
        parameter.array[...] += draw.normal(0, 0.3, parameter.shape)
    weights.save(link, path, {'categories': dishes, 'image_size': 64})
    return path


@pytest.fixture
def stub(tmp_path, monkeypatch):
    """A runtime that is none, for what does not compute."""
    folder = tmp_path / 'dist'
    folder.mkdir()
    for name in (*runtime.FILES, *runtime.WEBGPU_FILES):
        (folder / name).write_text(name)
    for files in (runtime.FILES, runtime.WEBGPU_FILES):
        for name in files:
            monkeypatch.setitem(files, name, runtime.sha256(folder / name))
    return folder


@pytest.fixture(scope='session')
def folder(generator, other, tmp_path_factory):
    """The page, by the real runtime."""
    dist = os.environ.get('ONNXRUNTIME_WEB')
    if dist is None:
        pytest.skip(f'computes in a browser: `npm pack onnxruntime-web@{runtime.VERSION}`, unpack '
                    'it, and let ONNXRUNTIME_WEB name its folder package/dist')
    return write_site(tmp_path_factory.mktemp('page'), [str(generator), str(other)],
                      runtime_folder=dist)


@pytest.fixture(scope='session')
def address(folder):
    """A host of static files: one that adds no headers."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(('127.0.0.1', 0), handler) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield f'http://127.0.0.1:{listening.server_address[1]}/'
        listening.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    extensions_map = server.TYPES
    asked = []  # paths

    def log_message(self, *args):
        self.asked.append(self.path)


@pytest.fixture
def asked():
    """The paths that the host is asked for from now on."""
    _Quiet.asked.clear()
    return _Quiet.asked


@pytest.fixture(scope='session')
def browser(open_browser, tmp_path_factory):
    """Chromium, whose camera shows a film: left half red, right half blue, then exchanged."""
    folder = tmp_path_factory.mktemp('browser')
    browser = open_browser(
        'accept-lang=en', 'use-fake-ui-for-media-stream', 'use-fake-device-for-media-stream',
        'window-size=1280,900', f'use-file-for-fake-video-capture={_film(folder / "camera.y4m")}',
        **{'download.default_directory': str(folder)})
    browser.set_script_timeout(120)
    browser.folder = folder
    return browser


def _film(path, width=160, height=120):
    """YUV4MPEG2, 4:2:0, ten pictures a second."""
    luma = np.tile(np.repeat(np.uint8([81, 41]), width // 2), (height, 1))  # red, blue: BT.601
    chroma = [np.tile(np.repeat(np.uint8(pair), width // 4), (height // 2, 1))
              for pair in ((90, 240), (240, 110))]
    frames = []
    for planes in ([luma, *chroma], [plane[:, ::-1] for plane in (luma, *chroma)]):
        frames += [b'FRAME\n' + b''.join(plane.tobytes() for plane in planes)] * 5
    path.write_bytes(f'YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420\n'.encode()
                     + b''.join(frames))
    return pathlib.Path(path)
