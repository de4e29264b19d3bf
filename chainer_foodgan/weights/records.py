"""What is known of weights: one typed record each, read from ``records.json``."""

import dataclasses
import hashlib
import os
import re
from typing import Any, Optional, Union

from chainer_foodgan.errors import FoodganError, nearest
from chainer_foodgan.files import digest, sha256
from chainer_foodgan.links.recognising import GENERATORS

__all__ = ['Record', 'git_blob_sha1', 'parse']

_DIGITS = {'sha256': 64, 'git_blob_sha1': 40}


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
    categories: tuple
    image_size: int
    licence: str
    attribution: str
    trained_on: str
    category_order: str = 'known'
    paper: Optional[str] = None
    quality: Optional[str] = None
    addresses: tuple = ()
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
        """Bytes that a file to be fetched has at most: where unknown, twice what its numbers take.
        """
        return self.size or 2 * 4 * self.parameters

    @property
    def meta(self) -> dict[str, Any]:
        """What a file of these weights says of itself (dict): see :mod:`weights.npz`."""
        keys = ('name', 'network', 'categories', 'category_order', 'image_size', 'trained_on',
                'licence', 'attribution', 'paper')
        return {key: value for key, value in self.as_json().items() if key in keys}

    @property
    def order_note(self) -> Optional[str]:
        """What to say where the categories are shown: their order is not proven; or None."""
        if self.category_order == 'known':
            return None
        return (f'the order of the categories of {self.name} is inferred, not proven; '
                '`foodgan translate` takes another with --categories')

    def fault(self, path: Union[str, os.PathLike]) -> Optional[str]:
        """Compares a file with the hash of this record.

        Args:
            path: The file.

        Returns:
            str or None: None where it is that file; else what differs, for a person.

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

    def as_json(self) -> dict[str, Any]:
        """The entry that :func:`parse` makes this record of (dict)."""
        return {key: list(value) if isinstance(value, tuple) else value
                for key, value in dataclasses.asdict(self).items()
                if value is not None and (value != () or key == 'categories')}


def git_blob_sha1(path: Union[str, os.PathLike]) -> str:
    """The name that git gives a file (str of 40 hexadecimal digits).

    It is the SHA-1 of ``blob <size in bytes>``, a zero byte and the content.
    """
    return digest(path, hashlib.sha1(b'blob %d\0' % os.path.getsize(path)))


def parse(entries: Any) -> list[Record]:
    """Makes records of what ``records.json`` holds.

    Args:
        entries (list of dict): As :meth:`Record.as_json` gives them.

    Returns:
        list of Record: In the same order.

    Raises:
        FoodganError: An entry lacks something or has something wrong; the message says which.
    """
    if not isinstance(entries, list):
        raise FoodganError('not a list of records')
    records = []
    for number, entry in enumerate(entries, 1):
        if not isinstance(entry, dict):
            raise FoodganError(f'entry {number} is no record')
        name = entry.get('name', f'entry {number}')
        faults = _wrong_keys(entry) or _wrong_values(entry)
        if name in [record.name for record in records]:
            faults.append('the name is taken')
        if faults:
            raise FoodganError('{}: {}'.format(name, ', '.join(faults)))
        records.append(Record(**{key: tuple(value) if isinstance(value, list) else value
                                 for key, value in entry.items()}))
    return records


def _wrong_keys(entry):
    fields = dataclasses.fields(Record)
    names = [field.name for field in fields]
    faults = [f'nothing is called {key} ({nearest(key, names)})'
              for key in entry if key not in names]
    faults += [f'it lacks {field.name}' for field in fields
               if field.default is dataclasses.MISSING and field.name not in entry]
    for field in fields:
        value = entry.get(field.name)
        if value is None and field.name in entry:
            faults.append(f'{field.name} is null, leave it out')
        elif field.name in entry and not _fits(value, field.type):
            faults.append(f'{field.name} cannot be {value!r}')
    return faults


def _fits(value, kind):
    if kind is tuple:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if kind in (int, Optional[int]):
        return type(value) is int and value > 0
    return isinstance(value, str) and value != ''


def _wrong_values(entry):
    categories, addresses = entry['categories'], entry.get('addresses', [])
    hashes = [key for key in _DIGITS if key in entry]
    rules = (
        (re.fullmatch('[a-z0-9_-]+', entry['name']),
         'the name takes lower-case letters, digits, _ and -'),
        (re.fullmatch(r'\w[\w.-]*', entry['file']), 'file is a name without a folder'),
        (entry['network'] in (*GENERATORS, 'discriminator', 'classifier', 'mask'),
         'network cannot be {}'.format(entry['network'])),
        (bool(categories) != (entry['network'] == 'mask')
         and len(set(categories)) == len(categories),
         'categories differ from another, and a mask has none'),
        (entry.get('category_order', 'known') in ('known', 'inferred'),
         'category_order is known or inferred'),
        (all(re.match('https?://', address) for address in addresses),
         'addresses begin with https://'),
        (not addresses or 'size' in entry or 'parameters' in entry,
         'what is fetched needs its size or the number of its parameters'),
        (len(hashes) == 1, 'it needs one hash, sha256 or git_blob_sha1'),
        (all(re.fullmatch(f'[0-9a-f]{{{_DIGITS[key]}}}', entry[key]) for key in hashes),
         'its hash takes {} hexadecimal digits'.format(_DIGITS[hashes[0]] if hashes else '')),
    )
    return [fault for holds, fault in rules if not holds]
