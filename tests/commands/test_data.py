"""`foodgan bowls` and `shard`; every command takes shards as it takes the folder."""

import argparse
import csv
import json

import numpy
import pytest
from PIL import Image

from chainer_foodgan import weights
from chainer_foodgan.categories import NAMES
from chainer_foodgan.commands import data, main
from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.evaluations.classifier import Classifier, load_classifier, save_classifier
from chainer_foodgan.links import Generator


def bowls(*arguments):
    parser = argparse.ArgumentParser()
    data.add_bowls_options(parser)
    return data.run_bowls(parser.parse_args([str(a) for a in arguments]))


def test_writes_a_folder_per_category(tmp_path, capsys):
    out = tmp_path / 'bowls'
    assert bowls('--out', out, '--count', 23, '--size', 32, '--seed', 5) == 0
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
        bowls('--out', tmp_path, '--count', 10, '--size', 16, '--seed', seed)
    assert len(list(tmp_path.glob('*/*.png'))) == 20


@pytest.mark.parametrize('arguments, word', [
    (('--count', 0), 'count'), (('--count', 1, '--size', 3), 'size'),
    (('--count', 1, '--seed', -1), 'seed')])
def test_wrong_numbers_are_named_and_nothing_is_written(tmp_path, arguments, word):
    out = tmp_path / 'bowls'
    with pytest.raises(FoodganError, match=word):
        bowls('--out', out, *arguments)
    assert not out.exists()


def test_a_file_in_the_way(tmp_path):
    (tmp_path / 'taken').write_text('mine')
    with pytest.raises(FoodganError, match='taken'):
        bowls('--out', tmp_path / 'taken', '--count', 1, '--size', 16)
    assert (tmp_path / 'taken').read_text() == 'mine'


TINY = ['--image-size', '16', '--batch-size', '4', '--g-conv-dim', '2', '--d-conv-dim', '2',
        '--g-repeat-num', '1', '--d-repeat-num', '2', '--d-train-repeat', '1', '--num-iters', '4',
        '--model-save-step', '2']


def run(*arguments):
    assert main([str(argument) for argument in arguments]) == 0


@pytest.fixture(scope='module')
def root(tmp_path_factory):
    """Photos in a folder with splits and in shards, and a classifier."""
    root, rng = tmp_path_factory.mktemp('photos'), numpy.random.default_rng(0)
    for split, name, number in numpy.ndindex(2, 2, 6):
        path = root / 'folder' / ('train', 'test')[split] / 'ab'[name] / f'{number}.jpg'
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 256, (20, 24, 3)).astype(numpy.uint8)).save(path)
    run('shard', root / 'folder', root / 'shards', '--photos-per-shard', 5)
    save_classifier(Classifier('ab', 16, 2, rng=rng), root / 'judge.npz',
                    {'test_accuracy': .5, 'trained_on': 'nothing', 'tested_on': 'nothing'})
    return root


def same_arrays(first, second):
    with numpy.load(first) as a, numpy.load(second) as b:
        assert set(a) == set(b)
        for key in a:
            numpy.testing.assert_array_equal(a[key], b[key], err_msg=key)


def test_what_is_written(root, tmp_path, capsys):
    run('shard', root / 'folder', tmp_path / 'out', '--photos-per-shard', 7)
    assert capsys.readouterr().out == (
        f'24 photos of 2 categories are in 4 shards in {tmp_path / "out"}\n')
    assert {str(path.relative_to(tmp_path / 'out')) for path in tmp_path.rglob('*.*')} == {
        'train/shard-000000.tar', 'train/shard-000001.tar', 'test/shard-000000.tar',
        'test/shard-000001.tar', 'classnames.txt', 'shards.json', 'shards.npy'}
    index = {name: (tmp_path / 'out' / name).read_bytes() for name in ('shards.json', 'shards.npy')}
    for name in index:
        (tmp_path / 'out' / name).unlink()
    run('shard', tmp_path / 'out')
    assert index == {name: (tmp_path / 'out' / name).read_bytes() for name in index}


@pytest.mark.parametrize('arguments, words', [
    (['{}/folder', '{}/shards'], 'shards is there already'),
    (['{}/folder'], 'there is no tar file with photos in it'),
    (['{}/folder', '--skip-bad'], 'name a folder to write to')])
def test_what_is_refused(root, capsys, arguments, words):
    assert main(['shard'] + [argument.format(root) for argument in arguments]) == 1
    error = capsys.readouterr().err
    assert words in error and error.count('\n') == 1


def test_training_goes_the_same_way_and_goes_on(root, tmp_path):
    for name in ('folder', 'shards'):
        run('train', '--images', root / name, '--out', tmp_path / name, *TINY)
    same_arrays(*(tmp_path / name / 'models' / '2_1_G.npz' for name in ('folder', 'shards')))
    whole = tmp_path / 'shards' / 'snapshots' / '2_1.npz'
    whole.rename(tmp_path / 'whole.npz')
    run('train', '--out', tmp_path / 'shards', '--resume')
    with numpy.load(whole) as a, numpy.load(tmp_path / 'whole.npz') as b:
        for key in set(a) - {key for key in a if 'time' in key or 'log' in key.lower()}:
            numpy.testing.assert_array_equal(a[key], b[key], err_msg=key)


def table(path):
    return list(csv.DictReader(path.read_text().splitlines()))


def test_rank(root, tmp_path):
    for name in ('folder', 'shards'):
        run('rank', '--images', root / name, '--classifier', root / 'judge.npz', '--keep', 0.5,
            '--out', tmp_path / name)
    for file in ('scores.csv', 'list.csv'):
        there, here = (table(tmp_path / name / file) for name in ('folder', 'shards'))
        for row in here:
            assert row.pop('file').startswith(row['split'] + '/shard-00000')
        assert here == [{key: row[key] for key in row if key != 'file'} for row in there]
    run('train', '--images', root / 'shards', '--list', tmp_path / 'shards' / 'list.csv', '--out',
        tmp_path / 'run', *TINY, '--num-iters', 1)


def test_cluster(root, tmp_path):
    pytest.importorskip('sklearn', reason='clusters: pip install "chainer_foodgan[curation]"')
    run('cluster', '--images', root / 'shards', '--classifier', root / 'judge.npz', '--category',
        'b', '--clusters', 2, '--out', tmp_path, '--drop', 1)
    clusters = table(tmp_path / 'clusters.csv')
    kept = {row['file'] for row in clusters if row['cluster'] == '0'}
    assert len(clusters) == 12 and 0 < len(kept) < 12
    listed = {row['file'] for row in table(tmp_path / 'list.csv') if row['category'] == 'b'}
    assert listed == kept and len(table(tmp_path / 'list.csv')) == 12 + len(kept)


def test_measuring(root, tmp_path):
    run('train-classifier', '--images', root / 'shards', '--out', tmp_path / 'c.npz',
        '--image-size', 16, '--conv-dim', 2, '--num-epochs', 1, '--batch-size', 4)
    _, meta = load_classifier(tmp_path / 'c.npz')
    assert meta['trained_on'] == '12 pictures of shards, split train'
    assert meta['tested_on'] == '12 pictures of shards, split test'
    weights.save(Generator(2, 2, 1, rng=numpy.random.default_rng(0)), tmp_path / 'G.npz',
                 {'categories': ['a', 'b'], 'image_size': 16})
    run('evaluate', '--weights', tmp_path / 'G.npz', '--images', root / 'shards', '--metrics',
        'cycle', '--out', tmp_path / 'f.json')
    figures = json.loads((tmp_path / 'f.json').read_text())
    assert figures['judged_on'] == '12 photos of shards, split test' and figures['pictures'] == 12
