"""The paper's Table 1, and how others call its dishes."""

import pytest

from chainer_foodgan.categories import CATEGORIES, NAMES, dish_of


def test_table_1():
    assert sum(dish.photos for dish in CATEGORIES) == 230053
    assert list(NAMES) == sorted(NAMES) and len(NAMES) == 10
    assert len({dish.uec_food for dish in CATEGORIES}) == 10


@pytest.mark.parametrize('name, expected', [
    ('ramen', 'ramen'), ('fried_rice', 'fried_rice'), ('Fried  rice', 'fried_rice'),
    ('fried noodles', 'yakisoba'), ('beef curry', 'curry'), ('chilled_noodle', 'hiyashi'),
    ('ramen noodles', 'ramen'), ('牛丼', 'gyudon'), ('eels on rice', 'unagi'), ('rice', 'rice'),
    ('pho', None), ('beef noodle', None), ('', None)])
def test_dish_of(name, expected):
    dish = dish_of(name)
    assert (dish and dish.name) == expected


def test_every_name_is_its_own_dish():
    for dish in CATEGORIES:
        for name in (dish.name, dish.title, dish.japanese, dish.uec_food[1]):
            assert dish_of(name) is dish
