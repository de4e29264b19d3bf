"""Telling by its hash whether a file is the one that a record means."""

import hashlib
import os

_PIECE = 2 ** 20


def sha256(path):
    """SHA-256 of a file (str of 64 hexadecimal digits)."""
    return _digest(hashlib.sha256(), path)


def git_blob_sha1(path):
    """The name that git gives a file (str of 40 hexadecimal digits).

    It is the SHA-1 of ``blob <size in bytes>``, a zero byte and the content.
    """
    return _digest(hashlib.sha1(b'blob %d\0' % os.path.getsize(path)), path)


def fault(path, record):
    """Compares a file with the hash of its record.

    Args:
        path (str or os.PathLike): The file.
        record (Record): What it should be.

    Returns:
        str or None: None where it is that file; else what differs, for a person.

    Raises:
        OSError: It cannot be read.
    """
    if record.sha256 is not None:
        kind, found, wanted = 'SHA-256', sha256(path), record.sha256
    else:
        kind, found, wanted = 'git blob SHA-1', git_blob_sha1(path), record.git_blob_sha1
    if found == wanted:
        return None
    with open(path, 'rb') as file:
        head = file.read(64).lstrip()
    page = ' but a web page' if head.startswith(b'<') else ''
    return 'not the file that was released as {}{} ({} {}..., recorded is {}...)'.format(
        record.name, page, kind, found[:12], wanted[:12])


def _digest(digest, path):
    with open(path, 'rb') as file:
        for piece in iter(lambda: file.read(_PIECE), b''):
            digest.update(piece)
    return digest.hexdigest()
