"""An end for connections that bring hardly anything."""

import contextlib
import socket
import threading
import time
import urllib.request


class Watch:
    """Closes the connections of an attempt that brings too little, wherever it is.

    A socket's own time-out begins anew with each byte: a server that sends one now and then, of the
    head, of the length of a chunk or of the file, would be listened to for ever.

    Args:
        window (float): Seconds in which something has to come, time after time.
        rate (float): Bytes a second in them.
        end (float): When it is over in any case, by :func:`time.monotonic`.

    Attributes:
        window (float): As given.
        received (int): Bytes of the file so far; whoever receives them counts.
        fault (str or None): Why the connections were closed.
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
