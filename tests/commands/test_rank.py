"""`foodgan rank`, from a classifier's file to a list that training takes."""

import csv
import json

import numpy
import pytest
from PIL import Image

from chainer_foodgan import images
from chainer_foodgan.commands import main
from chainer_foodgan.datasets.opening import open_dataset
from chainer_foodgan.evaluations.classifier import Classifier, save_classifier
from chainer_foodgan.training.classifier import fit

COLOURS = {'blue': (30, 30, 220), 'green': (30, 220, 30), 'red': (220, 30, 30)}
FILES = {'list.csv', 'scores.csv', 'sheet.png', 'histogram.png', 'figures.json'}


def run(*arguments):
    return main(['rank'] + [str(argument) for argument in arguments])


def flat(colour, rng=None):
    pixels = numpy.full((16, 16, 3), colour, int)
    if rng is not None:
        pixels = pixels + rng.integers(-25, 26, pixels.shape)
    return Image.fromarray(pixels.clip(0, 255).astype(numpy.uint8))


@pytest.fixture(scope='module')
def judge(tmp_path_factory):
    """A classifier of colours, and of pizza, which is grey."""
    path, rng = tmp_path_factory.mktemp('judge') / 'judge.npz', numpy.random.default_rng(1)
    for name, colour in {**COLOURS, 'pizza': (128, 128, 128)}.items():
        for number in range(8):
            images.save_image(flat(colour, rng), path.parent / name / f'{number}.png')
    dataset = open_dataset(path.parent)
    classifier = Classifier(dataset.categories, 16, 4, rng=rng)
    fit(classifier, dataset, num_epochs=30, batch_size=8, lr=0.01)
    save_classifier(classifier, path, {'test_accuracy': 1., 'trained_on': 'colours',
                                       'tested_on': 'nothing'})
    return path


@pytest.fixture
def photos(tmp_path):
    """Ten photos of each colour, of which the last three show another one."""
    rng = numpy.random.default_rng(0)
    names = list(COLOURS)
    for label, name in enumerate(names):
        (tmp_path / 'photos' / name).mkdir(parents=True)
        for number in range(10):
            shown = name if number < 7 else names[(label + 1) % 3]
            flat(COLOURS[shown], rng).save(
                str(tmp_path / 'photos' / name / f'{number}.png'))
    return tmp_path / 'photos'


def rows(path):
    with open(str(path), encoding='utf-8', newline='') as file:
        return list(csv.DictReader(file))


def test_two_ranks_do_what_one_process_does(photos, judge, tmp_path, mpiexec, capsys, caplog):
    (photos / 'red' / 'bad.png').write_bytes(b'no picture')
    folders = [tmp_path, tmp_path / 'second']
    folders[1].mkdir()
    given = ['--images', photos, '--classifier', judge, '--keep', 0.7, '--batch-size', 4]
    done = mpiexec(*2 * [['-m', 'chainer_foodgan', 'rank', *given, '--out', 'out']],
                   folders=folders, timeout=500)
    assert done.returncode == 0, done.stderr
    assert list(folders[1].iterdir()) == []
    assert done.stderr.count('left out 1 of 31 photos') == done.stdout.count('scores.csv') == 1
    assert run(*given, '--out', tmp_path / 'one') == 0
    for name in ('scores.csv', 'list.csv', 'figures.json'):
        assert (tmp_path / 'out' / name).read_bytes() == (tmp_path / 'one' / name).read_bytes()


def test_wrong_photos_are_left_out(photos, judge, tmp_path, capsys):
    out = tmp_path / 'deep' / 'out'
    assert run('--images', photos, '--classifier', judge, '--keep', 0.7, '--out', out) == 0
    shown = capsys.readouterr()
    assert {path.name for path in out.iterdir()} == FILES
    assert all(str(out / name) in shown.out.splitlines() for name in FILES)
    kept = open_dataset(photos, out / 'list.csv')
    assert kept.categories == tuple(COLOURS) and len(kept) == 21
    assert all(int(photo.file[-5]) < 7 for photo in kept.photos)
    scores = rows(out / 'scores.csv')
    assert len(scores) == 30
    for row in scores:
        assert row['kept'] == ('1' if int(row['file'][-5]) < 7 else '0')
        assert (row['taken_for'] == row['category']) == (row['kept'] == '1')
    figures = json.loads((out / 'figures.json').read_text('utf-8'))
    assert figures['rule'] == {'share': 0.7} and figures['photos_of'] == 'photos'
    assert figures['classifier']['trained_on'] == 'colours'
    assert figures['categories']['red']['kept'] == 7
    assert figures['categories']['red']['taken_for_it'] == 0.7
    line = next(line for line in shown.out.splitlines() if line.startswith('red'))
    assert line.split()[1:3] == ['10', '7'] and '70.0%' in line


def test_the_same_files_each_time(photos, judge, tmp_path):
    for name in ('first', 'second'):
        assert run('--images', photos, '--classifier', judge, '--out', tmp_path / name) == 0
    for name in FILES:
        assert ((tmp_path / 'first' / name).read_bytes()
                == (tmp_path / 'second' / name).read_bytes())


@pytest.mark.parametrize('rule, kept', [
    (('--number', 4), 12), (('--threshold', 0.5), 21), ((), 6)])
def test_rules_and_categories(photos, judge, tmp_path, rule, kept):
    assert run('--images', photos, '--classifier', judge, '--out', tmp_path / 'out', *rule) == 0
    assert len(rows(tmp_path / 'out' / 'list.csv')) == kept
    assert run('--images', photos, '--classifier', judge, '--out', tmp_path / 'out', *rule,
               '--categories', 'red,blue') == 0
    assert len(rows(tmp_path / 'out' / 'list.csv')) == kept * 2 // 3
    assert {row['category'] for row in rows(tmp_path / 'out' / 'list.csv')} == {'red', 'blue'}


def test_training_takes_the_list(photos, judge, tmp_path):
    out = tmp_path / 'out'
    assert run('--images', photos, '--classifier', judge, '--out', out) == 0
    assert main(['train', '--images', str(photos), '--list', str(out / 'list.csv'), '--out',
                 str(tmp_path / 'run'), '--image-size', '16', '--batch-size', '4', '--num-iters',
                 '1', '--g-conv-dim', '2', '--d-conv-dim', '2', '--g-repeat-num', '1',
                 '--d-repeat-num', '2']) == 0


def test_unreadable_photos(photos, judge, tmp_path, caplog):
    (photos / 'red' / '0.png').write_bytes(b'no picture')
    whole = (photos / 'blue' / '1.png').read_bytes()
    (photos / 'blue' / '1.png').write_bytes(whole[:len(whole) // 2])
    out = tmp_path / 'out'
    assert run('--images', photos, '--classifier', judge, '--threshold', 0.5, '--out', out) == 0
    for name, count in (('list.csv', 19), ('scores.csv', 28)):
        files = {row['file'] for row in rows(out / name)}
        assert len(files) == count and not files & {'red/0.png', 'blue/1.png'}
    assert json.loads((out / 'figures.json').read_text('utf-8'))['unreadable'] == 2
    assert len(caplog.records) == 1 and 'left out 2 of 30' in caplog.text


def test_a_category_that_the_classifier_does_not_know(photos, judge, tmp_path, capsys):
    (photos / 'soba').mkdir()
    flat((0, 0, 0)).save(str(photos / 'soba' / '0.png'))
    assert run('--images', photos, '--classifier', judge, '--out', tmp_path / 'out') == 0
    said = [line for line in capsys.readouterr().err.splitlines() if 'soba' in line]
    assert len(said) == 1 and 'does not know' in said[0] and 'pizza' in said[0]
    assert {row['category'] for row in rows(tmp_path / 'out' / 'scores.csv')} == set(COLOURS)


def test_a_category_of_which_none_is_kept(photos, judge, tmp_path, capsys):
    for path in (photos / 'red').iterdir():
        flat(COLOURS['blue']).save(str(path))
    assert run('--images', photos, '--classifier', judge, '--threshold', 0.5, '--out',
               tmp_path / 'out') == 0
    assert 'no photo of red' in capsys.readouterr().err
    assert {row['category'] for row in rows(tmp_path / 'out' / 'list.csv')} == {'blue', 'green'}


@pytest.mark.parametrize('change, words', [
    ({'--images': 'nowhere'}, ['nowhere']),
    ({'--list': 'nowhere.csv'}, ['nowhere.csv']),
    ({'--classifier': 'nowhere.npz'}, ['nowhere.npz']),
    ({'--categories': 'red,pie'}, ['pie', 'red']),
    ({'--threshold': 0.9999999}, ['no photo', 'lower'])])
def test_mistakes_are_one_line(photos, judge, tmp_path, capsys, change, words):
    options = {'--images': photos, '--classifier': judge, '--out': tmp_path / 'out', **change}
    assert run(*(word for option in options.items() for word in option)) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1 and lines[0].startswith('foodgan: ')
    assert all(word in lines[0] for word in words)
    assert not (tmp_path / 'out' / 'list.csv').exists()
