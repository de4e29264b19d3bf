"""The weights that have a name: those that ship, and those that are fetched when first used.

``records.json`` in the folder ``pretrained`` (installed as ``chainer_foodgan.pretrained``) is a
list with an object for each: the attributes of :class:`Record`.
"""

from __future__ import annotations

import dataclasses
import hashlib
import importlib.resources
import json
import os
import pathlib
from typing import Any, Optional, Union

from chainer_foodgan.errors import FoodganError, nearest
from chainer_foodgan.files import digest, sha256
from chainer_foodgan.links.recognising import GENERATORS

__all__ = ['DEFAULT_WEIGHTS', 'LIVE_WEIGHTS', 'Record', 'find', 'folder', 'git_blob_sha1',
           'names', 'record', 'records']

#: What `foodgan translate` takes where nothing is said.
DEFAULT_WEIGHTS = 'magical_rice_bowl_student'

#: What has to be fast takes: `foodgan live` and `site`.
LIVE_WEIGHTS = 'magical_rice_bowl_live'

Source = Union[str, os.PathLike]


@dataclasses.dataclass(frozen=True)
class Record:
    """Weights that have a name.

    Attributes:
        name (str): Lower-case letters, digits, ``_`` and ``-``.
        file (str): Name of the file: in ``pretrained/``, or as the code host has it.
        network (str): ``'generator'``, ``'conditional_generator'``, ``'discriminator'``,
            ``'classifier'`` or ``'mask'``.
        categories (tuple of str): In label order; none of a mask.
        image_size (int): Side of the photos that it was trained on, in pixels.
        licence (str): Of the weights.
        attribution (str): Whom to name.
        trained_on (str): The photos.
        category_order (str): ``'known'``, or ``'inferred'``: likely, but not proven.
        paper (str): Which one it belongs to.
        quality (str): What was measured, and on what.
        addresses (tuple of str): Where the file is fetched from, the first that has it. Empty for
            weights that ship.
        sha256 (str): Of the file, in hexadecimal digits; this or ``git_blob_sha1`` is there.
        git_blob_sha1 (str): SHA-1 of ``blob <size>``, a zero byte and the file: its name in git.
        size (int): Bytes of the file.
        parameters (int): How many the network has, of four bytes each in a file to be fetched.
    """

    name: str
    file: str
    network: str
    categories: tuple[str, ...]
    image_size: int
    licence: str
    attribution: str
    trained_on: str
    category_order: str = 'known'
    paper: Optional[str] = None
    quality: Optional[str] = None
    addresses: tuple[str, ...] = ()
    sha256: Optional[str] = None
    git_blob_sha1: Optional[str] = None
    size: Optional[int] = None
    parameters: Optional[int] = None

    @property
    def about_size(self) -> Optional[str]:
        """The size of the file, for a person: ``'33.8 MB'``, ``'about 34 MB'``, or None."""
        if self.size is not None:
            return f'{self.size / 1e6:.1f} MB'
        return self.parameters and f'about {4 * self.parameters / 1e6:.2g} MB'

    @property
    def limit(self) -> int:
        """Bytes that a fetched file has at most: where unknown, twice what its numbers take."""
        return self.size or 2 * 4 * self.parameters

    @property
    def meta(self) -> dict[str, Any]:
        """What a file of these weights says of itself, values for JSON."""
        found = {key: getattr(self, key) for key in (
            'name', 'network', 'categories', 'category_order', 'image_size', 'trained_on',
            'licence', 'attribution', 'paper')}
        return {key: list(value) if isinstance(value, tuple) else value
                for key, value in found.items() if value is not None}

    @property
    def order_note(self) -> Optional[str]:
        """What to say where the categories are shown: their order is not proven; or None."""
        if self.category_order == 'known':
            return None
        return (f'the order of the categories of {self.name} is inferred, not proven; '
                '`foodgan translate` takes another with --categories')

    def fault(self, path: Source) -> Optional[str]:
        """What tells a file from the one that is recorded, for a person; None where it is that.

        Raises:
            OSError: It cannot be read.
        """
        if self.sha256 is not None:
            kind, found, wanted = 'SHA-256', sha256(path), self.sha256
        else:
            kind, found, wanted = 'git blob SHA-1', git_blob_sha1(path), self.git_blob_sha1
        if found == wanted:
            return None
        with open(path, 'rb') as file:
            page = ' but a web page' if file.read(64).lstrip().startswith(b'<') else ''
        return (f'not the file that was released as {self.name}{page} ({kind} {found[:12]}..., '
                f'recorded is {wanted[:12]}...)')

    def path(self, from_file: Optional[Source] = None) -> pathlib.Path:
        """The file, checked: one that ships, or an npz file in the cache.

        Args:
            from_file: For weights that are fetched: the released file, where somebody has it.

        Raises:
            FoodganError: The file cannot be had or is not the one recorded.
        """
        if self.addresses:
            from chainer_foodgan.weights import cache  # with all that a download takes

            return cache.fetch(self, from_file)
        if from_file is not None:
            raise FoodganError(f'{self.name} ships with the package; leave the file out')
        path = folder() / self.file
        try:
            fault = self.fault(path)
        except OSError as error:
            fault = f'the weights {self.name} cannot be read: {error.strerror}'
        if fault is not None:
            raise FoodganError(f'{path}: {fault}; install the package again')
        return path


def git_blob_sha1(path: Source) -> str:
    """The name that git gives a file: the SHA-1 of ``blob <bytes>``, a zero byte and the content.
    """
    return digest(path, hashlib.sha1(b'blob %d\0' % os.path.getsize(path)))


def folder() -> pathlib.Path:
    """The folder of the weights that ship."""
    try:
        return pathlib.Path(str(importlib.resources.files('chainer_foodgan.pretrained')))
    except ModuleNotFoundError:  # a checkout that is on the path without being installed
        return pathlib.Path(__file__).parents[2] / 'pretrained'


def records() -> list[Record]:
    """All records, in the order of the file."""
    path = folder() / 'records.json'
    try:
        return [Record(**{key: tuple(value) if isinstance(value, list) else value
                          for key, value in entry.items()})
                for entry in json.loads(path.read_text(encoding='utf-8'))]
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise FoodganError(f'{path}: the list of weights cannot be used ({error}); install the '
                           'package again') from error


def names() -> list[str]:
    """The names that :func:`chainer_foodgan.weights.load` takes, of generators."""
    return [record.name for record in records() if record.network in GENERATORS]


def record(name: str) -> Record:
    """What is known of weights that have a name.

    Raises:
        FoodganError: There is none of that name; the message lists those there are.
    """
    known = {candidate.name: candidate for candidate in records()}
    if name not in known:
        raise FoodganError(f'there are no weights named {name}; {nearest(name, known)}')
    return known[name]


def find(source: Source) -> Optional[Record]:
    """The record of what :func:`chainer_foodgan.weights.load` is given; None where it is a file."""
    if isinstance(source, os.PathLike):
        return None
    return next((record for record in records() if record.name == source), None)
