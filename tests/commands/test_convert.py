"""``foodgan convert`` from end to end."""

import numpy as np
import pytest

from chainer_foodgan import weights
from chainer_foodgan.commands import main
from chainer_foodgan.links import Generator


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    weights.save(Generator(4, 3, 2), 'G.npz', {'categories': ['curry', 'ramen', 'soba']})


def test_it_tells_what_it_found_and_what_it_wrote(place, capsys):
    assert main(['convert', 'G.npz', 'G.pth']) == 0
    first, second, third = capsys.readouterr().out.splitlines()
    assert first == 'G.npz: Generator(conv_dim=4, c_dim=3, repeat_num=2)'
    assert second.startswith('categories: curry, ramen, soba (a PyTorch state dict has no place')
    assert third.startswith('G.pth: 0.') and third.endswith('read back and found equal')


def test_names_are_given_and_what_is_left_out_is_told(place, capsys):
    np.savez('old.npz', **weights.state_dict(weights.load('G.npz')))
    assert main(['convert', 'old.npz', 'new.npz', '--categories', 'a,b,c']) == 0
    shown = capsys.readouterr()
    assert 'left out 18 arrays of running statistics' in shown.out and shown.err == ''
    assert 'categories: a, b, c\n' in shown.out
    assert weights.load('new.npz').categories == ('a', 'b', 'c')
    assert main(['convert', 'old.npz', 'new.npz']) == 0
    assert '--categories NAME,... says them' in capsys.readouterr().out


@pytest.mark.parametrize('arguments, says', [
    (['nothing.pth', 'a.npz'], 'foodgan: nothing.pth: there is no such file'),
    (['G.npz', 'a.txt'], "foodgan: a.txt: weights do not come as '.txt' here"),
    (['G.npz', 'a.pth', '--categories', 'a,b'], 'foodgan: G.npz: its network has 3 categories')])
def test_what_cannot_be_converted_is_one_line(place, capsys, arguments, says):
    assert main(['convert', *arguments]) == 1
    shown = capsys.readouterr()
    assert shown.out == '' and shown.err.startswith(says) and shown.err.count('\n') == 1
