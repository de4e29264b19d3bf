"""Kinds of values: each checks a value, or reads it from the text of a command line.

They raise ``ValueError`` with a sentence that goes on after the value's name.
"""

import math

from chainer_foodgan.errors import nearest

METRICS = ('accuracy', 'content', 'cycle', 'difference', 'psnr', 'ssim', 'lpips', 'texture', 'fid',
           'kid', 'is')


def names(value):
    """``'ramen,soba'`` -> ``['ramen', 'soba']``; each once, spaces around them taken off."""
    words = value.split(',') if isinstance(value, str) else value
    found = list(dict.fromkeys(filter(None, (name.strip() for name in words))))
    if not found:
        raise ValueError('names, separated by commas, are missing')
    return found


def integer(value):
    """An integer."""
    return _number(value, int, 'whole number', lambda number: True)


def positive(value):
    """An integer above 0."""
    return _number(value, int, 'whole number above 0', lambda number: number > 0)


def natural(value):
    """An integer from 0 on."""
    return _number(value, int, 'whole number from 0 on', lambda number: number >= 0)


def number(value):
    """A number."""
    return _number(value, float, 'number', lambda number: True)


def share(value):
    """A number above 0 and below 1."""
    return _number(value, float, 'number between 0 and 1', lambda number: 0 < number < 1)


def share_or_count(value):
    """A whole number of photos, or a share of them below 1."""
    try:
        return natural(value)
    except ValueError:
        return share(value)


def strength(value):
    """A number above 0, or ``'auto'``."""
    if value == 'auto':
        return value
    try:
        return _number(value, float, '', lambda number: 0 < number < math.inf)
    except ValueError:
        raise ValueError(f'{value!r} is neither a number above 0 nor auto') from None


def augmentations(value):
    """Names of augmentations, separated by commas."""
    if not set(value.split(',')) <= {'color', 'translation', 'cutout'}:
        raise ValueError(f'{value!r} is not made of color, translation and cutout')
    return value


def numbers(value):
    """``'3,5'`` -> ``[3, 5]``; each once."""
    found = value.split(',') if isinstance(value, str) else value
    return list(dict.fromkeys(map(natural, found)))


def metrics(value):
    """Names of metrics."""
    return _among(METRICS, value)


def extractors(value):
    """Names of networks whose features are compared."""
    return _among(('classifier', 'inception'), value)


def _number(value, kind, what, fits):
    try:
        found = kind(value)
        if fits(found) and (isinstance(value, str) or found == value):
            return found
    except (TypeError, ValueError):
        pass
    raise ValueError(f'{value!r} is no {what}')


def _among(known, value):
    found = names(value)
    for name in found:
        if name not in known:
            raise ValueError(f'{name}: there is no such name; {nearest(name, known)}')
    return found
