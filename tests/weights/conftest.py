"""PyTorch's two file formats, written without PyTorch and the package, and a server of files."""

import collections
import http.server
import io
import pickle
import re
import struct
import threading
import time
import zipfile

import numpy as np
import pytest

MAGIC = 0x1950a86a20f9469cfc6c
MACHINE = {'protocol_version': 1001, 'little_endian': True,
           'type_sizes': {'short': 2, 'int': 4, 'long': 8}}
TYPES = {'float32': 'Float', 'float64': 'Double', 'float16': 'Half', 'int64': 'Long',
         'int32': 'Int', 'int16': 'Short', 'int8': 'Char', 'uint8': 'Byte', 'bool': 'Bool',
         'uint16': 'BFloat16'}  # NumPy has no bfloat16: its bits stand for it


class Name:
    """What is pickled as a name that need not exist here."""

    def __init__(self, module, name):
        self.module, self.name = module, name

    def __call__(self):
        raise NotImplementedError


class Tensor:
    """A view of a flat array (storage); from an array alone, all of it."""

    def __init__(self, array, storage=None, offset=0, size=None, stride=None, rebuild='tensor_v2'):
        self.storage = np.ravel(array) if storage is None else storage
        self.offset = offset
        self.size = np.shape(array) if size is None else size
        self.stride = stride or tuple(
            int(np.prod(self.size[axis + 1:])) for axis in range(len(self.size)))
        self.rebuild = rebuild


class Pickler(pickle._Pickler):
    """Pickles tensors as PyTorch does."""

    def __init__(self, file, legacy=True, location='cuda:0'):
        super().__init__(file, protocol=2)
        self.legacy, self.location, self.storages = legacy, location, []
        self.names = {}

    def name(self, module, name):
        return self.names.setdefault((module, name), Name(module, name))

    def key(self, storage):
        known = [index for index, other in enumerate(self.storages) if other is storage]
        if not known:
            self.storages.append(storage)
        return str(94019091344592 + (known[0] if known else len(self.storages) - 1))

    def persistent_id(self, obj):
        if isinstance(obj, np.ndarray):
            kind = self.name('torch', TYPES[obj.dtype.name] + 'Storage')
            base = ('storage', kind, self.key(obj), self.location, obj.size)
            return base + (None,) if self.legacy else base
        return None

    def reducer_override(self, obj):
        if isinstance(obj, Name):
            return obj.name
        if isinstance(obj, Tensor):
            args = (obj.storage, obj.offset, obj.size, obj.stride)
            if obj.rebuild == 'tensor_v2':
                args += (False, collections.OrderedDict())
            return self.name('torch._utils', '_rebuild_' + obj.rebuild), args
        return NotImplemented

    def save_global(self, obj, name=None):
        if isinstance(obj, Name):
            self.write(f'c{obj.module}\n{obj.name}\n'.encode())
            self.memoize(obj)
        else:
            super().save_global(obj, name)


def tensors(state):
    return {key: Tensor(value) if isinstance(value, np.ndarray) else value
            for key, value in state.items()}


def legacy_bytes(content):
    """The stream of PyTorch 0.3."""
    file = io.BytesIO()
    for head in (MAGIC, 1001, MACHINE):
        pickle.dump(head, file, protocol=2)
    pickler = Pickler(file)
    pickler.dump(content)
    pickle.dump([pickler.key(storage) for storage in pickler.storages], file, protocol=2)
    for storage in pickler.storages:
        file.write(struct.pack('<q', storage.size) + storage.tobytes())
    return file.getvalue()


def zip_bytes(content):
    """Today's archive."""
    data = io.BytesIO()
    pickler = Pickler(data, legacy=False, location='cpu')
    pickler.dump(content)
    file = io.BytesIO()
    with zipfile.ZipFile(file, 'w') as archive:
        archive.writestr('some/data.pkl', data.getvalue())
        archive.writestr('some/byteorder', 'little')
        for storage in pickler.storages:
            archive.writestr('some/data/' + pickler.key(storage), storage.tobytes())
        archive.writestr('some/version', '3\n')
    return file.getvalue()


@pytest.fixture(params=['legacy', 'zip'])
def to_bytes(request):
    """A function that makes the bytes of a file, once for each format."""
    return {'legacy': legacy_bytes, 'zip': zip_bytes}[request.param]


@pytest.fixture
def torch_files():
    """What this module has: test modules cannot import each other."""
    class Files:
        pass
    for name in ('MAGIC', 'MACHINE', 'Tensor', 'tensors', 'legacy_bytes', 'zip_bytes'):
        setattr(Files, name, staticmethod(globals()[name]) if callable(globals()[name])
                else globals()[name])
    return Files


@pytest.fixture
def generator_state():
    """A small generator as PyTorch 0.3 saved it (keys to arrays), made without the package."""
    rng = np.random.default_rng(0)
    state = {}

    def layer(name, index, shape, channels):
        state[f'{name}.{index}.weight'] = rng.uniform(-.1, .1, shape).astype('f4')
        norm = f'{name}.{index + 1}.'
        state[norm + 'weight'] = rng.uniform(0, 1, channels).astype('f4')
        state[norm + 'bias'] = rng.uniform(-1, 1, channels).astype('f4')
        state[norm + 'running_mean'] = np.zeros(channels, 'f4')
        state[norm + 'running_var'] = np.ones(channels, 'f4')

    layer('main', 0, (4, 6, 7, 7), 4)
    layer('main', 3, (8, 4, 4, 4), 8)
    layer('main', 6, (16, 8, 4, 4), 16)
    layer('main.9.main', 0, (16, 16, 3, 3), 16)
    layer('main.9.main', 3, (16, 16, 3, 3), 16)
    layer('main', 10, (16, 8, 4, 4), 8)
    layer('main', 13, (8, 4, 4, 4), 4)
    state['main.16.weight'] = rng.uniform(-.1, .1, (3, 4, 7, 7)).astype('f4')
    return state


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
