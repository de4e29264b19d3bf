"""`foodgan shard`, and every command that takes photos on what it writes: as on the folder."""

import csv
import json

import numpy
import pytest
from PIL import Image

from chainer_foodgan.commands import main
from chainer_foodgan.evaluations.classifier import Classifier, save_classifier

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
        for key in set(a) - {'__meta__'}:  # it names the folder
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


def test_curation_and_measuring(root, tmp_path):
    pytest.importorskip('sklearn', reason='clusters: pip install "chainer_foodgan[curation]"')
    found = {}
    for name in ('folder', 'shards'):
        images, out = ['--images', root / name], tmp_path / name
        run('rank', *images, '--classifier', root / 'judge.npz', '--keep', 0.5, '--out',
            out / 'ranked')
        run('cluster', *images, '--classifier', root / 'judge.npz', '--category', 'b',
            '--clusters', 2, '--out', out / 'clusters', '--drop', 1)
        run('train-classifier', *images, '--out', out / 'c.npz', '--image-size', 16, '--conv-dim',
            2, '--num-epochs', 1, '--batch-size', 4)
        run('train', *images, '--list', out / 'ranked' / 'list.csv', '--out', out / 'run', *TINY,
            '--num-iters', 1)
        run('evaluate', '--weights', out / 'run', *images, '--classifier', root / 'judge.npz',
            '--metrics', 'accuracy', '--out', out / 'f.json')
        tables = [list(csv.DictReader((out / path).read_text().splitlines())) for path in (
            'ranked/scores.csv', 'ranked/list.csv', 'clusters/clusters.csv', 'clusters/list.csv')]
        for row in sum(tables, []):
            assert (name == 'shards') == row.pop('file').startswith(row['split'] + '/shard-')
        figures = json.loads((out / 'f.json').read_text())
        found[name] = tables, figures['all'], figures['pictures']
    assert found['folder'] == found['shards']
    same_arrays(*(tmp_path / name / 'c.npz' for name in found))
