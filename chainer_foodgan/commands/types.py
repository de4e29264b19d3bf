"""Kinds of arguments that several commands take."""

import argparse
import math


def names(text):
    """``'ramen,soba'`` -> ``['ramen', 'soba']``; each once, spaces around them taken off."""
    found = list(dict.fromkeys(filter(None, (name.strip() for name in text.split(',')))))
    if not found:
        raise argparse.ArgumentTypeError('names, separated by commas, are missing')
    return found


def positive(text):
    """An integer above 0."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError('{!r} is no whole number above 0'.format(text))
    return number


def natural(text):
    """An integer from 0 on."""
    try:
        number = int(text)
    except ValueError:
        number = -1
    if number < 0:
        raise argparse.ArgumentTypeError('{!r} is no whole number from 0 on'.format(text))
    return number


def strength(text):
    """A number above 0, or ``'auto'``."""
    try:
        number = text if text == 'auto' else float(text)
    except ValueError:
        number = 0
    if number != 'auto' and not 0 < number < math.inf:
        raise argparse.ArgumentTypeError('{!r} is neither a number above 0 nor auto'.format(text))
    return number


def share(text):
    """A number above 0 and below 1."""
    try:
        number = float(text)
    except ValueError:
        number = 0
    if not 0 < number < 1:
        raise argparse.ArgumentTypeError('{!r} is no number between 0 and 1'.format(text))
    return number
