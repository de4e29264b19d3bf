"""Messages and helps in Japanese: complete, up to date, and in the right places."""

import importlib.util
import io
import pathlib
import re
import time

import pytest

from chainer_foodgan import commands, i18n
from chainer_foodgan.commands import main

VARIABLES = 'LANGUAGE', 'LC_ALL', 'LC_MESSAGES', 'LANG'
TOOL = pathlib.Path(__file__).parents[1] / '.ci' / 'messages.py'


@pytest.fixture
def locale(monkeypatch):
    """``locale(LANG='ja_JP.UTF-8')``: these variables, and none else."""
    def choose(**values):
        for name in VARIABLES:
            monkeypatch.delenv(name, raising=False)
            if name in values:
                monkeypatch.setenv(name, values[name])
    return choose


@pytest.mark.parametrize('values, expected', [
    ({'LANG': 'ja_JP.UTF-8'}, True), ({'LANG': 'ja'}, True), ({'LANGUAGE': 'ja:en'}, True),
    ({'LANG': 'en_US.UTF-8', 'LC_MESSAGES': 'ja_JP.UTF-8'}, True),
    ({'LANG': 'ja_JP.UTF-8', 'LC_ALL': 'C.UTF-8'}, False),
    ({'LANG': 'ja_JP.UTF-8', 'LANGUAGE': 'en:ja'}, False),
    ({'LANG': 'en_US.UTF-8', 'LC_ALL': '', 'LANGUAGE': 'ja'}, True), ({}, False),
    ({'LANG': 'C'}, False)])
def test_the_language_is_that_of_the_locale(locale, values, expected):
    locale(**values)
    assert i18n.japanese() == expected
    english = 'rendered bowls'
    assert (i18n.message(english) != english) == expected


@pytest.mark.parametrize('encoding', ['ascii', 'latin-1', 'cp1252', 'euc-jp', 'shift_jis'])
def test_what_cannot_be_written_is_english(locale, monkeypatch, encoding):
    locale(LANG='ja_JP')
    monkeypatch.setattr('sys.stderr', io.TextIOWrapper(io.BytesIO(), encoding))
    assert i18n.japanese() == encoding.endswith('jp') or encoding == 'shift_jis'


def test_every_translation_is_found_and_fits():
    for english, japanese in i18n.catalogue().items():
        count = english.count('{}')
        words = [f'w{number}' for number in range(count)]
        said, expected = english, japanese
        for number, word in enumerate(words):
            said, expected = said.replace('{}', word, 1), expected.replace(f'{{{number}}}', word)
        assert japanese and not (count and re.search(r'\{\d*\}', expected)), english
        assert i18n.translated(said) == expected, english
        # What is typed in a terminal stays the same in every language.
        for typed in re.findall(r'(?<!\w)--[a-z-]+|`[^`]+`|pip install [\w"\[\].]+', said):
            assert typed in expected, english


def test_what_is_filled_in_stays_and_its_parts_are_translated(locale):
    locale(LANG='ja_JP.UTF-8')
    assert i18n.message('cannot write {1}\\1.png: No space left on device; what was there before '
                        'is untouched') == (
        '{1}\\1.png を書けません: ディスクに空きがありません。元からあったものはそのままです')
    assert i18n.message('a.npz: not an npz file but a photo (JPEG); weights are .npz, .pth or '
                        '.safetensors files') == (
        'a.npz: npz ファイルではなく、写真（JPEG）です。'
        '重みは .npz、.pth、.safetensors のファイルです')
    assert i18n.message('ramn: the weights know no such dish; did you mean ramen? There are ramen, '
                        'soba') == (
        'ramn: 重みはこの料理を知りません。ramen のことでしょうか。あるのは ramen, soba です')
    assert i18n.message('nobody has said this') == 'nobody has said this'


def test_a_name_made_to_be_searched_for_long_is_none(locale):
    locale(LANG='ja_JP.UTF-8')
    name = ''.join((': ', ' of ', ' has ', ' is ', ' x ', ' (', '); ', '; ')) * 99
    begin = time.process_time()
    i18n.message(name[:1400])
    assert i18n.message(name) == name and time.process_time() - begin < 20


@pytest.fixture
def tool():
    if not TOOL.exists():
        pytest.skip('compares with the code, in a checkout')
    spec = importlib.util.spec_from_file_location('messages', TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_no_translation_of_what_the_code_does_not_say_any_more(tool):
    assert tool.stale() == set(), 'python .ci/messages.py lists what changed'


def test_nearly_all_is_translated(tool):
    """Not all: who writes an option or an error need not know Japanese."""
    helps, errors = tool.missing()
    assert len(helps) < 0.1 * len(tool.helps()) and len(errors) < 0.2 * len(tool.errors())


@pytest.mark.parametrize('command', [None, *commands.COMMANDS])
def test_helps(locale, monkeypatch, capsys, command):
    monkeypatch.setenv('COLUMNS', '80')
    shown = {}
    for language in 'en', 'ja':
        locale(LANG=language)
        if command is None:
            assert main([]) == 0
        else:
            with pytest.raises(SystemExit) as caught:
                main([command, '--help'])
            assert caught.value.code == 0
        shown[language] = capsys.readouterr().out
    assert shown['ja'].startswith('使い方: foodgan')
    # The same options in the same order, and the same commands to copy.
    for pattern in r'(?m)^  (-[^ ]+)', r'(?m)^ *(foodgan [^ ]+ .*?)(?:  |$)':
        assert re.findall(pattern, shown['ja']) == re.findall(pattern, shown['en'])
    options = shown['ja'].split('例:')[0].split('はじめに:')[0]
    assert max(map(i18n.cells, options.splitlines())) <= 90
    letters = [sum('\u3040' <= c <= '\u9fff' for c in shown[key]) for key in ('ja', 'en')]
    assert letters[0] > 50 and letters[1] == 0


def test_what_goes_wrong(locale, capsys):
    locale(LANG='ja_JP.UTF-8')
    assert main(['weights', 'bowl_64']) == 1
    assert re.fullmatch('foodgan: bowl_64 という名前の重みはありません。bowls_64 のことでしょうか。'
                        r'あるのは .*bowls_64.* です\n', capsys.readouterr().err)
    for arguments, line in (
            (['translate', 'a.jpg'], '次の指定が必要です: --to'),
            (['train', '--out', 'a', '--keep', '0'], "--keep: '0' は 1 以上の整数ではありません"),
            (['weights', 'a', 'b'], '分からない指定です: b')):
        with pytest.raises(SystemExit) as caught:
            main(arguments)
        assert caught.value.code == 2
        assert capsys.readouterr().err.rstrip().endswith('error: ' + line)


@pytest.mark.parametrize('width', [10, 24, 40, 79])
def test_lines(width):
    text = ('写真の料理を、別の料理に変えます。`foodgan weights` に出る名前、または「ファイル」'
            '（既定値: bowls_64）。OpenVINO があればそれを使います。')
    lines = i18n.wrap(text, width)
    longest = max(i18n.cells(word) for word in re.findall('[「（]?[!-~]+[、。）」]*', text))
    assert max(map(i18n.cells, lines)) <= max(width, longest)
    assert ''.join(lines).replace(' ', '') == text.replace(' ', '')
    assert not any(line[:1] in '、。，」）ー' for line in lines)
    assert not any(line[-1] in '「（' for line in lines)
