"""What the page calls dishes, and a word about each."""

import collections

from chainer_foodgan import categories

Dish = collections.namedtuple('Dish', 'title own japanese says says_japanese')
Dish.__doc__ = """A dish, for a person.

Attributes:
    title (str): Its English name.
    own (str): Its name where it is at home, in the script of that place.
    japanese (str): Its Japanese name.
    says, says_japanese (str): What it is, without a full stop.
"""

# Name of a category to what it is, and to its own name where that is not the Japanese one.
_SAYS = {
    'curry': ('rice with a thick, mild curry sauce', 'とろみのあるカレーをかけたご飯'),
    'fried_rice': ('rice fried with egg and spring onion', '卵やねぎと炒めたご飯'),
    'gyudon': ('rice topped with simmered beef and onion', '甘辛く煮た牛肉と玉ねぎのどんぶり'),
    'hiyashi': ('cold noodles under strips of egg, ham and cucumber',
                '卵、ハム、きゅうりの細切りをのせた冷たい麺'),
    'meat_spaghetti': ('spaghetti with minced meat and tomato',
                       'ひき肉とトマトのソースのスパゲッティ'),
    'ramen': ('wheat noodles in broth', 'スープに入った中華麺'),
    'rice': ('plain boiled rice', '何ものせない白いご飯'),
    'soba': ('thin buckwheat noodles', 'そば粉の細い麺'),
    'unagi': ('grilled eel with a sweet sauce on rice', 'たれで焼いたうなぎをのせたご飯'),
    'yakisoba': ('noodles fried with cabbage and sauce', 'キャベツとソースで炒めた麺'),
    'tantanmen': ('noodles in a hot sesame broth with minced pork', 'ひき肉と辛いごまスープの麺'),
    'pho': ('rice noodles in a clear beef broth', '澄んだ牛だしの米の麺', 'Phở'),
    'com_tam': ('broken rice with grilled pork', '砕き米に焼いた豚肉を添えたもの', 'Cơm tấm'),
    'com_ga': ('rice cooked in chicken broth, with chicken', '鶏のだしで炊いたご飯と鶏肉',
               'Cơm gà'),
    'mi_quang': ('broad rice noodles, yellow with turmeric, with little broth',
                 'ターメリックで黄色い、汁の少ない幅広の米の麺', 'Mì Quảng'),
}

#: Name of a category to Dish: those of the weights that ship, and what their photos show besides.
DISHES = {dish.name: Dish(dish.title, (*says, dish.japanese)[2], dish.japanese, *says[:2])
          for dish in categories.DISHES for says in [_SAYS[dish.name]]}
DISHES.update(
    bun_bo_hue=Dish('Hue beef noodles', 'Bún bò Huế', 'ブンボーフエ', 'a hot beef and lemongrass '
                    'soup with round rice noodles', 'レモングラスの香る辛い牛肉スープの米の麺'),
    bun_hai_san=Dish('seafood noodles', 'Bún hải sản', 'ブンハイサン', 'rice noodles with seafood',
                     '海鮮の米の麺'),
    cao_lau=Dish('Hoi An noodles', 'Cao lầu', 'カオラウ', 'thick noodles with pork and herbs, '
                 'hardly any broth', '豚肉と香草をのせた、汁のほとんどない太い麺'),
    hu_tieu=Dish('Saigon noodles', 'Hủ tiếu', 'フーティウ', 'clear pork and seafood soup with '
                 'chewy noodles', '豚と海鮮の澄んだスープのこしのある麺'),
)


def dish_title(name, words):
    """A category's name for a person.

    Args:
        name (str): Of a category, of any weights.
        words (Words): The language.

    Returns:
        str: ``'Beef bowl'``, ``'牛丼'``; of a dish that is not known, its name in plain letters.
    """
    dish = DISHES.get(name)
    if dish is not None and words.code == 'ja':
        return dish.japanese
    title = name.replace('_', ' ') if dish is None else dish.title
    return title[:1].upper() + title[1:]


def about(name, words):
    """A line about a category: its own name, and what it is.

    Args:
        name (str), words (Words): As above.

    Returns:
        str: ``'牛丼: rice topped with simmered beef and onion.'``; empty where it is not known.
    """
    dish = DISHES.get(name)
    if dish is None:
        return ''
    if words.code == 'ja':
        own = '' if dish.own == dish.japanese else f'（{dish.own}）'
        return f'{dish.japanese}{own}：{dish.says_japanese}。'
    return f'{dish.own}: {dish.says}.'
