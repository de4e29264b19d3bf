"""Serving the folder from this machine, with the headers that a host of static files may lack."""

from __future__ import annotations

import functools
import http.server
import os
import sys
from typing import Callable, Union

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.site.folder import HEADERS

__all__ = ['TYPES', 'serve_site']


#: Media types by suffix, whatever this machine takes them for.
TYPES = {
    **http.server.SimpleHTTPRequestHandler.extensions_map,
    '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm',
    '.webmanifest': 'application/manifest+json'}


class _Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    extensions_map = TYPES

    def end_headers(self):
        for name, value in HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def list_directory(self, path):
        self.send_error(404)

    def log_message(self, *args):
        pass


class _Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], ConnectionError):  # browsers break off what they like
            super().handle_error(request, client_address)


def serve_site(folder: Union[str, os.PathLike], host: str = '127.0.0.1', port: int = 8000,
               ready: Callable[[str], None] = print) -> None:
    """Serves the folder until Ctrl-C.

    Args:
        folder: What :func:`chainer_foodgan.site.write_site` wrote.
        host: Where to listen. Cameras work on this machine's own addresses, elsewhere by https
            alone.
        port: 0: any that is free.
        ready: Called with the page's address (str) once it is there.

    Raises:
        FoodganError: The address cannot be had.
    """
    handler = functools.partial(_Handler, directory=os.fspath(folder))
    try:
        server = _Server((host, port), handler)
    except (OSError, OverflowError) as error:
        raise FoodganError(f'cannot listen on {host} port {port}: '
                           f'{getattr(error, "strerror", None) or error}; name another --port or '
                           '--host') from error
    with server:
        ready('http://{}:{}/'.format(*server.server_address[:2]))
        server.serve_forever()
