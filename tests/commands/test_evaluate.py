import json

import numpy
import pytest
from PIL import Image

from chainer_foodgan import weights
from chainer_foodgan.categories import NAMES
from chainer_foodgan.commands import main
from chainer_foodgan.evaluations.classifier import Classifier, save_classifier
from chainer_foodgan.links import Generator


def run(*arguments):
    return main(['evaluate'] + [str(argument) for argument in arguments])


def generator(path, categories=NAMES, size=16):
    gen = Generator(4, len(categories), 1, rng=numpy.random.default_rng(0))
    weights.save(gen, path, {'categories': list(categories), 'image_size': size})
    return path


def classifier(path, categories=NAMES, size=16):
    judge = Classifier(categories, size, 4, rng=numpy.random.default_rng(0))
    save_classifier(judge, path, {'test_accuracy': 0.75, 'trained_on': '9 of those',
                                  'tested_on': '8 of these'})
    return path


def photos(root):
    for level, name in enumerate(('dark', 'light', 'white')):
        (root / name).mkdir(parents=True)
        for number in range(2):
            Image.new('RGB', (24, 20), (100 * level,) * 3).save(
                str(root / name / '{}.png'.format(number)))
    return root


def test_bowls(tmp_path, capsys):
    out = tmp_path / 'figures' / 'bowls.json'
    assert run('--weights', generator(tmp_path / 'g.npz'), '--classifier',
               classifier(tmp_path / 'c.npz'), '--bowls', 12, '--batch-size', 5,
               '--out', out) == 0
    shown = capsys.readouterr()
    assert '12 of 12 pictures' in shown.err
    figures = json.loads(out.read_text())
    assert figures['weights'] == 'g.npz'
    assert figures['judged_on'] == '12 rendered bowls of seed 2000'
    assert figures['classifier']['trained_on'] == '9 of those'
    assert list(figures['targets']) == list(NAMES)
    assert figures['all']['translations'] == 12 * 9
    assert figures['targets']['curry']['translations'] == 10
    # The head starts at 0, so the classifier takes everything for the first category.
    assert figures['targets']['curry']['accuracy'] == 1 == figures['targets']['curry']['untouched']
    assert figures['all']['accuracy'] == pytest.approx(10 / 108)
    assert figures['all']['inputs'] == pytest.approx(2 / 12)
    assert figures['all']['change_outside'] > 0 and figures['all']['psnr_input'] > 0
    lines = shown.out.splitlines()
    row = lines[11]
    assert row.split()[:3] == ['all', '108', '9.3%'] and row.endswith(
        '{:+.2f} dB'.format(figures['all']['psnr_gain']))
    assert 'right on 75.0% of 8 of these' in lines[-1]


def test_photos_of_a_folder(tmp_path, capsys):
    names = ('white', 'dark', 'light')
    root = photos(tmp_path / 'photos')
    assert run('--weights', generator(tmp_path / 'g.npz', names), '--classifier',
               classifier(tmp_path / 'c.npz', sorted(names), 8), '--images', root,
               '--out', tmp_path / 'f.json') == 0
    figures = json.loads((tmp_path / 'f.json').read_text())
    assert list(figures['targets']) == list(names)
    # The classifier's first category is the weights' second.
    assert [figures['targets'][name]['accuracy'] for name in names] == [0, 1, 0]
    assert 'psnr_gain' not in figures['all']
    assert 'outside' not in capsys.readouterr().out


def test_the_test_split_of_a_manifest_is_used(tmp_path):
    root = photos(tmp_path / 'photos')
    (root / 'm.csv').write_text('file,category,split\ndark/0.png,dark,train\n'
                                'light/0.png,light,train\nlight/1.png,light,test\n')
    assert run('--weights', generator(tmp_path / 'g.npz', ('dark', 'light')), '--classifier',
               classifier(tmp_path / 'c.npz', ('dark', 'light')), '--images', root,
               '--list', root / 'm.csv', '--out', tmp_path / 'f.json') == 0
    figures = json.loads((tmp_path / 'f.json').read_text())
    assert figures['pictures'] == 1 and figures['judged_on'] == '1 photos of m.csv, split test'
    assert figures['targets']['light'] == {
        'translations': 0, 'accuracy': None, 'interval': None, 'untouched': None, 'inputs': 0}


def test_what_the_file_does_not_say_can_be_named(tmp_path, capsys):
    weights.save(Generator(4, 2, 1), tmp_path / 'bare.npz', {})
    arguments = ('--weights', tmp_path / 'bare.npz', '--classifier',
                 classifier(tmp_path / 'c.npz', ('rice', 'curry')), '--bowls', 4)
    assert run(*arguments) == 1
    assert 'name them by --categories and --image-size' in capsys.readouterr().err
    assert run(*arguments, '--categories', 'curry,rice', '--image-size', 16) == 0


@pytest.mark.parametrize('gen, judge, arguments, words', [
    (NAMES, ('curry', 'rice'), (), 'the classifier lacks fried_rice, gyudon'),
    (('curry', 'rice'), NAMES, (), 'the classifier has fried_rice, gyudon'),
    (('curry', 'pizza'), ('curry', 'pizza'), (), 'rendered bowls: it has no category pizza'),
    (('dark', 'grey'), ('dark', 'grey'), ('--images', 'photos'), 'it has no category grey'),
    (NAMES, NAMES, ('--image-size', 18), '18 is no multiple of 4'),
    (NAMES, NAMES, ('--weights', 'c.npz'), 'c.npz: holds a classifier'),
    (NAMES, NAMES, ('--classifier', 'g.npz'), 'g.npz: holds a generator'),
    (NAMES, NAMES, ('--classifier', 'no.npz'), 'no.npz: there is no such file')])
def test_mistakes_are_one_line(tmp_path, monkeypatch, capsys, gen, judge, arguments, words):
    photos(tmp_path / 'photos')
    generator(tmp_path / 'g.npz', gen)
    classifier(tmp_path / 'c.npz', judge)
    monkeypatch.chdir(tmp_path)
    assert run('--weights', 'g.npz', '--classifier', 'c.npz', '--bowls', 4, '--out', 'f.json',
               *arguments) == 1
    error = capsys.readouterr().err.splitlines()
    assert len(error) == 1 and words in error[0]
    assert not (tmp_path / 'f.json').exists()
