"""``foodgan fetch``, and ``foodgan translate`` with what it fetched."""

import json

import numpy as np
import pytest
from PIL import Image

from chainer_foodgan import weights
from chainer_foodgan.commands import main
from chainer_foodgan.files import sha256
from chainer_foodgan.links import Generator
from chainer_foodgan.weights import registry

import chainer


@pytest.fixture
def place(tmp_path, monkeypatch):
    """The current folder, with a released file, and a list of it and of one that ships."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(chainer.dataset.download, '_dataset_root', str(tmp_path / 'root'))
    monkeypatch.setattr(registry, 'folder', lambda: tmp_path)
    chainer.serializers.save_npz('G.npz', Generator(4, 2, 1, rng=np.random.default_rng(0)))
    near = {'name': 'near', 'file': 'G.npz', 'sha256': sha256('G.npz'), 'image_size': 16,
            'network': 'generator', 'categories': ['ramen', 'soba'], 'licence': 'MIT',
            'attribution': 'nobody', 'trained_on': 'nothing'}
    far = {**near, 'name': 'far', 'category_order': 'inferred', 'size': 3,
           'addresses': ['http://127.0.0.1:9/G.npz']}
    (tmp_path / 'records.json').write_text(json.dumps([near, far]))
    return tmp_path


def test_from_a_file_it_prints_the_path_and_what_is_not_proven(place, capsys):
    assert main(['fetch', 'far', '--from-file', 'G.npz']) == 0
    output, error = capsys.readouterr()
    path = place / 'root' / 'chainer_foodgan' / 'weights' / 'far' / 'far.npz'
    assert output == f'{path}\n'
    assert error.count('\n') == 1 and 'order of the categories of far is inferred' in error
    assert weights.load(path).categories == ('ramen', 'soba')


def test_what_ships_is_there(place, capsys):
    assert main(['fetch', 'near']) == 0
    assert capsys.readouterr() == ('{}\n'.format(place / 'G.npz'), '')


@pytest.mark.parametrize('arguments, says', [
    (['fra'], 'did you mean far'),
    (['near', '--from-file', 'G.npz'], 'ships with the package'),
    (['far', '--from-file', 'gone.pth'], 'gone.pth: cannot be read: No such file'),
    (['far', '--from-file', '.'], 'cannot be read: Is a directory'),
    (['far', '--from-file', 'records.json'], 'not the file that was released as far')])
def test_a_mistake_is_one_line(place, capsys, arguments, says):
    assert main(['fetch', *arguments]) == 1
    output, error = capsys.readouterr()
    assert output == '' and error.startswith('foodgan: ') and error.count('\n') == 1
    assert says in error
    assert not (place / 'root').exists()


def test_translating_says_that_the_order_is_inferred_unless_another_is_given(place, capsys):
    main(['fetch', 'far', '--from-file', 'G.npz'])
    Image.new('RGB', (8, 8)).save('lunch.png')
    capsys.readouterr()
    arguments = ['translate', 'lunch.png', '--weights', 'far', '--to', 'soba']
    assert main(arguments) == 0
    output, error = capsys.readouterr()
    assert output == 'lunch_soba.png\n'
    assert error.count('inferred') == 1
    assert main([*arguments, '--categories', 'soba,ramen']) == 0
    output, error = capsys.readouterr()
    assert output == 'lunch_soba-2.png\n' and 'inferred' not in error
    first, second = (np.asarray(Image.open(name)) for name in ('lunch_soba.png',
                                                               'lunch_soba-2.png'))
    assert (first != second).any()
