"""Shards on a web server: the same photos as in the folder, and a line for what goes wrong."""

import functools
import http.server
import itertools
import pickle
import threading

import numpy
import pytest
from PIL import Image

from chainer_foodgan import TrainConfig, remote, train
from chainer_foodgan.datasets import sharding, transforms
from chainer_foodgan.datasets.opening import open_all, open_dataset
from chainer_foodgan.errors import FoodganError

pytest.importorskip('urllib3', reason='photos on a server: pip install urllib3')


class Parts(http.server.SimpleHTTPRequestHandler):
    """Files, or the parts of them that are asked for; ``modes`` change what is sent."""

    protocol_version = 'HTTP/1.1'
    modes, connections = [], set()

    def do_GET(self):
        self.connections.add(self.client_address)
        mode = self.modes.pop(0) if self.modes else 'right'
        try:
            with open(self.translate_path(self.path), 'rb') as file:
                content = file.read()
        except OSError:
            mode = 404
        status, headers = 200, {}
        if isinstance(mode, int):
            status, content = mode, b'no'
        elif 'Range' in self.headers and mode != 'whole':
            first, last = map(int, self.headers['Range'][len('bytes='):].split('-'))
            headers['Content-Range'] = f'bytes {first}-{last}/{len(content)}'
            status, content = 206, content[first:last + 1]
        self.send_response(status)
        if mode == 'endless':
            content += bytes(10 ** 6)
        for name, value in {**headers, 'Content-Length': len(content)}.items():
            self.send_header(name, str(value))
        self.end_headers()
        if mode == 'cut':
            content, self.close_connection = content[:-5], True
        self.wfile.write(content)

    def log_message(self, *_):
        pass


@pytest.fixture
def shards(tmp_path, monkeypatch):
    """The folder of shards, their address, and the modes of the next answers."""
    rng = numpy.random.default_rng(0)
    for part, name, number in itertools.product(('train', 'test'), ('curry', 'ramen'), range(3)):
        path = tmp_path / 'photos' / part / name / f'{number}.png'
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 256, (40, 40, 3)).astype(numpy.uint8)).save(path)
    folder = tmp_path / 'shards'
    sharding.write_shards(*open_all(tmp_path / 'photos'), folder, 2)
    monkeypatch.setenv('no_proxy', '127.0.0.1')
    monkeypatch.setattr('time.sleep', lambda _: None)
    Parts.modes, Parts.connections = [], set()
    with http.server.ThreadingHTTPServer(('127.0.0.1', 0), functools.partial(
            Parts, directory=str(tmp_path))) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield folder, f'http://127.0.0.1:{server.server_port}/shards', Parts.modes
        server.shutdown()


@pytest.mark.parametrize('split', ['train', 'test'])
def test_they_are_what_the_folder_is(shards, split):
    folder, address, _ = shards
    options = {'transform': transforms.TrainTransform(8, 32), 'split': split, 'seed': 3}
    there, here = open_dataset(folder, **options), open_dataset(address + '/', **options)
    numpy.testing.assert_array_equal(here.labels, there.labels)
    for index in range(2 * len(there)):
        for dataset in here, pickle.loads(pickle.dumps(here)):
            for a, b in zip(dataset[index], there[index]):
                numpy.testing.assert_array_equal(a, b)
    assert len(Parts.connections) == 1  # it stays open


def test_training_on_them_ends_at_the_same_weights(shards, tmp_path):
    pytest.importorskip('chainer')
    folder, address, _ = shards
    weights = []
    for name, images in (('folder', folder), ('server', address)):
        train(TrainConfig(
            out=str(tmp_path / name), images=str(images), image_size=16, crop_size=32,
            batch_size=2, num_iters=3, g_conv_dim=2, d_conv_dim=2, g_repeat_num=1, d_repeat_num=2,
            num_workers=2, model_save_step=3, d_train_repeat=1))
        path, = (tmp_path / name / 'models').glob('*_G.npz')
        weights.append(dict(numpy.load(path)))
    assert all((weights[0][key] == weights[1][key]).all() for key in weights[0])


def test_lists_find_them(shards, tmp_path):
    from chainer_foodgan.datasets.lists import ManifestDataset, write_manifest
    folder, address, _ = shards
    photos = open_dataset(address).photos
    write_manifest(tmp_path / 'list.csv', address, [photos[1], photos[4]], ['curry', 'ramen'])
    for root in address, folder:
        dataset = ManifestDataset(root, tmp_path / 'list.csv')
        for row, place in enumerate((1, 4)):
            numpy.testing.assert_array_equal(dataset[row][0], open_dataset(folder)[place][0])


def test_what_is_cut_off_or_busy_is_asked_for_again(shards):
    folder, address, modes = shards
    there, here = open_dataset(folder), open_dataset(address)
    modes += ['cut', 503, 429]
    numpy.testing.assert_array_equal(here[0][0], there[0][0])
    assert not modes
    modes += 4 * [503]
    with pytest.raises(FoodganError, match=r'shard-000000.tar/.*tried 4 times'):
        here[1]
    numpy.testing.assert_array_equal(here[1][0], there[1][0])


@pytest.mark.parametrize('mode, said', [
    ('whole', 'the server does not send parts of files'), (404, 'the server answers 404'),
    ('endless', 'the server sends more than')])
def test_what_is_no_use_is_said(shards, mode, said):
    _, address, modes = shards
    dataset = open_dataset(address)
    modes.append(mode)
    with pytest.raises(FoodganError, match=said):
        dataset[0]


def test_an_index_that_is_none(shards, monkeypatch):
    folder, address, modes = shards
    for where, said in ((address + 'x', 'the server answers 404; check the address$'),
                        ('http://127.0.0.1:1/', 'tried 4 times')):
        with pytest.raises(FoodganError, match=said):
            open_dataset(where)
    monkeypatch.setattr('chainer_foodgan.datasets.shards._ROWS_BYTES', 100)
    with pytest.raises(FoodganError, match='more than 100 bytes'):
        open_dataset(address)
    monkeypatch.undo()
    rows = numpy.load(folder / 'shards.npy')
    with open(folder / 'shards.npy', 'wb') as file:  # a head that promises what no memory holds
        numpy.lib.format.write_array_header_1_0(file, {
            'descr': numpy.lib.format.dtype_to_descr(rows.dtype), 'fortran_order': False,
            'shape': (2 ** 50,)})
    with pytest.raises(FoodganError, match='cannot use the index'):
        open_dataset(address)


def test_a_server_that_drips_is_left(shards, monkeypatch):
    _, address, _ = shards
    monkeypatch.setattr(remote, '_TOTAL', -1)
    with pytest.raises(FoodganError, match='takes more than'):
        open_dataset(address)
