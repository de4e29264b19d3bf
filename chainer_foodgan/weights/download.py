"""Downloading a file whose hash is known.

Written on the standard library. pooch 1.9 was tried on the servers of the tests: it starts again
where it was cut off, takes an endless file without a bound, asks again for what will not change,
leaves the partial files of killed processes, and knows neither locks nor git blob hashes.

What has arrived lies under ``.<name>.part`` beside the file to be, where a later call goes on from;
the file itself appears once it is complete and verified.
"""

import contextlib
import http.client
import os
import socket
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

import chainer_foodgan
from chainer_foodgan.errors import FoodganError, one_line
from chainer_foodgan.printing import Progress

_PIECE = 2 ** 16
_BUSY = (408, 425, 429)  # the answers below 500 that another attempt may change


class _Interrupted(Exception):
    """Worth another attempt."""


class _Refused(Exception):
    """Not to be had at this address."""


def download(addresses, path, check, limit, timeout=30, attempts=4, pause=1, rate=1000,
             total=3600):
    """Downloads a file, unless something goes wrong.

    Two processes must not download to one path at once: the caller locks it.

    Args:
        addresses (sequence of str): Where it is; when one fails, the next is asked.
        path (pathlib.Path): Where to.
        check (callable): ``check(path)`` says what is wrong with a complete file (str) or None.
        limit (int): Bytes that it has at most.
        timeout (float): Seconds of silence after which an attempt is given up.
        attempts (int): How often an address is tried. Each goes on where the last one stopped.
        pause (float): Seconds before the second round of attempts; doubled before each further one.
        rate (float): Bytes a second that an attempt has to bring, on average over ``timeout``.
        total (float): Seconds for all of it.

    Raises:
        FoodganError: No address gives the file, or it cannot be written.
    """
    part = path.with_name(f'.{path.name}.part')
    faults = {}
    left = list(addresses)
    end = time.monotonic() + total
    with Progress(None, 'B') as progress:
        for attempt in range(attempts):
            if time.monotonic() >= end:
                break
            if attempt and left:
                time.sleep(pause * 2 ** (attempt - 1))
            for address in tuple(left):
                try:
                    with Watch(timeout, rate, end) as watch:
                        _attempt(address, part, check, limit, watch, progress)
                except _Interrupted as error:
                    faults[address] = f'{error} (tried {attempt + 1} times)'
                except _Refused as error:
                    faults[address] = error
                    left.remove(address)
                else:
                    with _disk(part):
                        os.replace(part, path)
                    return
    raise FoodganError('; '.join(dict.fromkeys(
        f'{urllib.parse.urlsplit(address).netloc}: {fault}'
        for address, fault in faults.items())))


def _attempt(address, part, check, limit, watch, progress):
    """Completes and verifies the partial file, or says why that did not work."""
    try:
        resumed = _receive(address, part, limit, watch, progress)
    except _Interrupted as error:
        raise _Interrupted(watch.fault or error) from error
    with _disk(part):
        fault = check(part)
        if fault is not None:
            part.unlink()
            # What was there before may have been of another file: then it works from the start.
            raise (_Interrupted if resumed else _Refused)(fault)


def _receive(address, part, limit, watch, progress):
    """Makes one attempt; what arrives is added to the partial file. Returns whether some of the
    file was there before.
    """
    start = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(address, headers={
        'User-Agent': f'chainer_foodgan/{chainer_foodgan.__version__}',
        **({'Range': f'bytes={start}-'} if start else {})})
    try:
        with _network():
            response = watch.opener(_Redirects).open(request, timeout=watch.window)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 416 and start:  # there is nothing behind what is here
            return True
        says = one_line(f'the server answers {error.code} {error.reason[:99]}')
        raise (_Interrupted if error.code >= 500 or error.code in _BUSY else _Refused)(
            says) from error
    with response:
        if response.status != 206:  # the whole file, whatever was asked for
            start = 0
        elif not response.headers.get('Content-Range', '').startswith(f'bytes {start}-'):
            with _disk(part):
                part.unlink(missing_ok=True)
            raise _Interrupted('the server sends another part than it was asked for')
        _write(response, part, start, limit, watch, progress)
    return start > 0


def _write(response, part, start, limit, watch, progress):
    """Writes a response to the partial file, after its first ``start`` bytes."""
    size = start
    total = None if response.length is None else start + response.length
    try:
        _check_limit(total or 0, limit)
        with _disk(part), open(part, 'ab' if start else 'wb') as file:
            while True:
                with _network():
                    piece = response.read1(_PIECE)
                if not piece:
                    break
                size += len(piece)
                watch.received += len(piece)
                _check_limit(size, limit)
                file.write(piece)
                progress(size, total)
            file.flush()
            os.fsync(file.fileno())
    except (_Refused, FoodganError):
        with contextlib.suppress(OSError):
            part.unlink()
        raise
    if watch.fault:
        raise _Interrupted(watch.fault)
    if total is not None and size < total:
        raise _Interrupted(f'cut off after {size} of {total} bytes')


def _check_limit(size, limit):
    if size > limit:
        raise _Refused(f'the server sends more than the {limit / 1e6:.1f} MB that the file can '
                       'have')


@contextlib.contextmanager
def _network():
    """Makes failures of the network those that another attempt may cure."""
    try:
        yield
    except urllib.error.HTTPError:
        raise
    except ValueError as error:  # nobody can be asked at [::1 or at a name of 70 letters
        raise _Refused(f'it names no address that can be asked: {one_line(error)}') from error
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, 'reason', error)
        raise _Interrupted(getattr(reason, 'strerror', None) or one_line(reason)
                           or type(reason).__name__) from error


@contextlib.contextmanager
def _disk(path):
    """Makes failures of the disk one line. Those of the network do not come as OSError here."""
    try:
        yield
    except OSError as error:
        raise FoodganError(f'cannot write {path}: {error.strerror or error}; make room there, or '
                           'set CHAINER_DATASET_ROOT to another folder') from error


class _Redirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, request, file, code, message, headers, address):
        if not address.lower().startswith(('https://', 'http://')):
            raise _Refused(one_line(f'the server sends on to {address}, which is not followed'))
        return super().redirect_request(request, file, code, message, headers, address)


class Watch:
    """Closes the connections of an attempt that brings too little, wherever it is.

    A socket's own time-out begins anew with each byte: a server that sends one now and then, of the
    head, of the length of a chunk or of the file, would be listened to for ever. Within each
    ``window`` (seconds), ``rate`` bytes a second have to come; ``end`` is when it is over in any
    case, by :func:`time.monotonic`. Whoever receives bytes adds them to ``received``; ``fault``
    says why the connections were closed, or is None.
    """

    def __init__(self, window, rate, end):
        self.window, self._rate, self._end = window, rate, end
        self.received, self.fault = 0, None
        self._sockets, self._over = [], threading.Event()

    def __enter__(self):
        threading.Thread(target=self._watch, daemon=True).start()
        return self

    def __exit__(self, *error):
        self._over.set()

    def opener(self, *handlers):
        """An opener of :mod:`urllib.request`, with further handlers, whose connections end so."""
        return urllib.request.build_opener(_Http(self._sockets), _Https(self._sockets), *handlers)

    def _watch(self):
        before = 0
        while not self._over.wait(max(0.01, min(self.window, self._end - time.monotonic()))):
            if time.monotonic() >= self._end:
                self.fault = 'it takes too long'
            elif self.received - before < self._rate * self.window:
                self.fault = f'the server sends fewer than {self._rate} bytes a second'
            before = self.received
            for connected in self._sockets if self.fault else ():
                with contextlib.suppress(OSError):
                    connected.shutdown(socket.SHUT_RDWR)


class _Opening:
    """Of a handler of :mod:`urllib.request`: keeps the sockets that it opens."""

    def __init__(self, sockets):
        super().__init__()
        self._sockets = sockets

    def do_open(self, kind, *args, **kwargs):
        sockets = self._sockets

        class Connection(kind):
            def connect(self):
                super().connect()
                sockets.append(self.sock)

        return super().do_open(Connection, *args, **kwargs)


class _Http(_Opening, urllib.request.HTTPHandler):
    pass


class _Https(_Opening, urllib.request.HTTPSHandler):
    pass
