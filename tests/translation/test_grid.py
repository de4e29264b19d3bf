"""The sheet: every picture whole, none over another, titles in their columns."""

import numpy as np
import pytest
from PIL import Image

from chainer_foodgan.visualizations.grids import grid

COLOURS = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 0, 255), (0, 255, 255), (255, 255, 0)]


def boxes(sheet, colours):
    """Left, top, right, bottom of each colour's pixels, which have to fill their box."""
    pixels = np.asarray(sheet)
    found = []
    for colour in colours:
        rows, columns = np.nonzero((pixels == colour).all(axis=2))
        box = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
        assert len(rows) == (box[2] - box[0]) * (box[3] - box[1])
        found.append(box)
    return found


def plain(sizes):
    return [Image.new('RGB', size, colour) for size, colour in zip(sizes, COLOURS)]


def test_pictures_stand_in_rows_and_columns():
    pictures = plain([(40, 40)] * 6)
    sheet = grid([pictures[:3], pictures[3:]], ['photo', 'ramen', 'soba'])
    found = boxes(sheet, COLOURS)
    assert all((right - left, bottom - top) == (40, 40) for left, top, right, bottom in found)
    lefts, tops = [box[0] for box in found], [box[1] for box in found]
    assert lefts[:3] == lefts[3:] and len(set(tops[:3])) == len(set(tops[3:])) == 1
    first, second = lefts[1] - lefts[0], lefts[2] - lefts[1]
    assert first > second > 40 and tops[3] > tops[0] + 40
    # Equal margins left and right, and below as beside.
    assert sheet.width - found[2][2] == found[0][0] == sheet.height - found[3][3]


def test_other_shapes_are_centred_and_keep_their_aspect():
    sheet = grid([plain([(80, 40), (20, 40)])], ['photo', 'ramen'], cell=60)
    wide, high = boxes(sheet, COLOURS[:2])
    assert (wide[2] - wide[0], wide[3] - wide[1]) == (60, 30)
    assert (high[2] - high[0], high[3] - high[1]) == (30, 60)
    assert wide[1] + wide[3] == high[1] + high[3]


@pytest.mark.parametrize('title', [
    'rice', 'meat_spaghetti', 'cơm tấm', 'a title of many words that takes more lines than one',
    'Donaudampfschifffahrtsgesellschaft'])
@pytest.mark.parametrize('side', [24, 64, 256])
def test_titles_stay_above_their_own_column(title, side):
    pictures = plain([(side, side)] * 3)
    sheet = grid([pictures], ['', title, ''])
    found = boxes(sheet, COLOURS[:3])
    ink = np.nonzero((np.asarray(sheet)[:found[1][1]] < 128).all(axis=2))
    assert len(ink[0])
    assert ink[1].min() >= found[1][0] and ink[1].max() < found[1][2]
    assert ink[0].min() > 0


def test_underscores_are_spaces():
    pictures = plain([(200, 40)])
    assert grid([pictures], ['fried_rice']).tobytes() == grid([pictures], ['fried rice']).tobytes()
    assert grid([pictures], ['friedrice']).tobytes() != grid([pictures], ['fried rice']).tobytes()


@pytest.mark.parametrize('words', ['soba', 'a name of many words that takes more lines',
                                   'Donaudampfschifffahrtsgesellschaft'])
@pytest.mark.parametrize('titles', [None, ['photo', 'ramen']])
@pytest.mark.parametrize('height', [10, 80])
def test_names_stand_at_the_left_of_their_row(words, titles, height):
    pictures = plain([(80, height)] * 4)
    sheet = grid([pictures[:2], pictures[2:]], titles, names=[words, ''])
    found = boxes(sheet, COLOURS[:4])
    ink = np.nonzero((np.asarray(sheet)[:, :found[0][0]] < 128).all(axis=2))
    assert len(ink[0]) and ink[1].min() > 0 and ink[0].min() > 0
    assert ink[1].max() < found[0][0] and ink[0].max() < found[2][1]
    # In the middle of its row, but for the letters' own ups and downs.
    middle = (found[0][1] + found[0][3]) / 2
    assert abs((ink[0].min() + ink[0].max()) / 2 - middle) < 6


def test_without_titles_there_is_no_head():
    pictures = plain([(80, 80)] * 2)
    found = boxes(grid([pictures]), COLOURS[:2])
    sheet = grid([pictures])
    assert found[0][1] == sheet.height - found[0][3] == found[0][0]
