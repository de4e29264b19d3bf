"""Dishes and what they are called.

First the ten of the paper, in the label order of the released weights. The order (alphabetical by
romanised name, as a folder-per-category loader gives it) is inferred from the columns of the
authors' result sheets; it is likely, not proven, and can be overridden wherever categories are
named.
"""

from __future__ import annotations

import collections
import re
import unicodedata
from collections.abc import Iterable
from typing import Optional

#: What a judge that was trained with fakes calls them.
NONE = 'none'

Category = collections.namedtuple(
    'Category', 'name title japanese photos uec_food aliases', defaults=(None, None, ()))
Category.__doc__ = """A dish.

Attributes:
    name (str): What commands and folders call it.
    title (str): Its English name; the paper's, where it is one of the ten.
    japanese (str): Its Japanese name.
    photos (int): Training photos of it in the paper (Table 1); None of other dishes.
    uec_food (tuple): Number and name of the category of UEC FOOD-100 (and -256) that shows it;
        None of other dishes. Numbers and names are those of the published list. That the paper's
        dish is this one is inferred from the names: UEC FOOD has other curries, and eel in a box
        (the paper's) is not told from eel in a bowl.
    aliases (tuple of str): What else people call it.
"""

#: The paper's Table 1, in label order.
CATEGORIES = (
    Category('curry', 'curry rice', 'カレーライス', 34216, (6, 'beef curry'),
             ('カレー', 'curry and rice', 'curried rice')),
    Category('fried_rice', 'fried rice', 'チャーハン', 27854, (9, 'fried rice'),
             ('炒飯', '焼き飯', '焼飯', 'chahan', 'chaofan', 'egg fried rice')),
    Category('gyudon', 'beef bowl', '牛丼', 18396, (92, 'beef bowl'),
             ('ぎゅうどん', '牛めし', '牛飯', 'gyuudon', 'gyūdon')),
    Category('hiyashi', 'chilled noodles', '冷やし中華', 13499, (72, 'chilled noodle'),
             ('冷し中華', 'ひやし中華', 'ひやしちゅうか', '冷麺', 'hiyashi chuka', 'hiyashi chūka',
              'cold noodles', 'cold ramen')),
    Category('meat_spaghetti', 'meat spaghetti', 'ミートスパゲッティ', 7138,
             (84, 'spaghetti meat sauce'),
             ('ミートソース', 'ミートスパ', 'ミートスパゲティ', 'ミートソーススパゲッティ',
              'ミートソーススパゲティ', 'スパゲッティ', 'スパゲティ', 'spaghetti',
              'spaghetti bolognese', 'bolognese', 'meat sauce', 'meat sauce spaghetti')),
    Category('ramen', 'ramen', 'ラーメン', 74007, (23, 'ramen noodle'),
             ('拉麺', '中華そば', 'ramen soup', 'rāmen')),
    Category('rice', 'white rice', '白飯', 21324, (1, 'rice'),
             ('ご飯', '御飯', 'ごはん', '白米', '白ご飯', 'ライス', 'gohan', 'steamed rice',
              'plain rice')),
    Category('soba', 'buckwheat noodle', 'そば', 3530, (22, 'soba noodle'),
             ('蕎麦', '日本そば', 'buckwheat')),
    Category('unagi', 'eel bowl', 'うな重', 5329, (2, 'eels on rice'),
             ('うなぎ', '鰻', '鰻重', 'うな丼', '鰻丼', 'unaju', 'unadon', 'eel', 'eel on rice')),
    Category('yakisoba', 'fried noodles', '焼きそば', 24760, (26, 'fried noodle'),
             ('焼そば', 'やきそば', '焼き蕎麦', 'ソース焼きそば', 'chow mein')),
)

#: These, and those that other weights know which ship.
DISHES = (
    *CATEGORIES,
    Category('tantanmen', 'tantanmen', '担々麺', aliases=(
        '担担麺', '坦々麺', 'たんたんめん', 'dandan noodles', 'dan dan noodles', 'dandanmian')),
    Category('pho', 'pho', 'フォー', aliases=('phở', 'pho noodles')),
    Category('com_tam', 'broken rice', 'コムタム', aliases=('cơm tấm',)),
    Category('com_ga', 'chicken rice', 'コムガー', aliases=('cơm gà',)),
    Category('mi_quang', 'turmeric noodles', 'ミークアン', aliases=('mì quảng',)),
)

#: The names of the ten alone, in label order.
NAMES = tuple(category.name for category in CATEGORIES)


def dish_of(name: str) -> Optional[Category]:
    """Which of the ten dishes (Category or None) a data set means by a category's name, such as
    ``ramen``, ``fried_rice``, ``Beef Bowl``, or UEC FOOD's ``ramen noodle``, which is ``ramen
    noodles`` in UEC FOOD-256. Aliases do not count: data sets have several kinds of spaghetti."""
    for dish in CATEGORIES:
        known = (dish.name, dish.title, dish.japanese, dish.uec_food[1])
        if _plain(name) in map(_plain, known):
            return dish
    return None


def meant(name: str, categories: Iterable[str]) -> Optional[str]:
    """Which of some categories a person means.

    Args:
        name: Such as ``ramen``, ``Fried Rice``, ``beef bowl``, ``ラーメン``. Case, hyphens,
            underscores, spaces, accents, full or half width, hiragana or katakana make no
            difference.
        categories: Names, those of dishes as in :data:`DISHES` or others.

    Returns:
        str: One of them; None where it is none.
    """
    return _called(categories).get(_plain(name))


def nearly(name: str, categories: Iterable[str]) -> Optional[str]:
    """The category whose name or alias is most like ``name`` (str), or None."""
    import difflib

    called = _called(categories)
    close = difflib.get_close_matches(_plain(name), called, n=1)
    return called[close[0]] if close else None


def _called(categories):
    """What categories are called, plainly, each to the category; their own names come first."""
    categories = list(categories)
    called = {_plain(category): category for category in reversed(categories)}
    for dish in DISHES:
        category = called.get(_plain(dish.name))
        if category is not None:
            for other in (dish.title, dish.japanese, *dish.aliases):
                called.setdefault(_plain(other), category)
    return called


def _plain(text):
    text = unicodedata.normalize('NFKD', text).casefold()
    text = re.sub('[\u0300-\u036f]', '', text)  # accents, not the signs of kana
    text = re.sub(r"[\s_'’・-]+", '', unicodedata.normalize('NFKC', text))
    text = re.sub('[ぁ-ゖ]', lambda kana: chr(ord(kana[0]) + 0x60), text)  # hiragana to katakana
    return text[:-1] if text.endswith('s') else text
