"""Grids and sheets: every picture in its place, words where they belong, no photo replaced."""

import numpy
import pytest
from PIL import Image

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.visualizations.grids import ROWS, Sheets, contact_sheet, grid, small

COLOURS = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 0, 255), (0, 255, 255), (255, 255, 0)]


def boxes(sheet, colours):
    """Left, top, right, bottom of each colour's pixels, which have to fill their box."""
    pixels = numpy.asarray(sheet)
    found = []
    for colour in colours:
        rows, columns = numpy.nonzero((pixels == colour).all(axis=2))
        box = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
        assert len(rows) == (box[2] - box[0]) * (box[3] - box[1])
        found.append(tuple(map(int, box)))
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
    ink = numpy.nonzero((numpy.asarray(sheet)[:found[1][1]] < 128).all(axis=2))
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
    ink = numpy.nonzero((numpy.asarray(sheet)[:, :found[0][0]] < 128).all(axis=2))
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


RED = (196, 58, 32)


def colour(number):
    return (0, 255, 10 * number)


def pictures(count, start=0, size=(40, 40)):
    return [Image.new('RGB', size, colour(start + number)) for number in range(count)]


def box(sheet, wanted):
    return boxes(sheet, [wanted])[0]


@pytest.mark.parametrize('captions', [False, True])
def test_rows_of_different_lengths_are_wrapped(captions):
    rows = [pictures(8), pictures(3, 8), [], pictures(1, 11, (40, 90))]
    sheet = contact_sheet(
        rows, ['one', 'two', 'none', 'four'], cell=30, columns=7,
        captions=[['p'] * len(row) for row in rows] if captions else None)
    boxes = [box(sheet, colour(number)) for number in range(12)]
    assert all((right - left, bottom - top) == (30, 30) for left, top, right, bottom in boxes)
    lefts, tops = [found[0] for found in boxes], [found[1] for found in boxes]
    step = lefts[1] - lefts[0]
    assert step > 30 and lefts[:7] == [lefts[0] + step * n for n in range(7)]
    assert lefts[7] == lefts[8] == lefts[11] == lefts[0] and lefts[9:11] == lefts[1:3]
    assert len(set(tops[:7])) == 1 and len(set(tops[8:11])) == 1
    assert tops[7] >= tops[0] + 30 and tops[8] > tops[7] + 30 and tops[11] > tops[8] + 30
    # Equal margins left and right.
    assert sheet.width - boxes[6][2] == lefts[0]


def test_names_are_written_above_and_captions_below():
    plain = contact_sheet([pictures(7)], [''], cell=60)
    left, top, right, bottom = box(plain, colour(0))
    named = contact_sheet([pictures(7)], ['cluster_3: 120 photos'], cell=60)
    ink = numpy.nonzero((numpy.asarray(named) < 128).all(axis=2))
    assert len(ink[0]) and ink[0].max() < top and left <= ink[1].min()
    assert named.tobytes() == contact_sheet([pictures(7)], ['cluster 3: 120 photos'],
                                            cell=60).tobytes()
    captioned = contact_sheet([pictures(7)], [''], cell=60, captions=[['98.2%'] + [''] * 6])
    ink = numpy.nonzero((numpy.asarray(captioned) < 160).all(axis=2))
    assert len(ink[0]) and ink[0].min() >= bottom
    assert left <= ink[1].min() and ink[1].max() < right


@pytest.mark.parametrize('words', ['word ' * 100, 'w' * 500])
def test_long_words_stay_on_the_sheet_and_in_their_cell(words):
    plain = contact_sheet([pictures(2)], [''], cell=60)
    named = contact_sheet([pictures(2)], [words], cell=60, captions=[[words, '']])
    assert named.width == plain.width
    first, second = box(named, colour(0)), box(named, colour(1))
    ink = numpy.nonzero((numpy.asarray(named)[first[3]:] < 160).all(axis=2))
    assert len(ink[0]) and ink[1].max() < second[0]


@pytest.mark.parametrize('before', [0, 1, 4, 5, 7])
def test_the_rule_stands_before_a_picture(before):
    sheet = contact_sheet([pictures(7), pictures(2, 7)], ['', ''], cell=30, columns=5,
                          rules=[before, None])
    left, top, right, bottom = box(sheet, RED)
    assert bottom - top >= 30 and right - left <= 4
    if before < 7:
        found = box(sheet, colour(before))
        assert found[0] - 8 <= left and right <= found[0]
    else:  # after the last
        found = box(sheet, colour(6))
        assert found[2] <= left and right <= found[2] + 8
    assert top <= found[1] and found[3] <= bottom


def test_the_rule_after_a_full_line():
    sheet = contact_sheet([pictures(6)], [''], cell=30, columns=6, rules=[6])
    assert box(sheet, RED)[0] >= box(sheet, colour(5))[2]


def test_the_centred_square_is_shown():
    picture = Image.new('RGB', (90, 30), (255, 0, 255))
    picture.paste((0, 255, 0), (30, 0, 60, 30))
    sheet = numpy.asarray(contact_sheet([[picture]], [''], cell=30))
    assert (sheet == (0, 255, 0)).all(axis=2).sum() == 900
    assert not (sheet == (255, 0, 255)).all(axis=2).any()


def row(size=(300, 150)):
    return [small(Image.new('RGB', size, name)) for name in ('white', 'red')]


def photos(folder, count):
    return [folder / f'{number}.jpg' for number in range(count)]


def test_a_full_sheet_is_followed_by_another(tmp_path):
    made = Sheets(tmp_path / 'grid.png', photos(tmp_path, ROWS + 1), ['red'])
    for number in range(ROWS):
        assert not made.full and len(made) == number
        made.add(row())
    assert made.full
    path, write = made.finish()
    assert path == tmp_path / 'grid.png' and len(made) == 0
    made.add(row())
    second, write_second = made.finish()
    assert second == tmp_path / 'grid-2.png'
    write(path)
    write_second(tmp_path / 'other.png')
    with Image.open(path) as full, Image.open(tmp_path / 'other.png') as rest:
        assert full.width == rest.width and full.height > ROWS * 128 > 2 * rest.height
    assert not second.exists()


def test_pictures_are_kept_small():
    assert [picture.size for picture in row()] == [(256, 128)] * 2
    assert [picture.size for picture in row((30, 20))] == [(30, 20)] * 2


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
