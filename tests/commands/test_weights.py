"""``foodgan weights``, ``convert`` and ``fetch``, and translating with what was fetched."""

import json

import numpy as np
import pytest
from PIL import Image

from chainer_foodgan import weights
from chainer_foodgan.commands import main
from chainer_foodgan.commands.weights import table
from chainer_foodgan.files import sha256
from chainer_foodgan.links import Generator
from chainer_foodgan.weights import registry

import chainer

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


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    weights.save(Generator(4, 3, 2), 'G.npz', {'categories': ['curry', 'ramen', 'soba']})


def test_it_tells_what_it_found_and_what_it_wrote(place, capsys):
    assert main(['convert', 'G.npz', 'G.pth']) == 0
    first, second, third = capsys.readouterr().out.splitlines()
    assert first == 'G.npz: Generator(conv_dim=4, c_dim=3, repeat_num=2)'
    assert second.startswith('categories: curry, ramen, soba (a PyTorch state dict has no place')
    assert third.startswith('G.pth: 0.') and third.endswith('read back and found equal')


def test_names_are_given_and_what_is_left_out_is_told(place, capsys):
    np.savez('old.npz', **weights.state_dict(weights.load('G.npz')))
    assert main(['convert', 'old.npz', 'new.npz', '--categories', 'a,b,c']) == 0
    shown = capsys.readouterr()
    assert 'left out 18 arrays of running statistics' in shown.out and shown.err == ''
    assert 'categories: a, b, c\n' in shown.out
    assert weights.load('new.npz').categories == ('a', 'b', 'c')
    assert main(['convert', 'old.npz', 'new.npz']) == 0
    assert '--categories NAME,... says them' in capsys.readouterr().out


@pytest.mark.parametrize('arguments, says', [
    (['nothing.pth', 'a.npz'], 'foodgan: nothing.pth: there is no such file'),
    (['G.npz', 'a.txt'], "foodgan: a.txt: weights do not come as '.txt' here"),
    (['G.npz', 'a.pth', '--categories', 'a,b'], 'foodgan: G.npz: its network has 3 categories')])
def test_what_cannot_be_converted_is_one_line(place, capsys, arguments, says):
    assert main(['convert', *arguments]) == 1
    shown = capsys.readouterr()
    assert shown.out == '' and shown.err.startswith(says) and shown.err.count('\n') == 1


@pytest.fixture
def released(tmp_path, monkeypatch):
    """The current folder, with a released file, and a list of it and of one that ships."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(chainer.dataset.download, '_dataset_root', str(tmp_path / 'root'))
    monkeypatch.setattr(registry, 'folder', lambda: tmp_path)
    chainer.serializers.save_npz('G.npz', Generator(4, 2, 1, rng=np.random.default_rng(0)))
    near = {'name': 'near', 'file': 'G.npz', 'sha256': sha256('G.npz'), 'image_size': 16,
            'network': 'generator', 'categories': ['ramen', 'soba'], 'licence': 'MIT',
            'attribution': 'nobody', 'trained_on': 'nothing'}
    far = {**near, 'name': 'far', 'category_order': 'inferred', 'size': 3,
           'addresses': ['http://127.0.0.1:9/G.npz']}
    (tmp_path / 'records.json').write_text(json.dumps([near, far]))
    return tmp_path


def test_from_a_file_it_prints_the_path_and_what_is_not_proven(released, capsys):
    assert main(['fetch', 'far', '--from-file', 'G.npz']) == 0
    output, error = capsys.readouterr()
    path = released / 'root' / 'chainer_foodgan' / 'weights' / 'far' / 'far.npz'
    assert output == f'{path}\n'
    assert error.count('\n') == 1 and 'order of the categories of far is inferred' in error
    assert weights.load(path).categories == ('ramen', 'soba')


def test_what_ships_is_there(released, capsys):
    assert main(['fetch', 'near']) == 0
    assert capsys.readouterr() == ('{}\n'.format(released / 'G.npz'), '')


@pytest.mark.parametrize('arguments, says', [
    (['fra'], 'did you mean far'),
    (['near', '--from-file', 'G.npz'], 'ships with the package'),
    (['far', '--from-file', 'gone.pth'], 'gone.pth: cannot be read: No such file'),
    (['far', '--from-file', '.'], 'cannot be read: Is a directory'),
    (['far', '--from-file', 'records.json'], 'not the file that was released as far')])
def test_a_mistake_is_one_line(released, capsys, arguments, says):
    assert main(['fetch', *arguments]) == 1
    output, error = capsys.readouterr()
    assert output == '' and error.startswith('foodgan: ') and error.count('\n') == 1
    assert says in error
    assert not (released / 'root').exists()


def test_translating_says_that_the_order_is_inferred_unless_another_is_given(released, capsys):
    main(['fetch', 'far', '--from-file', 'G.npz'])
    Image.new('RGB', (8, 8)).save('lunch.png')
    capsys.readouterr()
    arguments = ['translate', 'lunch.png', '--weights', 'far', '--to', 'soba']
    assert main(arguments) == 0
    output, error = capsys.readouterr()
    assert output == 'lunch_soba.png\n'
    assert error.count('inferred') == 1
    assert main([*arguments, '--categories', 'soba,ramen']) == 0
    output, error = capsys.readouterr()
    assert output == 'lunch_soba-2.png\n' and 'inferred' not in error
    first, second = (np.asarray(Image.open(name)) for name in ('lunch_soba.png',
                                                               'lunch_soba-2.png'))
    assert (first != second).any()
