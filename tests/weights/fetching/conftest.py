"""A server on the loopback address that behaves, or misbehaves, as a test says."""

import http.server
import re
import threading
import time

import pytest


class Server(http.server.ThreadingHTTPServer):
    """Serves ``content`` at every path; each request takes the next of ``answers``, the last stays.

    Attributes:
        content (bytes): The file.
        answers (list of callable): Each is called with the request's handler.
        ranges (list of str or None): What ranges were asked for, so far.
    """

    daemon_threads = True

    def __init__(self):
        super().__init__(('127.0.0.1', 0), Handler)
        self.content = b''
        self.answers = [ranged]
        self.ranges = []
        self.closing = threading.Event()

    @property
    def address(self):
        return f'http://127.0.0.1:{self.server_port}/file'

    def handle_error(self, request, client_address):
        pass  # clients that go away are what some tests are about


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        server = self.server
        server.ranges.append(self.headers.get('Range'))
        answer = server.answers.pop(0) if len(server.answers) > 1 else server.answers[0]
        answer(self)

    def log_message(self, *args):
        pass

    def begin(self, status, length=None, **headers):
        self.send_response(status)
        if length is not None:
            self.send_header('Content-Length', str(length))
        for key, value in headers.items():
            self.send_header(key.replace('_', '-'), value)
        self.end_headers()


def whole(handler):
    """Knows no ranges."""
    handler.begin(200, len(handler.server.content))
    handler.wfile.write(handler.server.content)


def ranged(handler, send=lambda handler, data: handler.wfile.write(data)):
    content = handler.server.content
    asked = re.fullmatch(r'bytes=(\d+)-', handler.headers.get('Range', 'bytes=0-'))
    start = int(asked.group(1))
    if start >= len(content):
        handler.begin(416, 0)
        return
    if 'Range' in handler.headers:
        total = len(content)
        handler.begin(206, total - start, Content_Range=f'bytes {start}-{total - 1}/{total}')
    else:
        handler.begin(200, len(content))
    send(handler, content[start:])


def cut(size):
    """Closes the connection after so many bytes of what was announced."""
    return lambda handler: ranged(handler, lambda handler, data: handler.wfile.write(data[:size]))


def stall(size):
    """Falls silent after so many bytes."""
    def send(handler, data):
        handler.wfile.write(data[:size])
        handler.server.closing.wait(20)

    return lambda handler: ranged(handler, send)


def slow(pieces, seconds):
    """Takes its time, but never long enough for a time-out."""
    def send(handler, data):
        step = -(-len(data) // pieces)
        for start in range(0, len(data), step):
            time.sleep(seconds / pieces)
            handler.wfile.write(data[start:start + step])

    return lambda handler: ranged(handler, send)


def other_range(handler):
    handler.begin(206, 5, Content_Range='bytes 0-4/9')
    handler.wfile.write(b'other')


def endless(handler):
    handler.begin(200)
    while True:
        handler.wfile.write(bytes(2 ** 16))


def raw(data):
    """Sends this as it is, head and all."""
    return lambda handler: handler.wfile.write(data)


def drip(begin, again):
    """Sends the beginning of an answer, then a few bytes again and again, without end."""
    def send(handler):
        handler.wfile.write(begin)
        while not handler.server.closing.wait(0.05):
            handler.wfile.write(again)

    return send


def unannounced(handler):
    """Says nothing of the length."""
    handler.begin(200)
    handler.wfile.write(handler.server.content)


def status(code):
    return lambda handler: handler.begin(code, 0)


def page(handler):
    text = b'<!doctype html><title>Sign in to this network</title>'
    handler.begin(200, len(text))
    handler.wfile.write(text)


def redirect(address):
    return lambda handler: handler.begin(302, 0, Location=address)


@pytest.fixture
def server(monkeypatch):
    """A running :class:`Server`; ``server.kinds`` has the answers above by their names."""
    monkeypatch.setenv('no_proxy', '127.0.0.1')
    with Server() as server:
        server.kinds = globals()
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.closing.set()
        server.shutdown()
