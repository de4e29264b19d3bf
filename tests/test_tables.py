"""Tables for the terminal and for documents."""

from chainer_foodgan.tables import table

ROWS = [['dish', 'share'], ['ramen', '9.0%'], ['牛丼', '+1']]


def test_figures_stand_to_the_right_as_they_are():
    assert table(ROWS).splitlines() == ['dish      share', 'ramen      9.0%', '牛丼         +1']


def test_markdown():
    assert table(ROWS, 'pipe').splitlines() == [
        '| dish   |   share |', '|:-------|--------:|', '| ramen  |    9.0% |',
        '| 牛丼   |      +1 |']


def test_a_head_alone():
    assert table([['dish', 'share']]).split() == ['dish', 'share']
