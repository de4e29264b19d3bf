"""``foodgan weights``: the table of what there is."""

import json

import pytest

from chainer_foodgan.commands import main
from chainer_foodgan.commands.weights import table
from chainer_foodgan.weights import registry

RECORD = {'name': registry.DEFAULT_WEIGHTS, 'categories': ['curry', 'ramen'], 'image_size': 48,
          'licence': 'MIT', 'trained_on': 'rendered bowls'}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(registry, 'folder', lambda: tmp_path)
    monkeypatch.setenv('COLUMNS', '100')
    return tmp_path


def test_each_has_a_row(folder, capsys):
    (folder / 'records.json').write_text(json.dumps([RECORD, {**RECORD, 'name': 'other'}]))
    assert main(['weights']) == 0
    head, _, first, _, second = capsys.readouterr().out.splitlines()
    assert head.split('  ')[0] == 'name' and head.endswith('trained on')
    assert first.split() == [RECORD['name'], '(default)', 'curry,', 'ramen', '48', 'MIT',
                             'rendered', 'bowls']
    assert second.startswith('other ')
    for text in 'curry', '48', 'MIT', 'rendered':
        assert first.index(text) == second.index(text)


def test_a_list_that_is_absent_is_one_line(folder, capsys):
    assert main(['weights']) == 1
    assert capsys.readouterr().err.count('\n') == 1


@pytest.mark.parametrize('width', [40, 60, 80])
def test_lines_fit_and_no_word_is_lost(width):
    words = ['word{}'.format(index) for index in range(30)]
    text = table([('name', 'words', 'end'), ('a', ' '.join(words), 'z ' * 20)], width)
    assert max(map(len, text.splitlines())) <= width
    assert set(words) <= set(text.split())
