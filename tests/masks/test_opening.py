"""What --mask takes."""

import pytest
from PIL import Image

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.masks import FoodMask
from chainer_foodgan.masks.opening import open_mask


def test_nothing_and_auto():
    assert open_mask(None) is None
    assert isinstance(open_mask('auto'), FoodMask)


def test_a_file_is_the_mask_of_every_photo(tmp_path):
    drawn = Image.new('RGB', (9, 5))
    drawn.paste('white', (0, 0, 4, 5))
    drawn.save(tmp_path / 'mask.png')
    find_mask = open_mask(str(tmp_path / 'mask.png'))
    for photo in Image.new('RGB', (9, 5)), Image.new('RGB', (90, 70)):
        mask = find_mask(photo)
        assert (mask.mode, mask.size, mask.tobytes()) == ('L', (9, 5), drawn.convert('L').tobytes())


@pytest.mark.parametrize('colour, says', [
    ('black', 'nothing is changed'), ('white', 'nothing is kept'), ((0, 0, 1), 'nothing is chan')])
def test_a_file_that_is_no_mask_is_one_line(tmp_path, colour, says):
    Image.new('RGB', (9, 5), colour).save(tmp_path / 'mask.png')
    with pytest.raises(FoodganError, match='mask.png: no mask, .*' + says):
        open_mask(str(tmp_path / 'mask.png'))


def test_a_file_that_is_no_picture_or_not_there(tmp_path):
    (tmp_path / 'mask.png').write_text('white')
    for name, says in ('mask.png', 'no picture'), ('auot', 'does not exist'):
        with pytest.raises(FoodganError, match=says):
            open_mask(str(tmp_path / name))
