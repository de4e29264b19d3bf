"""Writing the folder: any host of static files can serve it."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import pathlib
import shutil
from collections.abc import Sequence
from typing import Union

import numpy as np

from chainer_foodgan.documents import render
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.files import make_folder, replacing, sha256
from chainer_foodgan.links.graph import Graph
from chainer_foodgan.site import runtime
from chainer_foodgan.web.words import LANGUAGES, dish_title
from chainer_foodgan.weights import onnx, read_generator, read_network, registry

__all__ = ['HEADERS', 'POLICY', 'write_site']

#: What the page may do: compute, show pictures, and ask the host of the folder for its files.
POLICY = '; '.join((
    "default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "worker-src 'self'",
    "connect-src 'self'", "img-src 'self' blob:", "media-src 'self' blob: mediastream:",
    "style-src 'self'", "manifest-src 'self'", "base-uri 'none'", "form-action 'none'"))

#: What every answer carries where the host or the service worker can say it: threads take an
#: isolated page.
HEADERS = {
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Content-Security-Policy': POLICY,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer'}

_HERE = pathlib.Path(__file__).parent
_EXAMPLES = ('pho_1.jpg', 'com_tam_1.jpg', 'mi_quang_1.jpg')
_PAGES = {'en': 'index.html', 'ja': 'ja.html'}
_USUAL = 256  # where weights do not say the size of the photos that they were trained on

# What the page says that the page of ``foodgan serve`` does not.
SITE_WORDS = {
    'en': dict(
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
    'ja': dict(
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


def write_site(out: Union[str, os.PathLike], weights: Sequence[str], mask: bool = True,
               webgpu: bool = False, runtime_folder: Union[str, os.PathLike, None] = None
               ) -> pathlib.Path:
    """Writes a folder whose page changes dishes in the browser, by photo or live by camera.

    Args:
        out: The folder; files of these names in it are replaced.
        weights: Names, files or run folders, the first chosen at the start.
        mask: Whether the network that finds food comes along (2 MB).
        webgpu: Whether the WebGPU runtime comes along (27 MB, which only browsers with WebGPU
            fetch; it is used where its results agree with WebAssembly's).
        runtime_folder: ``dist`` of the npm package onnxruntime-web; None: it is fetched once.

    Returns:
        pathlib.Path: The folder.

    Raises:
        FoodganError: Weights cannot be used, the runtime cannot be had, or a file not be written.
    """
    out = make_folder(out)
    runtime.bring(out / 'runtime', {**runtime.FILES, **(runtime.WEBGPU_FILES if webgpu else {})},
                  runtime_folder)
    described = {'weights': {}, 'webgpu': webgpu}
    for source in weights:
        name = source if source in registry.names() else pathlib.Path(source).resolve().stem
        if name in described['weights']:
            raise FoodganError(f'{source}: weights of that name are there already; rename the file')
        described['weights'][name] = _write_generator(source, name, out)
    if mask:
        described['mask'] = _write_mask(out)
    _write_text(out / 'weights.json', json.dumps(described, indent=1))
    for path in (_HERE / 'static').iterdir():
        _copy(path, out / path.name)
    _write_examples(out / 'examples')
    for words in LANGUAGES:
        _write_page(out, words, described)
    _write_list(out)
    return out


def _write_generator(source, name, out):
    loaded = read_generator(source)
    file = f'weights/{name}.onnx'
    meta = {'categories': list(loaded.categories), 'ranges': loaded.ranges}
    onnx.write(out / file, loaded.arrays,
               {key: value for key, value in meta.items() if value is not None}, half=True)
    return {'file': file, 'dishes': list(loaded.categories), 'size': loaded.image_size or _USUAL}


def _write_mask(out):
    from chainer_foodgan.masks import MASK_WEIGHTS, SIDE

    loaded = read_network(MASK_WEIGHTS, lambda network: network.finds_food, '')
    graph = Graph(onnx.library('mask'), loaded.network, loaded.arrays)
    model = graph.model(graph.sequence('x', loaded.network.layers(), ''),
                        {'x': (np.float32, ('batch', 3, 'height', 'width'))}, 1, half=True)
    file = f'weights/{MASK_WEIGHTS}.onnx'
    with replacing(out / file) as target:
        target.write(model.SerializeToString())
    return {'file': file, 'size': SIDE, 'multiple': 2 ** loaded.network.sizes['num_downs']}


def _write_examples(folder):
    photos = registry.folder() / 'photos'
    for name in _EXAMPLES:
        _copy(photos / name, folder / name)
    with open(photos / 'attribution.csv', encoding='utf-8', newline='') as file:
        rows = list(csv.DictReader(file))
    with replacing(folder / 'attribution.csv', 'w') as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(row for row in rows if row['file'] in _EXAMPLES)


def _write_page(out, words, described):
    site = SITE_WORDS[words.code]
    other = next(other for other in LANGUAGES if other is not words)
    first, *others = described['weights'].values()
    names = list(dict.fromkeys(sum((entry['dishes'] for entry in others), first['dishes'])))
    sentences = {**site, 'before': words.before, 'unknown': words.unknown,
                 'failed': words.failed, 'empty': words.empty}
    manifest = f'manifest-{words.code}.webmanifest'
    _write_text(out / manifest, json.dumps({
        'name': words.title, 'short_name': words.title, 'description': words.tagline,
        'lang': words.code, 'start_url': _PAGES[words.code], 'scope': './', 'display': 'standalone',
        'background_color': '#faf7f2', 'theme_color': '#b5382a',
        'icons': [{'src': f'icon-{side}.png', 'sizes': f'{side}x{side}', 'type': 'image/png',
                   'purpose': 'any maskable'} for side in (192, 512)]}, ensure_ascii=False))
    _write_text(out / _PAGES[words.code], render(
        _HERE / 'page.html', words=words, site=site, sentences=sentences, policy=POLICY,
        manifest=manifest, mask='mask' in described,
        other={'address': _PAGES[other.code], 'code': other.code},
        dishes=[{'name': name, 'title': dish_title(name, words)} for name in names],
        chosen='ramen' if 'ramen' in first['dishes'] else first['dishes'][0],
        weights=[{'name': name, 'title': words.sets.get(name, name), 'dishes': entry['dishes']}
                 for name, entry in described['weights'].items()],
        examples=[{'file': f'examples/{name}', 'title': dish_title(name.rsplit('_', 1)[0], words)}
                  for name in _EXAMPLES]))


def _write_list(out):
    """files.js, for the service worker: every file, and a version that changes with any of them."""
    files = sorted(path.relative_to(out).as_posix() for path in out.rglob('*')
                   if path.is_file() and path.name != 'files.js' and path.suffix != '.part')
    version = hashlib.sha256(''.join(
        f'{name} {sha256(out / name)}\n' for name in files).encode()).hexdigest()[:12]
    # The WebGPU runtime is kept once a browser has asked for it.
    kept = [name for name in files if pathlib.PurePath(name).name not in runtime.WEBGPU_FILES]
    content = json.dumps({'version': version, 'files': ['./', *kept], 'headers': HEADERS}, indent=1)
    _write_text(out / 'files.js', f'self.SITE = {content}\n')


def _write_text(path: pathlib.Path, text: str) -> None:
    with replacing(path, 'w') as file:
        file.write(text)


def _copy(source: pathlib.Path, target: pathlib.Path) -> None:
    with open(source, 'rb') as file, replacing(target) as copy:
        shutil.copyfileobj(file, copy)
