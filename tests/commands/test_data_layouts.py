"""`foodgan train`, `train-classifier` and `evaluate` take UEC FOOD and folders of splits."""

import json

import numpy
import pytest
from PIL import Image

from chainer_foodgan.categories import CATEGORIES
from chainer_foodgan.commands import main
from chainer_foodgan.evaluations.classifier import load_classifier

NAMES = ('ramen', 'curry')
TRAIN = ['--image-size', '16', '--batch-size', '4', '--num-iters', '2', '--g-conv-dim', '2',
         '--d-conv-dim', '2', '--g-repeat-num', '1', '--d-repeat-num', '2', '--precision',
         'float32']
CLASSIFIER = ['--image-size', '16', '--batch-size', '4', '--num-epochs', '1', '--conv-dim', '2']


def fill(folder, first, count):
    folder.mkdir(parents=True)
    rng = numpy.random.default_rng(first)
    for number in range(first, first + count):
        pixels = rng.integers(0, 256, (20, 24, 3)).astype(numpy.uint8)
        Image.fromarray(pixels).save(folder / f'{number}.jpg')


@pytest.fixture
def uec_food(tmp_path):
    """Ten photos of ramen and ten of curry, two dishes in the first of each."""
    root = tmp_path / 'UECFOOD100'
    known = {dish.name: dish.uec_food for dish in CATEGORIES}
    lines = ['id\tname']
    for first, name in ((10, 'curry'), (20, 'ramen')):
        folder, category = known[name]
        lines.append(f'{folder}\t{category}')
        fill(root / str(folder), first, 10)
        rows = [f'{number} 2 2 22 18' for number in range(first, first + 10)]
        (root / str(folder) / 'bb_info.txt').write_text(
            '\n'.join(['img x1 y1 x2 y2', *rows, f'{first} 0 0 10 10']) + '\n')
    (root / 'category.txt').write_text('\n'.join(lines) + '\n')
    return root


@pytest.fixture
def parts(tmp_path):
    """Eight photos to train on and four to test on."""
    root = tmp_path / 'parts'
    for first, name in enumerate(NAMES):
        fill(root / 'train' / name, 10 * first, 4)
        fill(root / 'test' / name, 10 * first + 5, 2)
    return root


def run(*arguments):
    assert main([str(argument) for argument in arguments]) == 0


def test_uec_food(uec_food, tmp_path, capsys):
    judge, out = tmp_path / 'judge.npz', tmp_path / 'run'
    run('train-classifier', '--images', uec_food, '--hold-out', 0.2, '--out', judge,
        '--categories', ','.join(NAMES), *CLASSIFIER)
    classifier, meta = load_classifier(judge)
    assert classifier.categories == NAMES
    held = int(meta['tested_on'].split()[0])
    assert 4 <= held <= 6 and meta['tested_on'].endswith('pictures of UECFOOD100, split test')
    assert meta['trained_on'] == f'{22 - held} pictures of UECFOOD100, split train'
    run('train', '--images', uec_food, '--out', out, '--classifier', judge, '--categories',
        ','.join(NAMES), *TRAIN)
    assert json.loads((out / 'run.json').read_text())['arguments']['categories'] == list(NAMES)
    run('evaluate', '--weights', out, '--images', uec_food, '--metrics', 'cycle',
        '--out', tmp_path / 'f.json')
    figures = json.loads((tmp_path / 'f.json').read_text())
    assert figures['judged_on'].endswith('photos of UECFOOD100, split test')
    assert 2 <= figures['pictures'] <= 4  # two photos in ten


def test_without_categories_they_are_those_of_category_txt(uec_food, tmp_path):
    run('train', '--images', uec_food, '--out', tmp_path / 'run', *TRAIN)
    judge = tmp_path / 'judge.npz'
    run('train-classifier', '--images', uec_food, '--out', judge, *CLASSIFIER)
    assert load_classifier(judge)[0].categories == ('beef curry', 'ramen noodle')


def test_folders_of_splits(parts, tmp_path):
    judge, out = tmp_path / 'judge.npz', tmp_path / 'run'
    run('train-classifier', '--images', parts, '--out', judge, *CLASSIFIER)
    _, meta = load_classifier(judge)
    assert meta['trained_on'] == '8 pictures of parts, split train'
    assert meta['tested_on'] == '4 pictures of parts, split test'
    run('train', '--images', parts, '--out', out, '--classifier', judge, *TRAIN)
    run('evaluate', '--weights', out, '--images', parts, '--metrics', 'cycle',
        '--out', tmp_path / 'f.json')
    figures = json.loads((tmp_path / 'f.json').read_text())
    assert figures['judged_on'] == '4 photos of parts, split test'


def test_weights_of_other_dishes(uec_food, capsys):
    assert main(['evaluate', '--weights', 'photos_96', '--images', str(uec_food),
                 '--metrics', 'cycle']) == 1
    lines = capsys.readouterr().err.splitlines()
    assert 'has no category' in lines[-1] and not any('Traceback' in line for line in lines)
