"""The page in Firefox, by its own protocol (WebDriver BiDi): nothing stands in between."""

import itertools
import json
import shutil
import socket
import subprocess
import time

import numpy as np
import pytest
from PIL import Image

from chainer_foodgan import Translator

# A camera that nobody has to allow, whose picture changes.
PREFERENCES = {'media.navigator.streams.fake': True, 'media.navigator.permission.disabled': True,
               'remote.active-protocols': 1}


class Firefox:
    """A browser that nobody sees."""

    def __init__(self, program, profile):
        websocket = pytest.importorskip('websocket', reason='speaks to Firefox: pip install '
                                        'websocket-client')
        (profile / 'user.js').write_text(''.join(
            f'user_pref("{name}", {json.dumps(value)});\n' for name, value in PREFERENCES.items()))
        with socket.socket() as free:
            free.bind(('127.0.0.1', 0))
            port = free.getsockname()[1]
        self._process = subprocess.Popen(
            [program, '--headless', '--no-remote', '--profile', str(profile),
             f'--remote-debugging-port={port}'],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._numbers, until = itertools.count(), time.monotonic() + 120
        while True:
            try:
                self._socket = websocket.create_connection(
                    f'ws://127.0.0.1:{port}/session', timeout=120, suppress_origin=True)
                break
            except (OSError, websocket.WebSocketException):
                assert self._process.poll() is None and time.monotonic() < until
                time.sleep(0.2)
        self.send('session.new', capabilities={})
        self._page = self.send('browsingContext.getTree')['contexts'][0]['context']

    def send(self, method, **params):
        number = next(self._numbers)
        self._socket.send(json.dumps({'id': number, 'method': method, 'params': params}))
        while (answer := json.loads(self._socket.recv())).get('id') != number:
            pass
        assert answer['type'] == 'success', answer
        return answer['result']

    def open(self, address):
        self.send('browsingContext.navigate', context=self._page, url=address, wait='complete')

    def call(self, script):
        """What the body of an asynchronous function returns."""
        answer = self.send('script.evaluate', target={'context': self._page}, awaitPromise=True,
                           expression=f'(async () => {{ {script} }})().then(JSON.stringify)')
        assert answer['type'] == 'success', answer
        return json.loads(answer['result'].get('value', 'null'))

    def wait(self, script):
        until = time.monotonic() + 120
        while not (value := self.call(script)):
            assert time.monotonic() < until, script
            time.sleep(0.2)
        return value

    def close(self):
        self._process.terminate()
        self._process.wait()


@pytest.fixture
def firefox(folder, tmp_path):
    program = shutil.which('firefox-esr') or shutil.which('firefox')
    if program is None:
        pytest.skip('tries the page in Firefox: apt-get install firefox-esr')
    browser = Firefox(program, tmp_path)
    yield browser
    browser.close()


def test_pixels_are_those_of_python_and_the_camera_is_live(firefox, address, generator, folder):
    small = np.random.default_rng(3).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    photo = Image.fromarray(small).resize((64, 64), Image.BICUBIC)
    photo.save(folder / 'soft.png')
    firefox.open(address)
    firefox.wait('return crossOriginIsolated')
    firefox.wait('return document.querySelector("#engine")?.textContent')
    pixels = firefox.call("""
        const { Translator } = await import('./foodgan.js')
        const image = new Image()
        image.src = 'soft.png'
        await image.decode()
        const translator = await Translator.load('small', { provider: 'wasm' })
        const options = { size: 64, output: 'network' }
        return Array.from((await translator.translate(image, 'ramen', options)).data)""")
    ours = np.int16(Translator(generator, size=64, output_size='network')(photo, 'ramen'))
    theirs = np.uint8(pixels).reshape(64, 64, 4)[..., :3]
    assert abs(theirs - ours).mean() < 0.5

    firefox.call('document.querySelector("#camera").click()')
    firefox.wait('return document.querySelector("#rate").textContent.includes("pictures a second")')
    seen = """const { width, height } = document.querySelector('#picture')
        return Array.from(document.querySelector('#picture').getContext('2d').getImageData(
            width / 2, height / 2, 1, 1).data)"""
    first = firefox.call(seen)
    until = time.monotonic() + 60
    while firefox.call(seen) == first:
        assert time.monotonic() < until
        time.sleep(0.2)
