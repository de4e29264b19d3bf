"""What the page says, in English and in Japanese: its sentences, and its dishes.

Gradio's own ``I18n`` follows the browser alone: a link to the other language, the sentences that
the server makes up and the document's own language are beyond it, so each language has a page.
"""

import collections

from chainer_foodgan import categories

Words = collections.namedtuple('Words', (
    'code title tagline other photo drop dish all weights sets only_food area tool paint erase '
    'size more strength second no_second share before after examples credits empty save save_all '
    'hand_on animation visit several several_photos several_go several_done several_none left_out '
    'camera no_photo unknown broken too_large gone failed notes'))
Words.__doc__ = """The sentences of one language.

Attributes:
    code (str): The language's, as browsers name it.
    other (str): What the link to the page in the other language says.
    sets (dict): Name of weights to what they are for a person.
    no_photo, unknown, broken, too_large, gone (str): Why a file was refused; see
        :class:`chainer_foodgan.web.photos.Refusal`.
    failed (str): Before an error that has no sentence of its own.
"""

ENGLISH = Words(
    code='en',
    title='Magical Rice Bowl',
    tagline='Change the dish, keep the bowl.',
    other='日本語',
    photo='Your photo',
    drop='# Drop a photo of a dish\nor click to choose one',
    dish='Becomes',
    all='All of them',
    weights='Set of dishes',
    sets={'magical_rice_bowl_student': 'Japanese dishes (10)',
          'magical_rice_bowl_live': 'Japanese dishes (10), fast',
          'photos_96': 'Noodles and rice of Japan and Vietnam (6)',
          'bowls_64': 'For drawn bowls (10)',
          'magical_rice_bowl': 'Japanese dishes, the released model (10)'},
    only_food='Only the food changes',
    area='The bright part changes: press on it to correct it',
    tool='Pressing',
    paint='adds',
    erase='takes away',
    size='Size of a spot',
    more='Strength and mixtures',
    strength='Strength: from the photo to the dish',
    second='Mixed with',
    no_second='Nothing',
    share='Share of the second dish',
    before='Photo',
    after='{} → {}: move the line to compare',
    examples='Or take one of these',
    credits='Photos: {}, {}.',
    empty='Choose a photo, then a dish.',
    save='Save the picture',
    save_all='Save them as one sheet',
    hand_on='Share',
    animation='Of an animation, the first picture is changed.',
    visit='Of this visit',
    several='Several photos at once',
    several_photos='Photos, {} at most',
    several_go='Change them all',
    several_done='Save them (ZIP)',
    several_none='Choose some photos first, and one dish.',
    left_out='Left out: {}',
    camera='The camera needs a secure connection: open this page by https (serve --tls), or choose '
           'a photo.',
    no_photo='There is no photo yet: choose one first.',
    unknown='This file is no picture that can be read here. Choose a JPEG or PNG file.',
    broken='This picture is cut off or broken. Choose a whole copy of it.',
    too_large='This picture has more than {:,} pixels. Scale it down, then try again.',
    gone='This photo is no longer here: photos are deleted after a while. Choose it again.',
    failed='That did not work: {}',
    notes='Photos are computed on the machine that serves this page, are shown to nobody else, and '
          'are deleted after {} minutes.')

JAPANESE = Words(
    code='ja',
    title='魔法のどんぶり',
    tagline='器はそのまま、料理だけを変えます。',
    other='English',
    photo='写真',
    drop='# 料理の写真をここにドロップ\nまたはクリックして選択',
    dish='変えたい料理',
    all='すべて',
    weights='料理の種類',
    sets={'magical_rice_bowl_student': '日本の料理（10種）',
          'magical_rice_bowl_live': '日本の料理（10種、高速）',
          'photos_96': '日本とベトナムの麺とご飯（6種）',
          'bowls_64': '描いた丼用（10種）',
          'magical_rice_bowl': '日本の料理、公開モデル（10種）'},
    only_food='料理の部分だけを変える',
    area='明るい部分が変わります：押して直せます',
    tool='押したところを',
    paint='加える',
    erase='除く',
    size='ブラシの大きさ',
    more='変化の強さと混ぜ合わせ',
    strength='変化の強さ：写真から料理へ',
    second='混ぜる料理',
    no_second='なし',
    share='2つ目の料理の割合',
    before='元の写真',
    after='{} → {}：線を動かして比べる',
    examples='サンプルの写真を使う',
    credits='写真：{}、{}',
    empty='写真を選び、変えたい料理を選んでください。',
    save='画像を保存',
    save_all='一覧を1枚で保存',
    hand_on='共有',
    animation='アニメーションは最初の1枚だけを変換します。',
    visit='これまでの結果',
    several='複数の写真をまとめて変換',
    several_photos='写真（{}枚まで）',
    several_go='まとめて変換',
    several_done='ZIPで保存',
    several_none='まず写真と料理を1つ選んでください。',
    left_out='除いた写真：{}',
    camera='カメラには安全な接続が必要です。https（serve --tls）で開くか、写真を選んでください。',
    no_photo='まず写真を選んでください。',
    unknown='このファイルは画像として読み込めません。JPEGかPNGの画像を選んでください。',
    broken='この画像は途中で切れているか壊れています。完全なファイルを選んでください。',
    too_large='この画像は{:,}画素を超えています。縮小してからもう一度お試しください。',
    gone='写真は一定時間で削除されます。もう一度選んでください。',
    failed='変換できませんでした：{}',
    notes='写真はこのページを動かしているコンピューターだけで処理され、ほかの人には表示されません。'
          '{}分後に削除されます。')

LANGUAGES = (ENGLISH, JAPANESE)


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
    """A category's name for a person: ``'Beef bowl'``, ``'牛丼'``; of a dish that is not known, its
    name in plain letters.
    """
    dish = DISHES.get(name)
    if dish is not None and words.code == 'ja':
        return dish.japanese
    title = name.replace('_', ' ') if dish is None else dish.title
    return title[:1].upper() + title[1:]


def about(name, words):
    """A line about a category, ``'牛丼: rice topped with simmered beef and onion.'``; empty
    where it is not known.
    """
    dish = DISHES.get(name)
    if dish is None:
        return ''
    if words.code == 'ja':
        own = '' if dish.own == dish.japanese else f'（{dish.own}）'
        return f'{dish.japanese}{own}：{dish.says_japanese}。'
    return f'{dish.own}: {dish.says}.'
