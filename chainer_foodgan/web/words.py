"""What the page says, in English and in Japanese.

Gradio's own ``I18n`` follows the browser alone: a link to the other language, the sentences that
the server makes up and the document's own language are beyond it, so each language has a page.
"""

import collections

from chainer_foodgan.categories import DISHES

Words = collections.namedtuple('Words', (
    'code title tagline other photo drop dish all weights only_food before examples empty save '
    'save_all animation no_photo unknown broken too_large gone failed notes'))
Words.__doc__ = """The sentences of one language.

Attributes:
    code (str): The language's, as browsers name it.
    other (str): What the link to the page in the other language says.
    no_photo, unknown, broken, too_large, gone (str): Why a file was refused; see
        :class:`chainer_foodgan.web.service.Refusal`.
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
    weights='Weights',
    only_food='Only the food',
    before='Photo',
    examples='Or take a bowl from the kitchen',
    empty='Choose a photo, then a dish.',
    save='Save the picture',
    save_all='Save them as one sheet',
    animation='Of an animation, the first picture is changed.',
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
    title='Magical Rice Bowl',
    tagline='器はそのまま、料理だけを変えます。',
    other='English',
    photo='写真',
    drop='# 料理の写真をここにドロップ\nまたはクリックして選択',
    dish='変えたい料理',
    all='すべて',
    weights='重み',
    only_food='料理の部分だけ',
    before='元の写真',
    examples='サンプルの丼を使う',
    empty='写真を選び、変えたい料理を選んでください。',
    save='画像を保存',
    save_all='一覧を1枚で保存',
    animation='アニメーションは最初の1枚だけを変換します。',
    no_photo='まず写真を選んでください。',
    unknown='このファイルは画像として読み込めません。JPEGかPNGの画像を選んでください。',
    broken='この画像は途中で切れているか壊れています。完全なファイルを選んでください。',
    too_large='この画像は{:,}画素を超えています。縮小してからもう一度お試しください。',
    gone='写真は一定時間で削除されます。もう一度選んでください。',
    failed='変換できませんでした：{}',
    notes='写真はこのページを動かしているコンピューターだけで処理され、ほかの人には表示されません。'
          '{}分後に削除されます。')

LANGUAGES = (ENGLISH, JAPANESE)

_TITLES = {dish.name: dish.title for dish in DISHES}
_JAPANESE = {dish.name: dish.japanese for dish in DISHES}


def dish_title(name, words):
    """A category's name for a person.

    Args:
        name (str): Of a category, of any weights.
        words (Words): The language.

    Returns:
        str: ``'Beef bowl'``, ``'牛丼'``; of a dish that is not known, its name in plain letters.
    """
    if words is JAPANESE and name in _JAPANESE:
        return _JAPANESE[name]
    title = _TITLES.get(name, name.replace('_', ' '))
    return title[:1].upper() + title[1:]
