"""The paper's Table 1, and how others call its dishes."""

import pytest

from chainer_foodgan.categories import CATEGORIES, DISHES, NAMES, dish_of, meant, nearly
from chainer_foodgan.weights import registry


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


@pytest.mark.parametrize('name, expected', [
    ('ramen', 'ramen'), ('Ramen', 'ramen'), ('ＲＡＭＥＮ', 'ramen'), ('ラーメン', 'ramen'),
    ('ﾗｰﾒﾝ', 'ramen'), ('らーめん', 'ramen'), ('牛丼', 'gyudon'), ('beef bowl', 'gyudon'),
    ('Beef-Bowl', 'gyudon'), ('beef_bowls', 'gyudon'), ('GYŪDON', 'gyudon'),
    ('焼き そば', 'yakisoba'), ('spaghetti', 'meat_spaghetti'), ('pho', None), ('カ゛レー', None),
    ('', None), ('beef', None)])
def test_names_that_people_use(name, expected):
    assert meant(name, NAMES) == expected


def test_categories_of_others():
    assert meant('Phở', ['ramen', 'pho']) == 'pho' and meant('フォー', ['pho']) == 'pho'
    # What weights call a category themselves goes before what others call a dish.
    assert meant('spaghetti', ['meat_spaghetti', 'spaghetti']) == 'spaghetti'
    assert meant('Beef Bowl', ['gyudon', 'beef-bowl']) == 'beef-bowl'
    assert meant('My dish', ['my_dish']) == 'my_dish'


def test_no_two_dishes_share_a_name():
    names = [name for dish in DISHES for name in (dish.name, dish.title, dish.japanese,
                                                  *dish.aliases)]
    for dish in DISHES:
        for name in (dish.title, dish.japanese, *dish.aliases):
            assert meant(name, [other.name for other in DISHES]) == dish.name
    assert len(set(names)) == len(names) - sum(dish.name == dish.title for dish in DISHES)


def test_every_dish_of_the_weights_that_ship_has_a_japanese_name():
    known = {dish.name for dish in DISHES if dish.japanese}
    assert {name for record in registry.records() for name in record.categories} <= known


@pytest.mark.parametrize('name, expected', [
    ('raman', 'ramen'), ('ラメン', 'ramen'), ('gyudonn', 'gyudon'), ('beef bole', 'gyudon'),
    ('xyz', None)])
def test_what_was_likely_meant(name, expected):
    assert nearly(name, NAMES) == expected
