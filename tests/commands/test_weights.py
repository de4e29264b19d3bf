"""``foodgan weights``: the table of what there is."""

import json

import pytest

from chainer_foodgan.commands import main
from chainer_foodgan.commands.weights import table
from chainer_foodgan.weights import registry

RECORD = {'name': registry.DEFAULT_WEIGHTS, 'file': 'G.npz', 'sha256': 64 * '0',
          'network': 'generator', 'categories': ['curry', 'ramen'], 'image_size': 48,
          'licence': 'MIT', 'attribution': 'nobody', 'trained_on': 'rendered bowls'}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(registry, 'folder', lambda: tmp_path)
    monkeypatch.setenv('COLUMNS', '100')
    return tmp_path


def test_each_has_a_row(folder, capsys):
    (folder / 'records.json').write_text(json.dumps([
        RECORD, {**RECORD, 'name': 'other', 'category_order': 'inferred'}]))
    assert main(['weights']) == 0
    head, _, first, _, second = capsys.readouterr().out.splitlines()
    assert head.split('  ')[0] == 'name' and head.endswith('trained on')
    assert first.split() == [RECORD['name'], '(default)', 'curry,', 'ramen', '48', 'MIT',
                             'rendered', 'bowls']
    assert second.startswith('other ') and 'curry, ramen (order inferred)' in second
    for text in 'curry', '48', 'MIT', 'rendered':
        assert first.index(text) == second.index(text)


def test_the_list_that_ships_fits_the_terminal(capsys, monkeypatch):
    for width in 80, 100:
        monkeypatch.setenv('COLUMNS', str(width))
        assert main(['weights']) == 0
        shown = capsys.readouterr().out
        assert max(map(len, shown.splitlines())) <= width
        assert all(name in shown for name in ('magical_rice_bowl', 'inferred)', 'MIT'))


def test_a_mask_is_shown_as_one(folder, capsys, monkeypatch):
    monkeypatch.setenv('COLUMNS', '120')
    (folder / 'records.json').write_text(json.dumps([
        RECORD, {**RECORD, 'name': 'mask', 'network': 'mask', 'categories': []}]))
    assert main(['weights']) == 0
    assert 'none: it finds the food, for --mask auto' in ' '.join(capsys.readouterr().out.split())
    assert main(['weights', 'mask']) == 0
    shown = capsys.readouterr().out
    assert 'their order' not in shown and 'network         mask' in shown


def test_one_is_shown_whole(folder, capsys, monkeypatch):
    monkeypatch.setenv('COLUMNS', '60')
    record = {**RECORD, 'name': 'far', 'category_order': 'inferred', 'size': 1500000,
              'addresses': ['https://127.0.0.1/' + 50 * 'x'], 'paper': 'a ' * 50,
              'quality': 'FID 12.5'}
    (folder / 'records.json').write_text(json.dumps([RECORD, record]))
    assert main(['weights', 'far']) == 0
    shown = capsys.readouterr().out
    lines = [line.split('  ', 1) for line in shown.splitlines() if not line.startswith(' ')]
    facts = {key: value.strip() for key, value in lines}
    assert facts['categories'] == 'curry, ramen' and facts['image size'] == '48 x 48 pixels'
    assert facts['file size'] == '1.5 MB' and facts['quality'] == 'FID 12.5'
    assert facts['SHA-256'] == 64 * '0' and 'git blob SHA-1' not in facts
    assert record['addresses'][0] in shown
    assert 'is inferred, not proven' in ' '.join(shown.split())
    assert shown.split().count('a') == 50
    assert max(len(line) for line in shown.splitlines() if 'xxx' not in line and '000' not in line
               ) <= 60


def test_an_unknown_name_is_one_line(folder, capsys):
    (folder / 'records.json').write_text(json.dumps([RECORD]))
    assert main(['weights', RECORD['name'][:-1]]) == 1
    output, error = capsys.readouterr()
    assert output == '' and error.count('\n') == 1
    assert 'did you mean ' + RECORD['name'] in error


def test_a_list_that_is_absent_is_one_line(folder, capsys):
    assert main(['weights']) == 1
    assert capsys.readouterr().err.count('\n') == 1


@pytest.mark.parametrize('width', [40, 60, 80])
def test_lines_fit_and_no_word_is_lost(width):
    words = [f'word{index}' for index in range(30)]
    text = table([('name', 'words', 'end'), ('a', ' '.join(words), 'z ' * 20)], width)
    assert max(map(len, text.splitlines())) <= width
    assert set(words) <= set(text.split())
