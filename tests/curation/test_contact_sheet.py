"""The contact sheet: every picture in its line, names above, the rule where it belongs."""

import numpy
import pytest
from PIL import Image

from chainer_foodgan.visualizations.grids import contact_sheet

RED = (196, 58, 32)


def colour(number):
    return (0, 255, 10 * number)


def pictures(count, start=0, size=(40, 40)):
    return [Image.new('RGB', size, colour(start + number)) for number in range(count)]


def box(sheet, wanted):
    """Left, top, right, bottom of a colour's pixels, which have to fill their box."""
    rows, columns = numpy.nonzero((numpy.asarray(sheet) == wanted).all(axis=2))
    found = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
    assert len(rows) == (found[2] - found[0]) * (found[3] - found[1])
    return tuple(map(int, found))


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
