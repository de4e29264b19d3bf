"""`experiments/table1.py`: the numbers of photos, next to the paper's."""

import csv
import json
import pathlib
import runpy
import sys

import numpy
import pytest
from PIL import Image

from chainer_foodgan.categories import CATEGORIES

SCRIPT = str(pathlib.Path(__file__).parents[2] / 'experiments' / 'table1.py')


@pytest.fixture
def table1(monkeypatch, tmp_path, capsys):
    """``table1(*options)`` -> (rows by name, the cells of the Markdown table, the record)."""
    def run(*options):
        monkeypatch.setattr(sys, 'argv', [SCRIPT, '--out', str(tmp_path / 'out'),
                                          *map(str, options)])
        with pytest.raises(SystemExit) as stop:
            runpy.run_path(SCRIPT, run_name='__main__')
        if stop.value.code:
            return stop.value.code
        folder = tmp_path / 'out' / 'results'
        record = json.loads((folder / 'table1.json').read_text('utf-8'))
        cells = [[cell.strip() for cell in line.strip('|').split('|')]
                 for line in (folder / 'table1.md').read_text('utf-8').splitlines()
                 if line.startswith('|') and '---' not in line]
        picture = Image.open(folder / 'table1.png')
        assert len(set(numpy.asarray(picture.convert('L')).ravel().tolist())) > 10
        assert "the paper's" in capsys.readouterr().out
        return {row['name']: row for row in record['rows']}, cells, record
    return run


def photo(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new('RGB', (9, 8)).save(str(path))


def test_bowls(table1):
    rows, cells, _ = table1('--config', 'tiny')
    assert list(rows) == [dish.title for dish in CATEGORIES]
    for number, dish in enumerate(CATEGORIES):  # bowl i holds dish i % 10, and there are 23
        assert rows[dish.title] == {'name': dish.title, 'category': dish.name,
                                    'photos': 3 if number < 3 else 2, 'paper': dish.photos}
    assert cells[0] == ['dish', 'called', 'rendered bowls', 'share', "the paper's", 'share']
    assert cells[1] == ['curry rice', 'curry', '3', '13.0 %', '34,216', '14.9 %']
    assert cells[-1] == ['all', '', '23', '100.0 %', '230,053', '100.0 %']


def test_splits_and_other_categories(table1, tmp_path):
    for file in ('train/ramen/1', 'train/ramen/2', 'test/ramen/3', 'train/pho/1', 'train/pho/2',
                 'train/com_ga/1', 'train/com_ga/2', 'test/com_ga/3', 'train/beef_bowl/1'):
        photo(tmp_path / 'photos' / (file + '.png'))
    rows, cells, record = table1('--images', tmp_path / 'photos')
    assert rows['ramen']['photos'] == 3 and rows['beef bowl']['category'] == 'beef_bowl'
    assert rows['curry rice']['photos'] is None
    assert list(rows)[10:] == ['com_ga', 'pho']  # the most first
    assert ['ramen', 'ramen', '3', '33.3 %', '74,007', '32.2 %'] in cells
    assert ['curry rice', '-', '-', '-', '34,216', '14.9 %'] in cells
    assert ['pho', 'pho', '2', '22.2 %', '-', '-'] in cells
    rows, cells, _ = table1('--images', tmp_path / 'photos', '--categories', 'pho,ramen')
    assert ['pho', 'pho', '2', '40.0 %', '-', '-'] in cells and 'com_ga' not in rows


def test_a_list_and_many_categories(table1, tmp_path):
    with open(tmp_path / 'list.csv', 'w', newline='') as file:
        writer = csv.writer(file)
        writer.writerow(['file', 'category', 'split'])
        for number in range(30):
            name = f'dish{number}/1.png'
            photo(tmp_path / name)
            writer.writerow([name, f'dish{number}', 'train' if number else 'test'])
    rows, cells, _ = table1('--images', tmp_path, '--list', tmp_path / 'list.csv')
    assert len(rows) == 40 and cells[0][2].endswith('(list.csv)')


def test_uec_food_counts_dishes(table1, tmp_path):
    for file in ('1/5', '1/6', '23/6'):
        photo(tmp_path / (file + '.jpg'))
    (tmp_path / 'category.txt').write_text('id\tname\n1\trice\n23\tramen noodle\n')
    (tmp_path / '1' / 'bb_info.txt').write_text(
        'img x1 y1 x2 y2\n5 0 0 4 8\n5 5 0 9 8\n6 0 0 4 8\n')
    (tmp_path / '23' / 'bb_info.txt').write_text('img x1 y1 x2 y2\n6 4 0 9 8\n')
    rows, _, record = table1('--images', tmp_path)
    assert rows['white rice']['photos'] == 3 and rows['ramen']['category'] == 'ramen noodle'
    assert record['files'] == 3


def test_mistakes_are_one_line(table1, tmp_path):
    line = table1('--images', tmp_path / 'absent')
    assert line.startswith('table1: ') and 'absent' in line and '\n' not in line
