"""The weights that ship with the package, and their records.

``records.json`` in the folder ``pretrained`` (installed as ``chainer_foodgan.pretrained``) is a
list with an object for each: name, file, sha256, network, categories, image_size, licence,
attribution, trained_on, paper, quality.
"""

import hashlib
import importlib.resources
import json
import pathlib

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.nearest import nearest

#: What `foodgan translate` takes where nothing is said.
DEFAULT_WEIGHTS = 'bowls_64'


def folder():
    """The folder of the weights that ship (pathlib.Path)."""
    try:
        return pathlib.Path(str(importlib.resources.files('chainer_foodgan.pretrained')))
    except ModuleNotFoundError:  # a checkout that is on the path without being installed
        return pathlib.Path(__file__).parents[2] / 'pretrained'


def records():
    """All records (list of dict), in the order of the file."""
    path = folder() / 'records.json'
    try:
        return json.loads(path.read_text(encoding='utf-8'))
    except (OSError, ValueError) as error:
        raise FoodganError('{}: the list of weights cannot be read ({}); install the package '
                           'again'.format(path, error)) from error


def names():
    """The names that :func:`chainer_foodgan.weights.load` takes (list of str)."""
    return [record['name'] for record in records()]


def record(name):
    """What is known of weights that ship.

    Args:
        name (str): One of :func:`names`.

    Returns:
        dict: The record.

    Raises:
        FoodganError: There is none of that name; the message lists those there are.
    """
    for candidate in records():
        if candidate['name'] == name:
            return candidate
    raise FoodganError('there are no weights named {}; {}'.format(name, nearest(name, names())))


def path_of(name):
    """The file of weights that ship, checked against its record.

    Args:
        name (str): One of :func:`names`.

    Returns:
        pathlib.Path: The file.

    Raises:
        FoodganError: The name is unknown, or the file is absent or is not the one recorded.
    """
    entry = record(name)
    path = folder() / entry['file']
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise FoodganError('{}: the weights {} cannot be read: {}; install the package '
                           'again'.format(path, name, error.strerror)) from error
    if digest != entry['sha256']:
        raise FoodganError('{}: not the file that was released as {} (SHA-256 {}..., recorded is '
                           '{}...); install the package again'.format(
                               path, name, digest[:12], entry['sha256'][:12]))
    return path
