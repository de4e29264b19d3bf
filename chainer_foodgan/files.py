"""Writing files so that a reader never sees half of one, and telling them by their hashes."""

import contextlib
import hashlib
import io
import os
import pathlib
import re
import shutil
import tempfile

from chainer_foodgan import remote
from chainer_foodgan.errors import FoodganError


@contextlib.contextmanager
def replacing(path, mode='wb'):
    """Opens a temporary file (``'wb'``, or ``'w'``: UTF-8, lines end with a line feed) in the same
    folder, made if it is not there, that takes the place of ``path`` once it is complete.

    Yields the file; ``name`` is its path, for libraries that open it themselves. A FoodganError
    where it cannot be written (full disk, read-only target, a file where a folder should be). What
    was there before is untouched, and nothing else is left behind.
    """
    path = pathlib.Path(path)
    text = {} if 'b' in mode else {'encoding': 'utf-8', 'newline': '\n'}
    temporary = descriptor = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(
            prefix=f'.{path.name}.', suffix='.part', dir=str(path.parent))
        if lock(descriptor) is None:  # see remove_abandoned; Windows renames no open files
            os.close(descriptor)
            descriptor = None
        # mkstemp makes the file private; a result gets the rights that open() would give it.
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)
        with open(temporary, mode, **text) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, str(path))
        temporary = None
    except OSError as error:
        raise FoodganError(f'cannot write {path}: {error.strerror or error}; '
                           'what was there before is untouched') from error
    finally:
        if descriptor is not None:
            os.close(descriptor)
        if temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(temporary)


@contextlib.contextmanager
def replacing_folder(path, mark):
    """Makes a temporary folder that takes the place of ``path`` once it is complete.

    Yields a path (str) in the same folder, of the same suffix, where nothing is yet. Every such
    folder has a file of the name ``mark``: another folder is not replaced. A FoodganError where the
    folder cannot be written, or something else has its name; what was there before is untouched,
    and nothing else is left behind.
    """
    path = pathlib.Path(path)
    if path.is_dir() and any(path.iterdir()) and not (path / mark).is_file():
        raise FoodganError(f'{path}: a folder of something else has this name; choose another')
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = tempfile.mkdtemp(prefix=f'.{path.name}.', suffix='.part', dir=str(path.parent))
        new, old = (os.path.join(temporary, name + path.suffix) for name in ('new', 'old'))
        yield new
        umask = os.umask(0)
        os.umask(umask)
        for each in (new, *map(str, pathlib.Path(new).rglob('*'))):
            os.chmod(each, (0o777 if os.path.isdir(each) else 0o666) & ~umask)
        if path.is_dir():
            os.replace(path, old)
        try:
            os.replace(new, path)
        except OSError:
            if os.path.isdir(old):
                os.replace(old, path)
            raise
    except OSError as error:
        raise FoodganError(f'cannot write {path}: {error.strerror or error}; '
                           'what was there before is untouched') from error
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)


def lock(descriptor):
    """Locks an open file or folder until it is closed or this process has ended, however it ends.
    False: another process has it locked. None: there are no locks here."""
    try:
        import fcntl
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except (ImportError, OSError):
        return None
    return True


def remove_abandoned(folder):
    """Removes what :func:`replacing` began in a folder and processes that have ended left there."""
    for path in pathlib.Path(folder).glob('.*.part'):
        with contextlib.suppress(OSError), open(path, 'rb') as file:
            if lock(file.fileno()):
                path.unlink()


def make_folder(path):
    """Makes a folder and those above it where they are missing, and returns it (pathlib.Path); a
    FoodganError where it cannot be made, or a file has its name."""
    path = pathlib.Path(path)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FoodganError(f'cannot make the folder {path}: {error.strerror or error}; '
                           'choose another place') from error
    return path


def fresh_path(path):
    """A path that does not exist yet: ``path`` itself, or with ``-2``, ``-3``, ... on its stem."""
    path = candidate = pathlib.Path(path)
    number = 1
    while candidate.exists():
        number += 1
        candidate = path.with_name(f'{path.stem}-{number}{path.suffix}')
    return candidate


class Part(str):
    """The path of a file that lies in another: ``photos/shard-000000.tar/000000007.jpg``; ``place``
    is the path of the other (str), where in it the bytes start, and how many there are (int)."""

    def __new__(cls, path, place):
        part = super().__new__(cls, path)
        part.place = place
        return part

    def __getnewargs__(self):
        return str(self), self.place

    def open(self):
        """Its bytes as a binary file (io.BytesIO); fewer where the other file ends too soon."""
        path, start, count = self.place
        if remote.is_remote(path):
            return io.BytesIO(remote.read(path, count, start))
        with open(path, 'rb') as file:
            file.seek(start)
            return io.BytesIO(file.read(count))


def is_file(path):
    """Whether a path, also a :class:`Part`, is that of a file (bool)."""
    return isinstance(path, Part) or os.path.isfile(path)


def read(path):
    """What is in a file, also in a :class:`Part` (bytes); a FoodganError where it cannot be read.
    """
    try:
        with path.open() if isinstance(path, Part) else open(path, 'rb') as file:
            return file.read()
    except OSError as error:
        raise FoodganError(f'cannot read {path}: {error.strerror or error}; check the name and '
                           'who may read it') from error


def size(path):
    """Bytes of a file, also of a :class:`Part` (int)."""
    return path.place[2] if isinstance(path, Part) else os.path.getsize(path)


def sha256(path):
    """SHA-256 of a file (str of 64 hexadecimal digits)."""
    return digest(path, hashlib.sha256())


def digest(path, started):
    """The hash of a file, begun by a hash of :mod:`hashlib` (str of hexadecimal digits)."""
    with open(path, 'rb') as file:
        for piece in iter(lambda: file.read(2 ** 20), b''):
            started.update(piece)
    return started.hexdigest()


def by_place(folder, suffix):
    """What a training has saved in a folder, which need not be there, under names
    ``{epoch}_{iteration}{suffix}``: paths (list of pathlib.Path), oldest first; ``suffix`` is
    ``'_G.npz'``, ``'.npz'``, ..."""
    found = {}
    for path in pathlib.Path(folder).glob('*' + suffix):
        place = re.fullmatch(r'(\d+)_(\d+)' + re.escape(suffix), path.name)
        if place:
            found[tuple(map(int, place.groups()))] = path
    return [found[place] for place in sorted(found)]
