"""What the page says that the page of ``foodgan serve`` does not, in English and in Japanese."""

import collections

SiteWords = collections.namedtuple('SiteWords', (
    'picture start choose examples camera stop_camera compare strength loading working rate '
    'insecure no_camera private credits'))

SITE_WORDS = {
    'en': SiteWords(
        picture='Picture',
        start='Drop or paste a photo of a dish, or let the camera look at one.',
        choose='Choose a photo',
        examples='Or take one of these',
        camera='Camera',
        stop_camera='Stop the camera',
        compare='Hold: before',
        strength='Strength',
        loading='Loading the network …',
        working='Computing …',
        rate='{} pictures a second',
        insecure='The camera needs a page that comes by https or from this machine.',
        no_camera='The camera cannot be used: {}',
        private='Everything is computed in this browser: no photo leaves it.',
        credits='Computed by ONNX Runtime (MIT licence). The photos shown first are CC BY 4.0, '
                'see attribution.csv.'),
    'ja': SiteWords(
        picture='画像',
        start='料理の写真をドロップまたは貼り付けるか、カメラで写してください。',
        choose='写真を選ぶ',
        examples='サンプルの写真',
        camera='カメラ',
        stop_camera='カメラを止める',
        compare='長押しで元の写真',
        strength='強さ',
        loading='ネットワークを読み込んでいます…',
        working='変換しています…',
        rate='毎秒{}枚',
        insecure='カメラはhttpsのページか、このコンピューターのページでだけ使えます。',
        no_camera='カメラを使えません：{}',
        private='計算はすべてこのブラウザーの中で行われ、写真は外に送られません。',
        credits='計算：ONNX Runtime（MITライセンス）。サンプルの写真はCC BY 4.0です'
                '（attribution.csvを参照）。'),
}
