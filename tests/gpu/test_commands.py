"""``--device``: what the commands make of photos on a GPU is what they make of them without."""

import json

import numpy
import pytest
from PIL import Image

from chainer_foodgan import weights
from chainer_foodgan.categories import NAMES
from chainer_foodgan.commands import main
from chainer_foodgan.evaluations.classifier import Classifier, save_classifier
from chainer_foodgan.links import Generator

pytestmark = pytest.mark.gpu

COMMANDS = {
    'translate': ('PHOTOS/soba/0.png', '--weights', 'gen.npz', '--to', 'ramen', '--out', 'OUT'),
    'evaluate': ('--weights', 'gen.npz', '--classifier', 'judge.npz', '--bowls', '4',
                 '--metrics', 'accuracy,cycle', '--out', 'OUT/figures.json'),
    'rank': ('--images', 'PHOTOS', '--classifier', 'judge.npz', '--keep', '0.5', '--out', 'OUT'),
    'cluster': ('--images', 'PHOTOS', '--category', 'soba', '--classifier', 'judge.npz',
                '--clusters', '2', '--out', 'OUT'),
    'train-classifier': ('--bowls', '20', '--num-epochs', '1', '--image-size', '16', '--conv-dim',
                         '4', '--batch-size', '8', '--out', 'OUT/c.npz')}


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with photos, a generator and a classifier that are made of random numbers."""
    monkeypatch.chdir(tmp_path)
    rng = numpy.random.default_rng(0)
    for name in NAMES[:2] + ('soba',):
        (tmp_path / 'PHOTOS' / name).mkdir(parents=True, exist_ok=True)
        for number in range(4):
            Image.fromarray(rng.integers(0, 256, (20, 24, 3), numpy.uint8)).save(
                tmp_path / 'PHOTOS' / name / f'{number}.png')
    weights.save(Generator(4, len(NAMES), 1, rng=rng), 'gen.npz',
                 {'categories': list(NAMES), 'image_size': 16})
    judge = Classifier(NAMES, 16, 4, rng=rng)
    judge.head.W.array[...] = rng.standard_normal(judge.head.W.shape)
    save_classifier(judge, 'judge.npz', {'trained_on': 'nothing', 'tested_on': 'nothing'})
    return tmp_path


def numbers(folder):
    """All that a command has left, as an array of numbers for each file."""
    found = {}
    for path in folder.rglob('*'):
        name = str(path.relative_to(folder))
        if path.suffix == '.npz':
            with numpy.load(path) as archive:
                found.update({f'{name}/{key}': archive[key] for key in archive
                              if archive[key].dtype.kind == 'f'})
        elif path.suffix == '.npy':
            found[name] = numpy.load(path)
        elif path.suffix == '.png' and path.name not in ('sheet.png', 'map.png', 'histogram.png'):
            found[name] = numpy.asarray(Image.open(path)) / 255
        elif path.name == 'figures.json':
            figures = json.loads(path.read_text())
            found[name] = numpy.array([value for value in (figures.get('all') or {}).values()
                                       if isinstance(value, float)])
        elif path.name == 'scores.csv':
            found[name] = numpy.genfromtxt(path, delimiter=',', skip_header=1)[:, 1:]
    return found


@pytest.mark.parametrize('command', COMMANDS)
def test_the_same_on_a_gpu(place, command):
    def run(device):
        out = place / device.strip('@').replace(':', '')
        given = [each.replace('OUT', str(out)) for each in COMMANDS[command]]
        assert main([command, *given, '--device', device]) == 0
        return numbers(out)

    found, wanted = run('@cupy:0'), run('@numpy')
    assert found.keys() == wanted.keys() and any(array.size > 1 for array in wanted.values())
    for name, array in wanted.items():
        numpy.testing.assert_allclose(found[name], array, rtol=0.01, atol=0.01, err_msg=name)
