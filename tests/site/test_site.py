"""The folder: what is in it, and how it is served."""

import http.client
import json
import re
import threading

import numpy as np
import pytest

from chainer_foodgan import weights
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.site import folder as site_folder, runtime, server, write_site


@pytest.fixture
def written(stub, generator, tmp_path):
    return write_site(tmp_path / 'out', [str(generator)], runtime_folder=stub)


def listed(folder):
    text = (folder / 'files.js').read_text('utf-8')
    return json.loads(re.fullmatch(r'self\.SITE = (.*)\n', text, re.DOTALL).group(1))


def test_every_file_is_kept_for_offline(written):
    files = {path.relative_to(written).as_posix() for path in written.rglob('*') if path.is_file()}
    assert set(listed(written)['files']) == files - {'files.js'} | {'./'}
    assert {'runtime/' + name for name in runtime.FILES} <= files
    assert not {'runtime/' + name for name in runtime.WEBGPU_FILES} & files


def test_another_version_of_any_file_is_another_version(written, stub, generator):
    before = listed(written)['version']
    write_site(written, [str(generator)], runtime_folder=stub)
    assert listed(written)['version'] == before
    write_site(written, [str(generator)], webgpu=True, runtime_folder=stub)
    assert listed(written)['version'] != before
    # Only browsers with WebGPU fetch its runtime.
    assert not any('webgpu' in name or 'asyncify' in name for name in listed(written)['files'])


def test_weights_are_halved_and_computed_in_float32(written, generator):
    import onnxruntime

    import chainer

    entry = json.loads((written / 'weights.json').read_text('utf-8'))['weights']['small']
    assert (entry['dishes'], entry['size']) == (['curry', 'ramen', 'unagi'], 64)
    link = weights.load(generator)
    for parameter in link.params():
        parameter.array[...] = parameter.array.astype(np.float16)
    x = np.random.default_rng(0).uniform(-1, 1, (1, 3, 16, 20)).astype(np.float32)
    c = np.eye(3, dtype=np.float32)[[1]]
    y, = onnxruntime.InferenceSession(str(written / entry['file'])).run(None, {'x': x, 'c': c})
    with chainer.no_backprop_mode():
        np.testing.assert_allclose(y, link(x, c).array, atol=1e-5)
    arrays = sum(parameter.size for parameter in link.params())
    assert 2 * arrays < (written / entry['file']).stat().st_size < 2 * arrays + 10000


def test_a_page_in_each_language(written):
    english, japanese = ((written / name).read_text('utf-8') for name in ('index.html', 'ja.html'))
    assert '<html lang="en">' in english and 'href="ja.html"' in english and '>Ramen' in english
    assert '<html lang="ja">' in japanese and 'href="index.html"' in japanese
    assert '>ラーメン' in japanese
    for text in english, japanese:
        assert "connect-src &#39;self&#39;" in text
        assert not re.search(r'(src|href)="(https?:)?//', text)  # nothing of another origin


def test_another_runtime_is_refused(stub, generator, tmp_path):
    (stub / 'ort.wasm.min.mjs').write_text('another')
    with pytest.raises(FoodganError, match=r'ort\.wasm\.min\.mjs: another file than that of '
                       r'version 1.*--runtime'):
        write_site(tmp_path / 'out', [str(generator)], runtime_folder=stub)
    with pytest.raises(FoodganError, match='cannot be read: No such file.*--runtime'):
        write_site(tmp_path / 'out', [str(generator)], runtime_folder=tmp_path)


def test_the_runtime_is_fetched_once(stub, tmp_path, monkeypatch):
    monkeypatch.setenv('CHAINER_DATASET_ROOT', str(tmp_path / 'cache'))
    monkeypatch.setattr(runtime, 'root', lambda: tmp_path / 'cache')
    asked = []

    def download(addresses, path, check, limit):
        asked.append(addresses[0])
        path.write_bytes((stub / path.name).read_bytes())
        assert check(path) is None

    monkeypatch.setattr(runtime, 'download', download)
    for number in (1, 2):
        runtime.bring(tmp_path / str(number), runtime.FILES)
        for name in runtime.FILES:
            assert (tmp_path / str(number) / name).read_text() == name
    assert asked == [f'https://cdn.jsdelivr.net/npm/onnxruntime-web@{runtime.VERSION}/dist/{name}'
                     for name in runtime.FILES]


def test_weights_of_one_name(stub, generator, tmp_path):
    with pytest.raises(FoodganError, match='weights of that name are there already'):
        write_site(tmp_path / 'out', [str(generator), str(generator)], runtime_folder=stub)


def test_the_server_isolates_the_page_and_shows_no_folder(written):
    addresses, ready = [], threading.Event()

    def note(address):
        addresses.append(address)
        ready.set()

    threading.Thread(target=server.serve_site, args=(written, '127.0.0.1', 0, note),
                     daemon=True).start()
    assert ready.wait(30)
    connection = http.client.HTTPConnection(addresses[0][len('http://'):-1])

    def ask(path):
        connection.request('GET', path)
        answer = connection.getresponse()
        return answer, answer.read()

    for path, kind in (('/', 'text/html'), ('/foodgan.js', 'text/javascript'),
                       ('/runtime/ort-wasm-simd-threaded.wasm', 'application/wasm'),
                       ('/runtime/ort.wasm.min.mjs', 'text/javascript'),
                       ('/manifest-ja.webmanifest', 'application/manifest+json')):
        answer, _ = ask(path)
        assert (answer.status, answer.headers['Content-Type']) == (200, kind)
        for name, value in site_folder.HEADERS.items():
            assert answer.headers[name] == value
    for path in ('/weights/', '/../small.npz', '/%2e%2e/small.npz', '/absent'):
        assert ask(path)[0].status == 404
