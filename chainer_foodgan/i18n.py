"""Messages and helps in the language of the locale: Japanese, or English, which the code has.

``locale/ja.po`` holds the translations in the format of gettext, read as it is: there is nothing
to compile. A ``{}`` stands for what a message says of the case at hand; the translation names the
first of these ``{0}``, the second ``{1}``. What has no translation stays English.
"""

import argparse
import functools
import json
import os
import pathlib
import re
import sys
import unicodedata

_ENTRY = re.compile(r'^msgid ((?:".*"\n)+)msgstr ((?:".*"\n)+)', re.MULTILINE)
_LONGEST = 1500  # of a message: the time of a search grows with a power of it
# A word of ASCII, or a character; what must not begin a line stays with it, and so does a bracket.
_PIECE = re.compile(r'[「『（]*(?:[!-~]+|[^!-~])[、。，．：；？！）」』ー々っゃゅょッャュョ]*')


def japanese():
    """Whether the locale is Japanese, as gettext finds it, and can be written (bool)."""
    chosen = next(filter(None, map(os.environ.get, (
        'LANGUAGE', 'LC_ALL', 'LC_MESSAGES', 'LANG'))), '')
    if not chosen.startswith('ja'):
        return False
    try:
        for stream in sys.stdout, sys.stderr:
            '料理を変える'.encode(getattr(stream, 'encoding', None) or 'ascii')
        return True
    except UnicodeEncodeError:
        return False


@functools.lru_cache(None)
def catalogue():
    """The translations (dict), English to Japanese."""
    text = (pathlib.Path(__file__).parent / 'locale' / 'ja.po').read_text('utf-8')
    return {english: japanese for english, japanese in (
        map(_unquoted, entry) for entry in _ENTRY.findall(text)) if english}


def _unquoted(lines):
    return ''.join(map(json.loads, lines.splitlines()))


@functools.lru_cache(None)
def _patterns():
    """Those with ``{}`` as ``(regular expression, translation)``, the longest first."""
    found = sorted((english for english in catalogue() if '{}' in english), key=len, reverse=True)
    return [(re.compile('(.*?)'.join(map(re.escape, english.split('{}'))), re.DOTALL),
             catalogue()[english]) for english in found]


def message(text):
    """A message, one line of English, in the language of the locale; what has no translation stays
    as it is, and so does one that is overlong."""
    return translated(text) if len(text) < _LONGEST and japanese() else text


def translated(text):
    """The Japanese of a message (str); see :func:`message`."""
    if text in catalogue():
        return catalogue()[text]
    for pattern, translation in _patterns():
        match = pattern.fullmatch(text)
        if match is not None:
            parts = dict(enumerate(map(translated, match.groups())))
            return re.sub(r'\{(\d)\}', functools.partial(_part, parts), translation)
    return text


def _part(parts, found):
    return parts[int(found[1])]


def formatter():
    """The formatter of helps (type) for :class:`argparse.ArgumentParser`."""
    return _Japanese if japanese() else argparse.RawDescriptionHelpFormatter


class _Japanese(argparse.RawDescriptionHelpFormatter):
    """Translates headings, descriptions and helps, and wraps them by the cells that they take."""

    def start_section(self, heading):
        super().start_section(heading and translated(heading))

    def add_usage(self, usage, actions, groups, prefix=None):
        super().add_usage(usage, actions, groups, '使い方: ' if prefix is None else prefix)

    def add_text(self, text):
        whole = ' '.join((text or '').split())
        if whole in catalogue():
            text = '\n'.join(wrap(catalogue()[whole], 90))
        elif text:
            text = '\n'.join(map(_line, text.split('\n')))
        super().add_text(text)

    def _get_help_string(self, action):
        return help_text(action.help)

    def _split_lines(self, text, width):
        return wrap(' '.join(text.split()), width)


def _line(text):
    """A line of examples, of which what stands behind a command is translated."""
    begin, end = re.fullmatch(r'(.*\S {2,}|\s*)(.*)', text).groups()
    return begin + catalogue().get(end, end)


def help_text(text):
    """Translates a help of argparse, ``'pixels (default: 64)'``, whose ``%`` are doubled and whose
    default ends it in brackets; what has no translation stays as it is."""
    plain, default = text.replace('%%', '%'), ''
    stated = re.fullmatch(r'(.+) \(default: (.*)\)', plain)
    if plain not in catalogue() and stated is not None:
        plain, default = stated[1], f'（既定値: {catalogue().get(stated[2], stated[2])}）'
    if plain not in catalogue():
        return text
    return re.sub(r'%(?!\(default\)s)', '%%', catalogue()[plain] + default)


def wrap(text, width):
    """Lines of at most ``width`` cells, of which a Japanese character takes two (list of str)."""
    lines = ['']
    for piece in re.findall(r'\s|' + _PIECE.pattern, text):
        if cells(lines[-1] + piece) > width and lines[-1]:
            lines.append('')
        lines[-1] += piece if lines[-1] or piece.strip() else ''
    return [line.rstrip() for line in lines]


def cells(text):
    """The cells of a terminal that a text takes (int)."""
    return sum(2 if unicodedata.east_asian_width(character) in 'WF' else 1 for character in text)
