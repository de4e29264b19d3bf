"""The weights that have a name: those that ship, and those that are fetched when first used.

``records.json`` in the folder ``pretrained`` (installed as ``chainer_foodgan.pretrained``) is a
list with an object for each: the attributes of :class:`chainer_foodgan.weights.records.Record`.
"""

from __future__ import annotations

import importlib.resources
import json
import os
import pathlib
from typing import Optional, Union

from chainer_foodgan.errors import FoodganError, nearest
from chainer_foodgan.links.recognising import GENERATORS
from chainer_foodgan.weights.records import Record, parse

__all__ = ['DEFAULT_WEIGHTS', 'file_of', 'find', 'folder', 'names', 'path_of', 'record',
           'records']

#: What `foodgan translate` takes where nothing is said.
DEFAULT_WEIGHTS = 'magical_rice_bowl_student'


def folder() -> pathlib.Path:
    """The folder of the weights that ship (pathlib.Path)."""
    try:
        return pathlib.Path(str(importlib.resources.files('chainer_foodgan.pretrained')))
    except ModuleNotFoundError:  # a checkout that is on the path without being installed
        return pathlib.Path(__file__).parents[2] / 'pretrained'


def records() -> list[Record]:
    """All records (list of Record), in the order of the file."""
    path = folder() / 'records.json'
    try:
        return parse(json.loads(path.read_text(encoding='utf-8')))
    except (OSError, ValueError, FoodganError) as error:
        raise FoodganError(f'{path}: the list of weights cannot be used ({error}); install the '
                           'package again') from error


def names() -> list[str]:
    """The names that :func:`chainer_foodgan.weights.load` takes, of generators (list of str)."""
    return [record.name for record in records() if record.network in GENERATORS]


def record(name: str) -> Record:
    """What is known of weights that have a name.

    Args:
        name (str): One that `foodgan weights` lists.

    Returns:
        Record: All of it.

    Raises:
        FoodganError: There is none of that name; the message lists those there are.
    """
    known = {candidate.name: candidate for candidate in records()}
    if name not in known:
        raise FoodganError(f'there are no weights named {name}; {nearest(name, known)}')
    return known[name]


def find(source: Union[str, os.PathLike]) -> Optional[Record]:
    """The record of what :func:`chainer_foodgan.weights.load` is given; None where it is a file."""
    if isinstance(source, os.PathLike):
        return None
    return next((record for record in records() if record.name == source), None)


def path_of(name: str, from_file: Optional[Union[str, os.PathLike]] = None) -> pathlib.Path:
    """The file of weights that have a name, checked against its record.

    Args:
        name (str): One that `foodgan weights` lists.
        from_file (str or os.PathLike): For weights that are fetched: the released file, where
            somebody has it already.

    Returns:
        pathlib.Path: A file that ships, or an npz file in the cache.

    Raises:
        FoodganError: The name is unknown, or the file cannot be had or is not the one recorded.
    """
    return file_of(record(name), from_file)


def file_of(entry: Record, from_file: Optional[Union[str, os.PathLike]] = None) -> pathlib.Path:
    """The file of a record; see :func:`path_of`."""
    if entry.addresses:
        from chainer_foodgan.weights.fetching import cache  # with all that a download takes

        return cache.fetch(entry, from_file)
    if from_file is not None:
        raise FoodganError(f'{entry.name} ships with the package; leave the file out')
    path = folder() / entry.file
    try:
        fault = entry.fault(path)
    except OSError as error:
        raise FoodganError(f'{path}: the weights {entry.name} cannot be read: {error.strerror}; '
                           'install the package again') from error
    if fault is not None:
        raise FoodganError(f'{path}: {fault}; install the package again')
    return path
