"""Tables for the terminal and for documents."""

import html
import re

import pytest

from chainer_foodgan.documents import from_csv, markdown, table, to_csv

ROWS = [['dish', 'share'], ['ramen', '9.0%'], ['牛丼', '+1']]


def test_figures_stand_to_the_right_as_they_are():
    assert table(ROWS).splitlines() == ['dish      share', 'ramen      9.0%', '牛丼         +1']


def test_markdown():
    assert table(ROWS, 'pipe').splitlines() == [
        '| dish   |   share |', '|:-------|--------:|', '| ramen  |    9.0% |',
        '| 牛丼   |      +1 |']


def test_a_head_alone():
    assert table([['dish', 'share']]).split() == ['dish', 'share']


NAMES = ['<img src=x onerror=alert(1)>', '[a](http://127.0.0.1)', '**a**', 'a|b', '_a_ b_', '`a`',
         '\\', 'a\nb', '# a', '![a](b)', '<!-- a', '[a]: /b', '</td>', 'a\\|b']


@pytest.mark.parametrize('name', NAMES)
def test_markdown_shows_what_is_in_it_as_text(name):
    """As markdown-it reads it, with HTML allowed."""
    markdown_it = pytest.importorskip('markdown_it', reason='needs markdown-it-py')
    page = markdown_it.MarkdownIt('commonmark', {'html': True}).enable('table').render(
        table([['dish', name], [name, '1']], 'pipe'))
    shown = html.escape(' '.join(name.split()))
    assert page.count(f'>{shown}</') == 2
    tags = set(re.findall('<[^ >]+', page))
    assert tags == {'<table', '<thead', '<tbody', '<tr', '<th', '<td', '</table', '</thead',
                    '</tbody', '</tr', '</th', '</td'}
    line = markdown_it.MarkdownIt('commonmark', {'html': True}).render('- ' + markdown(name))
    assert line == f'<ul>\n<li>{shown}</li>\n</ul>\n'


def test_plain_names_stay_plain_in_markdown():
    for name in 'fried_rice', 'conv_dim', '1 < 2', '95.1% (90.2 to 97.3)', '+0.31 dB', '牛丼':
        assert markdown(name) == name


@pytest.mark.parametrize('name', ['=1+1', '+a', '-a', '@a', '\ta', '\ra', '＝1', "'=1", "''=1"])
def test_no_formula_reaches_a_spreadsheet(name):
    assert to_csv(name) == "'" + name
    assert from_csv(to_csv(name)) == name


@pytest.mark.parametrize('name', ['-0.5', '+1e-3', '-7', '-inf', 'a=b', "'a'", "'", '', 'ラーメン'])
def test_numbers_and_names_stay_as_they_are(name):
    assert to_csv(name) == from_csv(name) == name


def test_what_is_no_text_stays_what_it_is():
    assert [to_csv(value) for value in (-1, -0.5, None)] == [-1, -0.5, None]
