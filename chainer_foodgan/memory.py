"""How much memory there is for this process."""

from __future__ import annotations

import contextlib
import os
import pathlib
from collections.abc import Iterator
from typing import Optional

_PROC, _CGROUPS = pathlib.Path('/proc'), pathlib.Path('/sys/fs/cgroup')

# Folder below the mount, limit, what is used, and what of that the system gives back when asked:
# of version 2 and of version 1 of Linux' control groups.
_FILES = (('', 'memory.max', 'memory.current', 'inactive_file'),
          ('memory', 'memory.limit_in_bytes', 'memory.usage_in_bytes', 'total_inactive_file'))


def available() -> Optional[int]:
    """Bytes that can still be taken without swapping: what the machine and the control groups of
    the process (containers, batch systems) leave. On systems other than Linux all memory of the
    machine; None where that is not known either."""
    return min([_machine(), *_groups()], key=lambda found: float('inf') if found is None else found)


def _machine():
    with contextlib.suppress(OSError, ValueError):
        return 1024 * int(_entries(_PROC / 'meminfo')['MemAvailable:'])
    with contextlib.suppress(AttributeError, OSError, ValueError):
        return os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE')
    return None


def _groups() -> Iterator[int]:
    with contextlib.suppress(OSError):
        for line in (_PROC / 'self' / 'cgroup').read_text().splitlines():
            _, controllers, path = line.split(':', 2)
            if controllers in ('', 'memory'):
                mount, *files = _FILES[controllers == 'memory']
                group = pathlib.PurePosixPath(path.lstrip('/'))
                # Limits of the groups above hold as well. Within a container the path may be that
                # of the host, and the container's own group is what is mounted.
                for above in (group, *group.parents):
                    yield from _left(_CGROUPS / mount / above, *files)


def _left(folder, limit, used, returned):
    with contextlib.suppress(OSError, ValueError, KeyError):  # no such group, or the limit is 'max'
        yield (int((folder / limit).read_text()) - int((folder / used).read_text())
               + int(_entries(folder / 'memory.stat')[returned]))


def _entries(path):
    """The first two words of each line of a file."""
    return dict(line.split()[:2] for line in path.read_text().splitlines())
