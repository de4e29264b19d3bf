"""What the page says, in English and in Japanese.

Gradio's own ``I18n`` follows the browser alone: a link to the other language, the sentences that
the server makes up and the document's own language are beyond it, so each language has a page.
"""

import collections

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
        :class:`chainer_foodgan.web.reading.Refusal`.
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
