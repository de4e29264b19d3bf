"""A headless Chromium for tests, spoken to through two pipes: no driver, no further package."""

import base64
import fcntl
import itertools
import json
import os
import shutil
import subprocess

import pytest


class Browser:
    """A page of a headless Chromium, steered by the DevTools protocol.

    Args:
        folder (pathlib.Path): Where it keeps what pages store, and saves downloads.
    """

    def __init__(self, folder):
        command = next(filter(None, map(shutil.which, (
            'chromium', 'chromium-browser', 'google-chrome'))), None)
        if command is None:
            pytest.skip('opens a page: apt-get install chromium')
        self.downloads = folder / 'downloads'
        self.downloads.mkdir(parents=True)
        theirs, self._to = os.pipe()
        self._from, other = os.pipe()

        def connect():  # Chromium reads its descriptor 3 and writes to 4
            reading, writing = (fcntl.fcntl(end, fcntl.F_DUPFD, 5) for end in (theirs, other))
            os.dup2(reading, 3)
            os.dup2(writing, 4)

        self._process = subprocess.Popen(
            [command, '--headless', '--no-sandbox', '--disable-gpu', '--remote-debugging-pipe',
             '--user-data-dir={}'.format(folder / 'profile'), '--no-first-run',
             '--disable-background-networking', '--disable-dev-shm-usage', '--lang=en'],
            preexec_fn=connect, pass_fds=(3, 4), stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        os.close(theirs)
        os.close(other)
        self._numbers, self._buffer, self._session = itertools.count(1), b'', None
        self.events = []  # of the page: (name, parameters)
        target = self.call('Target.createTarget', url='about:blank')['targetId']
        self._session = self.call('Target.attachToTarget', targetId=target,
                                  flatten=True)['sessionId']
        for domain in ('Page', 'Network', 'Runtime', 'Log'):
            self.call(domain + '.enable')
        self.call('Page.setDownloadBehavior', behavior='allow', downloadPath=str(self.downloads))

    def call(self, method, **params):
        """Calls a method of the protocol and returns its result."""
        number = next(self._numbers)
        order = {'id': number, 'method': method, 'params': params}
        if self._session is not None:
            order['sessionId'] = self._session
        os.write(self._to, json.dumps(order).encode() + b'\0')
        while True:
            message = self._receive()
            if message.get('id') == number:
                assert 'error' not in message, (method, message)
                return message['result']
            self.events.append((message.get('method'), message.get('params')))

    def _receive(self):
        while b'\0' not in self._buffer:
            part = os.read(self._from, 2 ** 16)
            assert part, 'the browser has ended'
            self._buffer += part
        message, self._buffer = self._buffer.split(b'\0', 1)
        return json.loads(message)

    def open(self, url):
        """Goes to a page and waits until it is loaded."""
        self.call('Page.navigate', url=url)
        self.wait('document.readyState === "complete"')

    def run(self, script):
        """Evaluates JavaScript in the page; promises are waited for."""
        result = self.call('Runtime.evaluate', expression=script, returnByValue=True,
                           awaitPromise=True)
        assert 'exceptionDetails' not in result, (script, result)
        return result['result'].get('value')

    def wait(self, condition):
        """Waits until an expression is true; the browser itself looks again and again."""
        assert self.run('new Promise((resolve) => { const start = Date.now(); const look = () => '
                        f'({condition}) ? resolve(true) : Date.now() - start > 20000 '
                        '? resolve(false) : setTimeout(look, 5); look(); })'), condition

    def press(self, key):
        """Presses a key, as a person does."""
        text = {'text': key} if len(key) == 1 else {}
        for kind in ('keyDown', 'keyUp'):
            self.call('Input.dispatchKeyEvent', type=kind, key=key, **text)
            text = {}

    def tap(self, selector):
        """Touches the middle of an element."""
        x, y = self.run(f'(() => {{ const box = document.querySelector({selector!r})'
                        '.getBoundingClientRect(); '
                        'return [box.x + box.width / 2, box.y + box.height / 2]; })()')
        self.call('Input.dispatchTouchEvent', type='touchStart', touchPoints=[{'x': x, 'y': y}])
        self.call('Input.dispatchTouchEvent', type='touchEnd', touchPoints=[])

    def resize(self, width, height, phone=False):
        """Looks at the page on a screen of so many pixels."""
        self.call('Emulation.setDeviceMetricsOverride', width=width, height=height,
                  deviceScaleFactor=2 if phone else 1, mobile=phone)
        self.call('Emulation.setTouchEmulationEnabled', enabled=phone)
        self.call('Emulation.setEmitTouchEventsForMouse', enabled=phone)

    def screenshot(self, path):
        """Saves what is to be seen as a PNG file."""
        path.write_bytes(base64.b64decode(self.call('Page.captureScreenshot')['data']))

    def close(self):
        """Ends the browser."""
        os.close(self._to)
        os.close(self._from)
        self._process.terminate()
        self._process.wait()
