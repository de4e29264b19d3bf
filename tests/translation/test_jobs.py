"""Many photos: which are taken, what the results are called, what stays untouched."""

import os

import pytest
from PIL import Image

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.translation.jobs import output_name, translate_photos


class Painter:
    """Stands in for a Translator: every dish is a colour."""

    categories = ['red', 'blue']

    def check(self, name):
        if name not in self.categories:
            raise FoodganError('{}: unknown'.format(name))

    def __call__(self, image, name):
        return Image.new('RGB', image.size, name)


def colour(path):
    return Image.open(path).getpixel((0, 0))


@pytest.fixture
def photos(tmp_path):
    for name in 'b/bowl.png', 'a.jpg', 'b/a.png', 'b/notes.txt':
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.new('RGB', (12, 8), 'white').save(tmp_path / name, format='PNG')
    return tmp_path


def run(sources, dishes=('red', 'blue'), **options):
    return list(translate_photos(Painter(), sources, list(dishes), **options))


def test_files_and_folders_become_results(photos):
    out = photos / 'new' / 'out'
    written = run([photos / 'a.jpg', photos / 'b'], out=out)
    assert [path.name for path in written] == [
        'a_red.png', 'a_blue.png', 'a_red-2.png', 'a_blue-2.png', 'bowl_red.png', 'bowl_blue.png']
    assert sorted(os.listdir(out)) == sorted(path.name for path in written)
    assert colour(out / 'bowl_blue.png') == (0, 0, 255)


def test_neither_inputs_nor_earlier_results_are_replaced(photos):
    folder = photos / 'b'
    Image.new('RGB', (12, 8), 'white').save(folder / 'a_red.png')
    before = {path: path.read_bytes() for path in folder.iterdir()}
    for _ in range(3):
        written = run([folder / 'a.png', folder / 'a_red.png'], ['red'], out=folder)
        assert not set(written) & before.keys() and len(set(written)) == 2
        assert all(path.read_bytes() == content for path, content in before.items())
        before.update((path, path.read_bytes()) for path in written)


def test_the_sheet_has_a_row_per_photo(photos):
    written = run([photos / 'a.jpg', photos / 'b'], sheet=photos / 'grid.png')
    assert written == [photos / 'grid.png']
    one = run([photos / 'a.jpg'], sheet=photos / 'one.png')[0]
    with Image.open(photos / 'grid.png') as three, Image.open(one) as single:
        assert three.width == single.width and three.height > 2 * single.height
    assert sorted(os.listdir(photos)) == ['a.jpg', 'b', 'grid.png', 'one.png']


def test_the_sheet_replaces_an_earlier_one_but_no_photo_and_no_result(photos):
    assert run([photos / 'a.jpg'], sheet=photos / 'grid.png') == \
        run([photos / 'a.jpg'], sheet=photos / 'grid.png')
    before = (photos / 'b/bowl.png').read_bytes()
    with pytest.raises(FoodganError, match='would replace one of the photos'):
        run([photos / 'b'], sheet=photos / 'b' / '..' / 'b' / 'bowl.png')
    assert (photos / 'b/bowl.png').read_bytes() == before
    written = run([photos / 'a.jpg'], ['red'], out=photos, sheet=photos / 'a_red.png')
    assert [path.name for path in written] == ['a_red.png', 'a_red-2.png']
    assert colour(photos / 'a_red.png') == (255, 0, 0)


def test_what_cannot_be_read_is_reported_and_left_out(photos):
    (photos / 'b' / 'aa.jpg').write_bytes(b'no picture')
    (photos / 'empty').mkdir()
    faults = []
    written = run([photos / 'gone.jpg', photos / 'empty', photos / 'b'], ['red'],
                  out=photos / 'out', report=faults.append)
    assert [path.name for path in written] == ['a_red.png', 'bowl_red.png']
    assert [name in str(fault) for fault, name in zip(faults, ['gone.jpg', 'empty', 'aa.jpg'])] \
        == [True] * 3
    with pytest.raises(FoodganError, match='gone.jpg'):
        run([photos / 'gone.jpg'], out=photos)


def test_nothing_begins_where_an_argument_is_of_no_use(photos):
    for options in ({'dishes': ['red', 'green'], 'out': photos / 'out'},
                    {'sheet': photos / 'grid.jpg', 'out': photos / 'out'},
                    {'out': photos / 'a.jpg'}):
        with pytest.raises(FoodganError):
            run([photos / 'b'], **options)
    assert sorted(os.listdir(photos)) == ['a.jpg', 'b']


@pytest.mark.parametrize('photo, dish, expected', [
    ('x/a.b.jpg', 'fried_rice', 'a.b_fried_rice.png'), ('a', '../../b c', 'a_.._.._b_c.png'),
    ('写真.png', '牛丼', '写真_牛丼.png')])
def test_output_names(photo, dish, expected):
    assert output_name(photo, dish) == expected


def test_progress_is_for_terminals_only(photos, monkeypatch, capsys):
    run([photos / 'a.jpg'], out=photos / 'out')
    assert capsys.readouterr().err == ''
    monkeypatch.setattr('sys.stderr.isatty', lambda: True)
    run([photos / 'a.jpg'], out=photos / 'out')
    error = capsys.readouterr().err
    assert '1/1 a.jpg: blue' in error and error.endswith('\r\x1b[K')
