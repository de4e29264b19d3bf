"""Work beside the computing: reading ahead of it, writing behind it, both within bounds."""

from __future__ import annotations

import collections
import concurrent.futures
import contextlib
import itertools
import pathlib
import threading
from collections.abc import Iterable, Iterator
from typing import Any, Callable, Optional

from chainer_foodgan.files import fresh_path

__all__ = ['Writer', 'ahead', 'threads']

# Photos that are read ahead: two at least, so that one is at hand while another is read, and no
# more than so many, or so many bytes of them.
_FEWEST, _MOST, _BYTES = 2, 16, 2 ** 27


@contextlib.contextmanager
def threads(most: Optional[int] = None) -> Iterator[concurrent.futures.Executor]:
    """A pool of threads, at most so many; what has not begun is left undone where the block is left
    early. No thread works any more afterwards, since the caller may close the files that it works
    on.
    """
    # Ctrl-C while a thread starts leaves one that the pool does not know and does not wait for.
    begun = []
    pool = concurrent.futures.ThreadPoolExecutor(
        most, initializer=lambda: begun.append(threading.current_thread()))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)
        for thread in begun:
            thread.join()


def ahead(pool: concurrent.futures.Executor, read: Callable, items: Iterable) -> Iterator:
    """Reads some of the next items while the caller works on one; yields in their order what
    ``read`` returned, an object whose ``nbytes`` says what it takes.
    """
    items, waiting, limit = iter(items), collections.deque(), _FEWEST
    while True:
        for item in itertools.islice(items, max(0, limit - len(waiting))):
            waiting.append(pool.submit(read, item))
        if not waiting:
            return
        result = waiting.popleft().result()
        if result.nbytes:  # the next ones are as large, likely
            limit = min(_MOST, max(_FEWEST, _BYTES // result.nbytes))
        yield result
        del result  # it is the caller's to keep


class Writer:
    """Writes files on the threads of a pool, each under its own name."""

    def __init__(self, pool: concurrent.futures.Executor):
        self._pool, self._pending = pool, {}

    def fresh_path(self, path: pathlib.Path) -> pathlib.Path:
        """See :func:`chainer_foodgan.files.fresh_path`; what is still being written counts."""
        while True:
            candidate = fresh_path(path)
            pending = self._pending.pop(_key(candidate), None)
            if pending is None:
                return candidate
            concurrent.futures.wait([pending])  # whether it is there is known then

    def submit(self, path: pathlib.Path, write: Callable, *args: Any) -> concurrent.futures.Future:
        """Calls ``write(*args, path)`` on a thread; returns its Future."""
        self._pending = {key: future for key, future in self._pending.items()
                         if not future.done()}
        future = self._pending[_key(path)] = self._pool.submit(write, *args, path)
        return future


def _key(path):
    # Some file systems take A.png and a.png for one. Whether this one does is asked of the disk.
    return str(path).casefold()
