import argparse

import numpy
import pytest
from PIL import Image

from chainer_foodgan.categories import NAMES
from chainer_foodgan.commands import data
from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.errors import FoodganError


def _run(*arguments):
    parser = argparse.ArgumentParser()
    data.add_bowls_options(parser)
    return data.run_bowls(parser.parse_args([str(a) for a in arguments]))


def test_writes_a_folder_per_category(tmp_path, capsys):
    out = tmp_path / 'bowls'
    assert _run('--out', out, '--count', 23, '--size', 32, '--seed', 5) == 0
    assert sorted(path.name for path in out.iterdir()) == sorted(NAMES)
    counts = [len(list((out / name).iterdir())) for name in NAMES]
    assert counts == [3, 3, 3] + [2] * 7
    expected = RenderedBowls(23, 32, 5)
    for index in (0, 14, 22):
        path = out / NAMES[index % 10] / f'5_{index:06d}.png'
        with Image.open(path) as picture:
            numpy.testing.assert_array_equal(numpy.asarray(picture),
                                             numpy.asarray(expected.image(index)))
    assert '23 bowls of 10 dishes' in capsys.readouterr().out


def test_another_seed_adds_pictures(tmp_path):
    for seed in (0, 1, 1):
        _run('--out', tmp_path, '--count', 10, '--size', 16, '--seed', seed)
    assert len(list(tmp_path.glob('*/*.png'))) == 20


@pytest.mark.parametrize('arguments, word', [
    (('--count', 0), 'count'), (('--count', 1, '--size', 3), 'size'),
    (('--count', 1, '--seed', -1), 'seed')])
def test_wrong_numbers_are_named_and_nothing_is_written(tmp_path, arguments, word):
    out = tmp_path / 'bowls'
    with pytest.raises(FoodganError, match=word):
        _run('--out', out, *arguments)
    assert not out.exists()


def test_a_file_in_the_way(tmp_path):
    (tmp_path / 'taken').write_text('mine')
    with pytest.raises(FoodganError, match='taken'):
        _run('--out', tmp_path / 'taken', '--count', 1, '--size', 16)
    assert (tmp_path / 'taken').read_text() == 'mine'
