"""The folder of uploads and pictures: how full it is, and when they are deleted."""

import contextlib
import pathlib
import secrets
import time


class Uploads:
    """Files that strangers have sent, and pictures made of them.

    Args:
        folder (path): Where they are. It is made, and belongs to nobody else.
        most (int): Bytes that it may hold.
        minutes (float): How old a file gets.
    """

    def __init__(self, folder, most=2 ** 30, minutes=15):
        self.folder, self.most, self.minutes = pathlib.Path(folder), most, minutes
        self.folder.mkdir(parents=True)
        self._kept = set()

    def new_path(self, name):
        """A path for a file to be saved, which nobody can guess, though its name is plain."""
        return self.folder / secrets.token_hex(32) / name

    def has(self, path):
        """Whether a file is one of these, by its path."""
        return pathlib.Path(path).resolve().is_relative_to(self.folder.resolve())

    def keep(self):
        """Keeps the files that are there now for good."""
        self._kept.update(path for path, _ in self._files())

    def room(self):
        """How many bytes there is still room for (int)."""
        return self.most - sum(status.st_size for _, status in self._files())

    def clean(self, now=None):
        """Deletes what is old.

        Args:
            now (float): Seconds since the epoch; None: what the clock says.

        Returns:
            set of str: The paths of the files that are no more.
        """
        now = time.time() if now is None else now
        gone = set()
        for path, status in self._files():
            if path not in self._kept and now - status.st_mtime > 60 * self.minutes:
                with contextlib.suppress(OSError):
                    path.unlink()
                    gone.add(str(path))
                with contextlib.suppress(OSError):  # there is something else in it
                    path.parent.rmdir()
        return gone

    def _files(self):
        for path in list(self.folder.rglob('*')):
            with contextlib.suppress(OSError):  # deleted in the meantime
                if path.is_file() and not path.is_symlink():
                    yield path, path.stat()
