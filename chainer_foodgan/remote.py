"""Files on a web server, whole or in parts, through connections that stay open."""

import functools
import os
import time

from chainer_foodgan.errors import FoodganError, one_line

#: Seconds of silence, and in all, after which a file is given up; how often it is asked for.
_SILENCE, _TOTAL, _ATTEMPTS = 30, 300, 4


def is_remote(path):
    """Whether this is an address, ``http://...`` or ``https://...``, and no path (bool)."""
    return os.fspath(path).lower().startswith(('http://', 'https://'))


def read(address, count, start=None):
    """Bytes of a file, from ``start`` (int) on so many, or where that is None all of them, which
    are at most so many. Fewer where the file ends too soon.

    Raises:
        FoodganError: They are not to be had, or urllib3 is not installed.
    """
    pool, error = _pool(os.getpid()), None
    from urllib3.exceptions import HTTPError
    for attempt in range(_ATTEMPTS):
        time.sleep(attempt)
        try:
            return _read(pool, address, count, start)
        except (HTTPError, _Busy) as fault:
            error = fault
        except _Refused as fault:
            raise FoodganError(f'cannot read {address}: {fault}; check the address') from fault
    reason = one_line(getattr(error, 'reason', error))
    raise FoodganError(f'cannot read {address}: {reason} (tried {_ATTEMPTS} times); check the '
                       'address and the connection') from error


class _Busy(Exception):
    """The server may answer later."""


class _Refused(Exception):
    """It will not."""


@functools.lru_cache(maxsize=1)
def _pool(process):  # a connection must not be shared with a process that was forked
    try:
        import urllib3
    except ImportError as error:
        raise FoodganError(f'photos on a server need urllib3 ({error}): pip install '
                           '"chainer_foodgan[remote]"') from error
    return urllib3.PoolManager(maxsize=32, timeout=_SILENCE, retries=urllib3.Retry(
        None, connect=0, read=0, redirect=4, status=0, other=0))


def _read(pool, address, count, start):
    headers = {'Accept-Encoding': 'identity'}
    if start is not None:
        headers['Range'] = f'bytes={start}-{start + count - 1}'
    response = pool.request('GET', address, headers=headers, preload_content=False)
    try:
        if response.status >= 500 or response.status == 429:
            raise _Busy(f'the server answers {response.status}')
        if response.status >= 400:
            raise _Refused(f'the server answers {response.status}')
        if start is not None and not response.headers.get('Content-Range', '').startswith(
                f'bytes {start}-'):
            raise _Refused('the server does not send parts of files')
        found = _received(response, count)
    except BaseException:
        response.close()
        raise
    response.release_conn()
    return found


def _received(response, count):
    """All that it has; _Refused where that is more than so many bytes, or has no end."""
    end, found = time.monotonic() + _TOTAL, bytearray()
    while True:
        piece = response.read1(2 ** 16)
        if not piece:
            return bytes(found)
        found += piece
        if len(found) > count:
            raise _Refused(f'the server sends more than {count:,} bytes')
        if time.monotonic() > end:
            raise _Refused(f'the server takes more than {_TOTAL} seconds')
