"""The ten dishes of the paper, in the label order of the released weights.

The order (alphabetical by romanised name, as a folder-per-category loader gives it) is inferred
from the columns of the authors' result sheets; it is likely, not proven, and can be overridden
wherever categories are named.
"""

import collections

Category = collections.namedtuple('Category', 'name title japanese photos uec_food')
Category.__doc__ = """A dish.

Attributes:
    name (str): What commands and folders call it.
    title (str): The paper's name.
    japanese (str): Its Japanese name.
    photos (int): Training photos of it in the paper (Table 1).
    uec_food (tuple): Number and name of the category of UEC FOOD-100 (and -256) that shows it.
        Numbers and names are those of the published list. That the paper's dish is this one is
        inferred from the names: UEC FOOD has other curries, and eel in a box (the paper's) is not
        told from eel in a bowl.
"""

#: The paper's Table 1, in label order.
CATEGORIES = (
    Category('curry', 'curry rice', 'カレーライス', 34216, (6, 'beef curry')),
    Category('fried_rice', 'fried rice', 'チャーハン', 27854, (9, 'fried rice')),
    Category('gyudon', 'beef bowl', '牛丼', 18396, (92, 'beef bowl')),
    Category('hiyashi', 'chilled noodles', '冷やし中華', 13499, (72, 'chilled noodle')),
    Category('meat_spaghetti', 'meat spaghetti', 'ミートスパゲッティ', 7138,
             (84, 'spaghetti meat sauce')),
    Category('ramen', 'ramen', 'ラーメン', 74007, (23, 'ramen noodle')),
    Category('rice', 'white rice', '白飯', 21324, (1, 'rice')),
    Category('soba', 'buckwheat noodle', 'そば', 3530, (22, 'soba noodle')),
    Category('unagi', 'eel bowl', 'うな重', 5329, (2, 'eels on rice')),
    Category('yakisoba', 'fried noodles', '焼きそば', 24760, (26, 'fried noodle')),
)

#: The names alone, in label order.
NAMES = tuple(category.name for category in CATEGORIES)


def dish_of(name):
    """Which of the ten dishes a data set means by a category's name.

    Args:
        name (str): Such as ``ramen``, ``fried_rice``, ``Beef Bowl``, or UEC FOOD's
            ``ramen noodle``, which is ``ramen noodles`` in UEC FOOD-256.

    Returns:
        Category: None where it is none of the ten.
    """
    def plain(text):
        text = ' '.join(text.lower().replace('_', ' ').split())
        return text[:-1] if text.endswith('s') else text

    for dish in CATEGORIES:
        known = (dish.name, dish.title, dish.japanese, dish.uec_food[1])
        if plain(name) in map(plain, known):
            return dish
    return None
