"""The sentences of the page."""

import re
import string

import pytest

from chainer_foodgan.categories import CATEGORIES
from chainer_foodgan.web.photos import open_examples
from chainer_foodgan.web.service import shipping
from chainer_foodgan.web.words import DISHES, ENGLISH, JAPANESE, LANGUAGES, about, dish_title
from chainer_foodgan.weights import registry


def fields(sentence):
    return [field for _, field, _, _ in string.Formatter().parse(sentence) if field is not None]


def test_languages_have_the_same_sentences():
    for name in set(ENGLISH._fields) - {'sets'}:
        assert all(getattr(words, name) for words in LANGUAGES)
        assert fields(getattr(ENGLISH, name)) == fields(getattr(JAPANESE, name)), name


def test_japanese_is_japanese():
    kana = re.compile('[\u3040-\u30ff\u4e00-\u9fff]')
    for name in set(ENGLISH._fields) - {'code', 'other', 'sets'}:
        assert kana.search(getattr(JAPANESE, name)), name
    for name in shipping():
        for dish in registry.record(name).categories:
            assert kana.search(dish_title(dish, JAPANESE)), dish


@pytest.mark.parametrize('category', CATEGORIES)
def test_dishes_of_the_paper(category):
    assert dish_title(category.name, JAPANESE) == category.japanese
    assert dish_title(category.name, ENGLISH).lower() == category.title


def test_other_dishes():
    assert [dish_title('miso_soup', words) for words in LANGUAGES] == ['Miso soup'] * 2
    assert about('miso_soup', ENGLISH) == ''


def test_weights_that_ship_have_names_for_people():
    for words in LANGUAGES:
        for name in shipping():
            categories = registry.record(name).categories
            assert re.search(r'\d+', words.sets[name]).group() == str(len(categories))
            assert '_' not in words.sets[name]


def test_each_dish_has_its_own_name_and_a_word_in_both_languages():
    known = {dish for name in shipping() for dish in registry.record(name).categories}
    known |= {dish for _, dish in open_examples().photos}
    assert known <= set(DISHES)
    for dish in known:
        assert about(dish, ENGLISH).startswith(DISHES[dish].own + ': ')
        assert about(dish, JAPANESE).startswith(DISHES[dish].japanese)
    assert about('pho', JAPANESE).startswith('フォー（Phở）：')


def test_examples_are_licensed_and_named():
    examples = open_examples()
    assert len(examples.photos) == 8 and examples.licence == 'CC BY 4.0'
    assert all(path.exists() for path, _ in examples.photos)
    assert {dish for _, dish in examples.photos} >= {'pho', 'com_tam', 'mi_quang'}
