"""The folder of uploads and pictures, of which Gradio deletes what is old."""

import contextlib
import pathlib
import secrets
import shutil
import tempfile
import time

from filelock import FileLock, Timeout

_EVERY = 30  # seconds between two looks for what is old
_PREFIX = 'foodgan-page-'


@contextlib.contextmanager
def temporary_folder():
    """A folder for as long as a server runs; takes away those of servers that were killed.

    Yields:
        pathlib.Path: It. A lock in it, which ends with the process, says that it is in use.
    """
    folder = pathlib.Path(tempfile.mkdtemp(prefix=_PREFIX))
    for left in pathlib.Path(tempfile.gettempdir()).glob(_PREFIX + '*'):
        with contextlib.suppress(OSError, Timeout):  # somebody else's, or in use
            if (left / 'lock').is_file() and left.lstat().st_uid == folder.stat().st_uid:
                with FileLock(left / 'lock', timeout=0):
                    shutil.rmtree(left)
    try:
        with FileLock(folder / 'lock'):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Uploads:
    """Files that strangers have sent, and pictures made of them.

    Args:
        folder (path): Where they are. It is made, and belongs to nobody else.
        most (int): Bytes that it may hold.
        minutes (float): How old a file gets.

    Attributes:
        delete_cache (tuple of int): The same for ``gradio.Blocks``: seconds between two looks for
            what is old, and seconds that a file gets old.
    """

    def __init__(self, folder, most=2 ** 30, minutes=15):
        self.folder, self.most, self.minutes = pathlib.Path(folder), most, minutes
        self.folder.mkdir(parents=True)
        age = round(60 * minutes)
        self.delete_cache = min(_EVERY, age), age

    def new_path(self, name):
        """A path for a file to be saved, which nobody can guess, though its name is plain."""
        return self.folder / secrets.token_hex(32) / name

    def has(self, path):
        """Whether a file is one of these, by its path."""
        return pathlib.Path(path).resolve().is_relative_to(self.folder.resolve())

    def room(self):
        """How many bytes there is still room for (int); takes away folders that are empty."""
        left = self.most
        for path in list(self.folder.rglob('*')):
            with contextlib.suppress(OSError):  # deleted in the meantime, or not empty
                status = path.lstat()
                if not path.is_dir():
                    left -= status.st_size
                elif time.time() - status.st_mtime > 60:  # a file may be on its way to a new one
                    path.rmdir()
        return left
