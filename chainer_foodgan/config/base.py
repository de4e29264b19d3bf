"""How an option is defined, once, for Python, the command line, records and documents.

A kind of values checks a value, or reads it from the text of a command line. It raises
``ValueError`` with a sentence that goes on after the value's name.
"""

from __future__ import annotations

import dataclasses
import math
import os
from typing import ClassVar

from chainer_foodgan.errors import FoodganError, nearest

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


#: What stands for a value in helps and tables, by the kind's name.
_UNITS = {'names': 'NAME,NAME', 'metrics': 'NAME,NAME', 'extractors': 'NAME,NAME',
          'numbers': 'N,N', 'augmentations': 'NAME,NAME'}


def option(default, help, kind=os.fspath, unit=None, *, group, choices=None, one_of=None,
           required=False, kept=True):
    """A field (dataclasses.Field) of a :class:`Config`; ``help`` is a plain line: what it is, and
    its unit.

    ``kind`` checks a value, given as such or as text, and returns it: one of the kinds above,
    ``bool``, or ``os.fspath`` for text and paths. ``unit`` stands for a value in helps, ``'DIR'``;
    None: what fits the kind. ``group`` is the heading that it belongs under. Of all options with
    the same word ``one_of`` at most one may be given, and one of them has to be where they are
    ``required``. ``kept``: whether it says what is computed and so belongs to a run's record,
    rather than where and by what.
    """
    return dataclasses.field(
        default=dataclasses.MISSING if required and not one_of else default,
        metadata={'help': help, 'kind': kind, 'group': group, 'choices': choices,
                  'unit': unit or _UNITS.get(kind.__name__, 'N'), 'one_of': one_of,
                  'required': required, 'kept': kept})


def default_text(field):
    """A field's default as a person reads it; ``''`` where there is none to name."""
    default = field.default
    if default in (None, False, dataclasses.MISSING, ()):
        return ''
    return ','.join(default) if isinstance(default, tuple) else f'{default:g}' if (
        isinstance(default, float)) else str(default)


@dataclasses.dataclass
class Config:
    """Base class: a dataclass all of whose fields are made by :func:`option`.

    Values are checked when a configuration is made, and may be given as the text of a command line.

    Raises:
        FoodganError: By making one: a value is not of its kind, or options exclude each other.
    """

    #: The headings of the groups, in the order of the help.
    groups: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self):
        for field in self.options():
            setattr(self, field.name, _checked(field, getattr(self, field.name)))
        exclusive = {}
        for field in self.options():
            exclusive.setdefault(field.metadata['one_of'], []).append(field)
        exclusive.pop(None, None)
        for fields in exclusive.values():
            given = [name_of(field) for field in fields
                     if getattr(self, field.name) != field.default]
            if len(given) > 1:
                raise FoodganError('{} and {}: choose one of them'.format(*given[:2]))
            if not given and fields[0].metadata['required']:
                raise FoodganError('name one of {}'.format(', '.join(map(name_of, fields))))

    @classmethod
    def options(cls):
        """The fields in the order of the help (list of dataclasses.Field)."""
        return sorted(dataclasses.fields(cls),
                      key=lambda field: cls.groups.index(field.metadata['group']))

    @classmethod
    def given(cls, values, **more):
        """A configuration of those of some values, such as a run's record, that are options of it;
        ``more`` take their place."""
        known = {field.name for field in dataclasses.fields(cls)}
        return cls(**{**{key: value for key, value in values.items() if key in known}, **more})

    def record(self):
        """What is computed: values for JSON by the options' names (dict)."""
        return {field.name: getattr(self, field.name) for field in self.options()
                if field.metadata['kept']}


def name_of(field):
    """A field's name as an option: ``'--image-size'``."""
    return '--' + field.name.replace('_', '-')


def _checked(field, value):
    kind, choices = field.metadata['kind'], field.metadata['choices']
    if value is None and field.default is None:
        return None
    try:
        value = kind(value)
        if choices is not None and value not in choices:
            raise ValueError('{!r} is none of {}'.format(value, ', '.join(choices)))
    except (TypeError, ValueError) as error:
        raise FoodganError(f'{name_of(field)}: {error}') from error
    return value


# Options of data that several configurations have: arguments of `option`.
DATA, PHOTOS = 'data', 'photos'

CATEGORIES = {'default': None, 'help': 'use only these, in this label order', 'kind': names,
              'group': DATA}
IMAGES = {'default': None, 'help': 'folder of the photos (default: rendered bowls)', 'unit': 'DIR',
          'group': DATA}
LIST = {'default': None, 'help': "the original's list file, or a manifest .csv (default: a "
        'sub-folder per category, or the layout of UEC FOOD)', 'unit': 'FILE', 'group': DATA}
TEST = {'default': None, 'help': 'photos to hold out, a number, or a share as 0.1, where the data '
        'set does not say it (a list file: 99, UEC FOOD: 0.1)', 'kind': share_or_count,
        'group': DATA}
SKIP_BAD = {'default': False, 'help': 'leave out photos that cannot be read', 'kind': bool,
            'group': DATA}
DEVICE = {'default': '@numpy', 'help': 'Chainer device: @numpy, or a GPU as @cupy or @cupy:1',
          'unit': 'DEVICE', 'kept': False}
#: Photos of all splits, for curation.
ALL_IMAGES = {**IMAGES, 'help': 'folder of the photos', 'group': PHOTOS, 'required': True}
ALL_LIST = {**LIST, 'group': PHOTOS, 'help': "the original's list file, or a manifest .csv "
            '(default: a sub-folder per category)'}
ALL_TEST = {**TEST, 'group': PHOTOS}
