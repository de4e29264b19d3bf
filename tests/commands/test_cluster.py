"""`foodgan cluster`: from photos to clusters, and to a list that training takes."""

import collections
import csv
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import numpy
import pytest
from PIL import Image

from chainer_foodgan.commands import main
from chainer_foodgan.curation import features, kmeans
from chainer_foodgan.datasets.opening import open_dataset
from chainer_foodgan.evaluations.classifier import Classifier, save_classifier
from chainer_foodgan.visualizations import curation

pytest.importorskip('sklearn', reason='clusters: pip install scikit-learn')

COLOURS = {'red': (220, 30, 30), 'blue': (30, 30, 220), 'green': (30, 220, 30)}
FILES = {'features.npy', 'features.json', 'features.journal', 'clusters.csv', 'clusters.json',
         'sheet.png', 'map.png'}


def run(*arguments):
    return main(['cluster'] + [str(argument) for argument in arguments])


def flat(path, colour, rng):
    pixels = numpy.array(colour) + rng.integers(-3, 4, (16, 16, 3))
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels.astype(numpy.uint8)).save(str(path))


@pytest.fixture(scope='module')
def judge(tmp_path_factory):
    """A classifier that knows nothing, but sees different colours differently."""
    path = tmp_path_factory.mktemp('judge') / 'judge.npz'
    save_classifier(Classifier('ab', 16, 8, rng=numpy.random.default_rng(0)), path, {
        'trained_on': 'nothing'})
    return path


@pytest.fixture
def photos(tmp_path):
    """Ramen of three colours, 12 red, 9 blue and 6 green, and eight soba."""
    rng, root = numpy.random.default_rng(0), tmp_path / 'photos'
    for number in range(27):
        name = ['red'] * 4 + ['blue'] * 3 + ['green'] * 2
        flat(root / 'ramen' / f'{number:02}_{name[number % 9]}.png',
             COLOURS[name[number % 9]], rng)
    for number in range(8):
        flat(root / 'soba' / f'{number}.png', (99, 99, 99), rng)
    return root


def rows(path):
    with open(str(path), encoding='utf-8', newline='') as file:
        return list(csv.DictReader(file))


def test_clusters_are_the_colours_and_one_is_dropped(photos, judge, tmp_path, capsys, monkeypatch):
    out = tmp_path / 'deep' / 'out'
    given = ('--images', photos, '--category', 'ramen', '--classifier', judge, '--clusters', 3,
             '--out', out)
    assert run(*given) == 0
    shown = capsys.readouterr()
    assert {path.name for path in out.iterdir()} == FILES
    assert [line.split()[:2] for line in shown.out.splitlines()[1:4]] == [
        ['0', '12'], ['1', '9'], ['2', '6']]
    # Whose features they are is said, on the terminal as in the files.
    assert 'features of the classifier judge.npz (trained on nothing), not of VGG16' in shown.out
    assert json.loads((out / 'features.json').read_text())['network'] == 'classifier'
    table = rows(out / 'clusters.csv')
    assert [row['file'] for row in table] == sorted(
        'ramen/' + path.name for path in (photos / 'ramen').iterdir())
    for row in table:
        assert row['file'].endswith('_{}.png'.format(list(COLOURS)[int(row['cluster'])]))
        assert row['features'] == 'classifier' and float(row['distance']) > 0
    assert numpy.load(out / 'features.npy').shape == (27, 64)
    with Image.open(out / 'sheet.png') as sheet, Image.open(out / 'map.png') as map_:
        assert min(sheet.size + map_.size) > 300

    # What is dropped after a look is not computed again, and nothing that is there is changed.
    before = {name: ((out / name).stat().st_mtime_ns, (out / name).read_bytes()) for name in FILES}

    def fail(*args):
        raise AssertionError('computed again')
    monkeypatch.setattr(features.OfClassifier, '__call__', fail)
    for name in ('principal_components', 'cluster', 'plane'):
        monkeypatch.setattr(kmeans, name, fail)
    assert run(*given, '--drop', '2,0') == 0
    assert {name: ((out / name).stat().st_mtime_ns, (out / name).read_bytes())
            for name in FILES} == before
    shown = capsys.readouterr()
    assert '{}: 17 photos of all categories'.format(out / 'list.csv') in shown.out
    kept, whole = open_dataset(photos, out / 'list.csv'), open_dataset(photos)
    assert kept.categories == ('ramen', 'soba')
    wanted = [photo for photo in whole.photos if photo.label == 1 or '_blue' in photo.file]
    assert sorted(kept.photos) == sorted(wanted) and len(wanted) == 17


def test_other_clusters_of_the_same_features(photos, judge, tmp_path, monkeypatch):
    given = ('--images', photos, '--category', 'ramen', '--classifier', judge, '--out',
             tmp_path / 'out')
    assert run(*given, '--clusters', 3) == 0
    monkeypatch.setattr(features.OfClassifier, '__call__', None)
    assert run(*given, '--clusters', 2) == 0
    assert {row['cluster'] for row in rows(tmp_path / 'out' / 'clusters.csv')} == {'0', '1'}


def test_splits_boxes_and_photos_that_cannot_be_read(photos, judge, tmp_path, caplog):
    """The list keeps the split and the box of each photo, and photos of other categories."""
    lines = ['file,category,split,dish_box']
    for place, path in enumerate(sorted(photos.glob('*/*.png'))):
        lines.append('{},{},{},{}'.format(
            path.relative_to(photos), path.parent.name, 'test' if place % 4 == 0 else 'train',
            '0 0 0.5 1' if place % 3 == 0 else ''))
    (photos / 'ramen' / '01_red.png').write_bytes(b'no picture')
    lines.append('ramen/nowhere.png,ramen,train,')
    (tmp_path / 'photos.csv').write_text('\n'.join(lines) + '\n')
    out = tmp_path / 'out'
    assert run('--images', photos, '--list', tmp_path / 'photos.csv', '--category', 'ramen',
               '--classifier', judge, '--clusters', 3, '--drop', 1, '--out', out) == 0
    assert '01_red.png' in caplog.text and 'nowhere.png' in caplog.text
    assert len(numpy.load(out / 'features.npy')) == 26
    for split in ('train', 'test'):
        before = open_dataset(photos, tmp_path / 'photos.csv', split=split, skip_bad=True)
        after = open_dataset(photos, out / 'list.csv', split=split)
        assert sorted(after.photos, key=str) == sorted(
            (photo for photo in before.photos if '_blue' not in photo.file), key=str)


def test_clusters_of_a_list_as_the_next_list(photos, judge, tmp_path):
    """One category after the other."""
    for category, drop, list_file in (('ramen', '1', None), ('soba', '0', 'ramen/list.csv')):
        assert run('--images', photos, '--category', category, '--classifier', judge,
                   '--clusters', 2, '--drop', drop, '--out', tmp_path / category, *(
                       ('--list', tmp_path / list_file) if list_file else ())) == 0
    dropped = {row['file'] for category, drop in (('ramen', '1'), ('soba', '0'))
               for row in rows(tmp_path / category / 'clusters.csv') if row['cluster'] == drop}
    kept = [row['file'] for row in rows(tmp_path / 'soba' / 'list.csv')]
    everything = [str(path.relative_to(photos)) for path in photos.glob('*/*.png')]
    assert sorted(kept) == sorted(set(everything) - dropped) and dropped


@pytest.mark.parametrize('arguments, words', [
    (('--clusters', 28), '--clusters 28: ramen has 27 photos'),
    (('--category', 'ramn'), 'no category ramn; did you mean ramen'),
    (('--drop', '8'), '--drop 8: there is no such cluster; they are 0 to 7'),
    (('--clusters', 2, '--drop', '0,1'), '--drop 0,1: no photo of ramen would be left'),
    (('--images', 'nowhere'), 'nowhere'),
    (('--classifier', 'no.npz'), 'no.npz'),
    (('--out', 'photos/soba/0.png/out'), 'cannot make the folder')])
def test_mistakes_are_one_line(photos, judge, tmp_path, monkeypatch, capsys, arguments, words):
    monkeypatch.chdir(tmp_path)
    assert run('--images', 'photos', '--category', 'ramen', '--classifier', judge, '--out', 'out',
               *arguments) == 1
    line, = capsys.readouterr().err.splitlines()
    assert line.startswith('foodgan: ') and words in line
    assert not (tmp_path / 'out').exists()


def test_weights_of_vgg16_that_are_none(photos, tmp_path, capsys):
    (tmp_path / 'vgg.npz').write_bytes(b'nothing')
    for name in ('vgg.npz', 'nowhere.npz'):
        assert run('--images', photos, '--category', 'ramen', '--start', tmp_path / name,
                   '--out', tmp_path / 'out') == 1
        line, = capsys.readouterr().err.splitlines()
        assert name in line


def test_other_photos_or_another_network(photos, judge, tmp_path, capsys):
    given = ('--images', photos, '--category', 'ramen', '--clusters', 3, '--out', tmp_path / 'out')
    other = judge.parent / 'other.npz'
    save_classifier(Classifier('ab', 16, 8, rng=numpy.random.default_rng(1)), other, {})
    assert run(*given, '--classifier', judge) == 0
    before = (tmp_path / 'out' / 'features.npy').read_bytes()
    capsys.readouterr()
    for arguments, words in (
            (('--classifier', other), 'weights: SHA-256'),
            (('--classifier', judge, '--batch-size', 9), 'batch size: 8, not 9'),
            (('--classifier', judge, '--category', 'soba'), 'photos: 27, not 8')):
        assert run(*given, *arguments) == 1
        line, = capsys.readouterr().err.splitlines()
        assert 'holds features of something else' in line and words in line
    (photos / 'ramen' / '00_red.png').unlink()
    assert run(*given, '--classifier', judge) == 1
    assert (tmp_path / 'out' / 'features.npy').read_bytes() == before


def test_without_scikit_learn(photos, judge, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr('importlib.util.find_spec', lambda name: None)
    assert run('--images', photos, '--category', 'ramen', '--classifier', judge,
               '--out', tmp_path / 'out') == 1
    assert 'pip install "chainer_foodgan[curation]"' in capsys.readouterr().err


# Cut off, and spread over ranks

# Says in a file which batches the network has seen.
WATCHED = '''
import sys, zlib
from chainer_foodgan.commands import main
from chainer_foodgan.curation import features
from chainer_foodgan.visualizations import curation
curation.DOTS = 99
see = features.OfClassifier.__call__
def watched(self, x):
    with open('seen', 'a') as file:
        file.write('%08x\\n' % zlib.crc32(x.tobytes()))
    return see(self, x)
features.OfClassifier.__call__ = watched
sys.exit(main())
'''


def test_killed_in_the_middle_of_2000_photos(judge, tmp_path, monkeypatch):
    monkeypatch.setattr(curation, 'DOTS', 99)  # a map of all takes ten seconds
    rng, root = numpy.random.default_rng(0), tmp_path / 'photos'
    for name in ('ramen', 'soba'):
        (root / name).mkdir(parents=True)
        for number in range(2000 if name == 'ramen' else 1):
            Image.fromarray(rng.integers(0, 256, (6, 6, 3)).astype(numpy.uint8)).save(
                str(root / name / f'{number}.bmp'))
    given = ['cluster', '--images', str(root), '--category', 'ramen', '--classifier', str(judge),
             '--batch-size', '16', '--out']
    assert main(given + [str(tmp_path / 'whole')]) == 0

    path = str(pathlib.Path(__file__).parents[2])
    command = [sys.executable, '-c', WATCHED] + given + ['out']
    settings = {'cwd': str(tmp_path), 'env': dict(os.environ, PYTHONPATH=path)}
    journal = tmp_path / 'out' / 'features.journal'
    process = subprocess.Popen(command, **settings)
    while not journal.exists() or journal.read_bytes().count(b'\n') < 40:
        assert process.poll() is None
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    kept = journal.read_bytes().count(b'\n')
    assert 40 <= kept < 125 and not (tmp_path / 'out' / 'clusters.csv').exists()

    assert subprocess.run(command, **settings).returncode == 0
    seen = collections.Counter((tmp_path / 'seen').read_text().split())
    # Each of the 125 batches once, but for the one that was not finished.
    assert len(seen) == 125 and sum(seen.values()) <= 126
    assert same(tmp_path / 'whole', tmp_path / 'out')


def same(first, second):
    """Whether two folders hold the same bytes."""
    files = [{path.name: path.read_bytes() for path in folder.iterdir()}
             for folder in (first, second)]
    return files[0] == files[1] and set(files[0]) == FILES


def test_two_ranks_do_what_one_process_does(photos, judge, tmp_path, mpiexec, monkeypatch):
    given = ['--images', 'photos', '--category', 'ramen', '--classifier', str(judge),
             '--clusters', '3', '--batch-size', '4', '--out', 'out']
    folders = [tmp_path, tmp_path / 'second']
    folders[1].mkdir()
    os.symlink(str(photos), str(folders[1] / 'photos'))
    done = mpiexec(*2 * [['-c', WATCHED, 'cluster'] + given], folders=folders)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count('features of the classifier') == 1
    assert not (folders[1] / 'out').exists()  # rank 0 alone writes
    # Seven batches: every other one is its.
    assert [len((folder / 'seen').read_text().split()) for folder in folders] == [4, 3]
    monkeypatch.chdir(tmp_path)
    assert run(*given[:-1], 'one') == 0
    assert same(tmp_path / 'one', tmp_path / 'out')


@pytest.mark.parametrize('missing', ['photo', 'folder'])
def test_ranks_that_do_not_find_the_same(photos, judge, tmp_path, mpiexec, missing):
    folders = [tmp_path, tmp_path / 'second']
    folders[1].mkdir()
    if missing == 'photo':
        (folders[1] / 'photos' / 'soba').mkdir(parents=True)
        (folders[1] / 'photos' / 'ramen').mkdir()
        for path in sorted(photos.glob('*/*.png'))[1:]:
            os.symlink(str(path), str(folders[1] / path.relative_to(tmp_path)))
    done = mpiexec(*2 * [['-m', 'chainer_foodgan', 'cluster', '--images', 'photos', '--category',
                          'ramen', '--classifier', str(judge), '--clusters', '3', '--out', 'out']],
                   folders=folders)
    said = [line for line in done.stderr.splitlines() if line.startswith('foodgan: ')]
    assert done.returncode == 1 and len(said) == 1 and 'Traceback' not in done.stderr
    assert ('rank 1 does not find the same photos' if missing == 'photo'
            else 'photos: it is not there') in said[0]
    assert not (tmp_path / 'out').exists()
