"""Sheets of bounded length: how many, where, and what they must not replace."""

import pytest
from PIL import Image

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.visualizations.sheets import ROWS, Sheets, small


def pictures(size=(300, 150)):
    return [small(Image.new('RGB', size, name)) for name in ('white', 'red')]


def photos(folder, count):
    return [folder / f'{number}.jpg' for number in range(count)]


def test_a_full_sheet_is_followed_by_another(tmp_path):
    made = Sheets(tmp_path / 'grid.png', photos(tmp_path, ROWS + 1), ['red'])
    for number in range(ROWS):
        assert not made.full and len(made) == number
        made.add(pictures())
    assert made.full
    path, write = made.finish()
    assert path == tmp_path / 'grid.png' and len(made) == 0
    made.add(pictures())
    second, write_second = made.finish()
    assert second == tmp_path / 'grid-2.png'
    write(path)
    write_second(tmp_path / 'other.png')
    with Image.open(path) as full, Image.open(tmp_path / 'other.png') as rest:
        assert full.width == rest.width and full.height > ROWS * 128 > 2 * rest.height
    assert not second.exists()


def test_pictures_are_kept_small():
    assert [picture.size for picture in pictures()] == [(256, 128)] * 2
    assert [picture.size for picture in pictures((30, 20))] == [(30, 20)] * 2


@pytest.mark.parametrize('count, allowed', [(ROWS, True), (ROWS + 1, False)])
def test_no_sheet_may_be_one_of_the_photos(tmp_path, count, allowed):
    ours = [*photos(tmp_path, count - 1), tmp_path / 'grid-2.png']
    if allowed:
        Sheets(tmp_path / 'grid.png', ours, ['red'])
    else:
        with pytest.raises(FoodganError, match='grid-2.png: the grid would replace one of'):
            Sheets(tmp_path / 'grid.png', ours, ['red'])


def test_it_is_a_png(tmp_path):
    with pytest.raises(FoodganError, match='end in .png'):
        Sheets(tmp_path / 'grid.jpg', [], ['red'])
