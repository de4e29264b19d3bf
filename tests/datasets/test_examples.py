"""The photos that ship: whole, small, licensed, and part of the wheel."""

import ast
import csv
import fnmatch
import pathlib

from PIL import Image

from chainer_foodgan.datasets import example_photos

ROOT = pathlib.Path(__file__).parents[2]
FOLDER = ROOT / 'pretrained' / 'photos'


def test_a_dozen_small_photos_of_several_dishes():
    photos = example_photos()
    assert len(photos) == 12 and len({dish for _, dish in photos}) >= 9
    for path, dish in photos:
        assert path.name.rsplit('_', 1)[0] == dish
        with Image.open(path) as image:
            image.load()
            assert (image.format, image.mode) == ('JPEG', 'RGB')
            assert 200 <= min(image.size) <= 256 and not image.getexif()
    assert sum(path.stat().st_size for path, _ in photos) < 500e3


def test_each_is_licensed_and_credited():
    with open(str(FOLDER / 'attribution.csv'), encoding='utf-8', newline='') as file:
        rows = list(csv.DictReader(file))
    assert sorted(row['file'] for row in rows) == sorted(p.name for p in FOLDER.glob('*.jpg'))
    for row in rows:
        assert row['licence'] == 'CC BY 4.0'
        assert len(row['commit']) == 40 and all(row.values())
    assert len({row['source_path'] for row in rows}) == len(rows)
    text = (ROOT / 'pretrained' / 'README.md').read_text('utf-8')
    assert 'https://creativecommons.org/licenses/by/4.0/' in text


def test_the_wheel_has_them():
    tree = ast.parse((ROOT / 'setup.py').read_text('utf-8'))
    patterns, = (ast.literal_eval(value) for node in ast.walk(tree) if isinstance(node, ast.Dict)
                 for key, value in zip(node.keys, node.values)
                 if isinstance(value, ast.List) and key.value == 'chainer_foodgan.pretrained')
    for path in FOLDER.iterdir():
        name = path.relative_to(ROOT / 'pretrained').as_posix()
        assert any(fnmatch.fnmatch(name, pattern) for pattern in patterns)
        assert path.suffix in ('.jpg', '.csv')
