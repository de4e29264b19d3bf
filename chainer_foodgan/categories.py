"""The ten dishes of the paper, in the label order of the released weights.

The order (alphabetical by romanised name, as a folder-per-category loader gives it) is inferred
from the columns of the authors' result sheets; it is likely, not proven, and can be overridden
wherever categories are named.
"""

import collections

Category = collections.namedtuple('Category', 'name title japanese photos')
Category.__doc__ = """A dish.

Attributes:
    name (str): What commands and folders call it.
    title (str): The paper's name.
    japanese (str): Its Japanese name.
    photos (int): Training photos of it in the paper (Table 1).
"""

#: The paper's Table 1, in label order.
CATEGORIES = (
    Category('curry', 'curry rice', 'カレーライス', 34216),
    Category('fried_rice', 'fried rice', 'チャーハン', 27854),
    Category('gyudon', 'beef bowl', '牛丼', 18396),
    Category('hiyashi', 'chilled noodles', '冷やし中華', 13499),
    Category('meat_spaghetti', 'meat spaghetti', 'ミートスパゲッティ', 7138),
    Category('ramen', 'ramen', 'ラーメン', 74007),
    Category('rice', 'white rice', '白飯', 21324),
    Category('soba', 'buckwheat noodle', 'そば', 3530),
    Category('unagi', 'eel bowl', 'うな重', 5329),
    Category('yakisoba', 'fried noodles', '焼きそば', 24760),
)

#: The names alone, in label order.
NAMES = tuple(category.name for category in CATEGORIES)
