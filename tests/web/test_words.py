"""The sentences of the page."""

import re
import string

import pytest

from chainer_foodgan.categories import CATEGORIES
from chainer_foodgan.web.service import shipping
from chainer_foodgan.web.words import ENGLISH, JAPANESE, LANGUAGES, dish_title
from chainer_foodgan.weights import registry


def fields(sentence):
    return [field for _, field, _, _ in string.Formatter().parse(sentence) if field is not None]


def test_languages_have_the_same_sentences():
    for name in ENGLISH._fields:
        assert all(getattr(words, name) for words in LANGUAGES)
        assert fields(getattr(ENGLISH, name)) == fields(getattr(JAPANESE, name)), name


def test_japanese_is_japanese():
    kana = re.compile('[\u3040-\u30ff\u4e00-\u9fff]')
    for name in set(ENGLISH._fields) - {'code', 'title', 'other'}:
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
