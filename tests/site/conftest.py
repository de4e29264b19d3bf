"""A folder with weights of three dishes, and a browser that nobody sees."""

import functools
import http.server
import os
import pathlib
import shutil
import threading

import numpy as np
import pytest

from chainer_foodgan.site import runtime, server, write_site

DISHES = ['curry', 'ramen', 'unagi']


@pytest.fixture(scope='session')
def generator(tmp_path_factory):
    """The file of a small student whose dishes differ a lot."""
    from chainer_foodgan import weights
    from chainer_foodgan.links import ConditionalGenerator

    link = ConditionalGenerator(4, 3, 1, rng=np.random.default_rng(0))
    draw = np.random.default_rng(1)
    for parameter in link.params():
        parameter.array[...] += draw.normal(0, 0.3, parameter.shape)
    path = tmp_path_factory.mktemp('site') / 'small.npz'
    weights.save(link, path, {'categories': DISHES, 'image_size': 64})
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
def folder(generator, tmp_path_factory):
    """The page, by the real runtime."""
    dist = os.environ.get('ONNXRUNTIME_WEB')
    if dist is None:
        pytest.skip(f'computes in a browser: `npm pack onnxruntime-web@{runtime.VERSION}`, unpack '
                    'it, and let ONNXRUNTIME_WEB name its folder package/dist')
    return write_site(tmp_path_factory.mktemp('page'), [str(generator)], runtime_folder=dist)


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

    def log_message(self, *args):
        pass


@pytest.fixture(scope='session')
def browser(tmp_path_factory):
    """Chromium, whose camera shows a film: left half red, right half blue, then exchanged."""
    webdriver = pytest.importorskip('selenium.webdriver', reason='drives a browser: pip install '
                                    'selenium')
    chromium, driver = shutil.which('chromium'), shutil.which('chromedriver')
    if chromium is None or driver is None:
        pytest.skip('tries the page in a browser: apt-get install chromium chromium-driver')
    from selenium.webdriver.chrome.service import Service

    folder = tmp_path_factory.mktemp('browser')
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    options.add_experimental_option('prefs', {'download.default_directory': str(folder)})
    for argument in ('headless=new', 'no-sandbox', 'disable-dev-shm-usage', 'disable-gpu',
                     'disable-background-networking', 'disable-component-update',
                     'accept-lang=en', 'use-fake-ui-for-media-stream',
                     'use-fake-device-for-media-stream', 'window-size=1280,900',
                     f'use-file-for-fake-video-capture={_film(folder / "camera.y4m")}'):
        options.add_argument('--' + argument)
    options.set_capability('goog:loggingPrefs', {'browser': 'ALL', 'performance': 'ALL'})
    browser = webdriver.Chrome(options=options, service=Service(driver))
    browser.set_script_timeout(120)
    browser.folder = folder
    yield browser
    browser.quit()


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
