import importlib.util
import json
import sys

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
                str(root / name / f'{number}.png'))
    return root


def test_bowls(tmp_path, capsys):
    out = tmp_path / 'figures' / 'bowls.json'
    assert run('--weights', generator(tmp_path / 'g.npz'), '--classifier',
               classifier(tmp_path / 'c.npz'), '--bowls', 12, '--batch-size', 5,
               '--out', out) == 0
    shown = capsys.readouterr()
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
    assert figures['all']['cycle'] > 0 and 0 < figures['all']['edges'] < 1
    assert figures['metrics'] == ['accuracy', 'content', 'cycle', 'psnr', 'texture']
    assert numpy.sum(figures['confusion'], axis=0).tolist() == [108] + 9 * [0]
    lines = shown.out.splitlines()
    rows = [line.split() for line in lines if line.startswith('all: translation ')]
    assert rows[0][:4] == ['all:', 'translation', '108', '9.3%']
    assert '{:+.2f}'.format(figures['all']['psnr_gain']) in rows[2]
    assert rows[3] == ['all:', 'translation', *(
        '{:.4f}'.format(figures['all'][key]) for key in ('texture', 'texture_floor')),
        '{:.1f}/255'.format(figures['all']['diversity'])]
    assert figures['controls']['mean colour']['all']['diversity'] < 1e-3 < 1 < (
        figures['controls']['untouched']['all']['diversity'])
    control = figures['controls']['untouched']['all']
    assert control['change_outside'] == 0 and control['edges'] == 1
    assert control['psnr_translation'] == pytest.approx(figures['all']['psnr_input'])
    assert figures['controls']['mean colour']['all']['psnr_gain'] > 0
    assert sum(line.startswith('all: ') for line in lines) == 4 * 7
    low, high = figures['all']['intervals']['psnr_gain']
    assert low < figures['all']['psnr_gain'] < high
    assert 'right on 75.0% of 8 of these' in lines[-1]


def test_label_strength(tmp_path, capsys):
    source, found = generator(tmp_path / 'g.npz'), {}
    for strength in '1', '2', 'auto':
        out = tmp_path / (strength + '.json')
        assert run('--weights', source, '--bowls', 10, '--image-size', 32, '--metrics', 'content',
                   '--label-strength', strength, '--out', out) == 0
        said = capsys.readouterr().out
        assert ('labels are multiplied by 2\n' in said) == (strength != '1')
        found[strength] = json.loads(out.read_text())
    assert found['1']['label_strength'] == 1
    assert found['auto'] == found['2'] and found['2']['all'] != found['1']['all']


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
    assert figures['metrics'] == ['accuracy', 'content', 'cycle', 'texture']
    assert list(figures['controls']) == ['colours alone', 'lightness alone', 'untouched',
                                         'colour transfer', 'mean colour', 'mean picture']
    assert figures['controls']['untouched']['all']['accuracy'] == figures['all']['untouched']
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
        'translations': 0, 'references': 0, 'accuracy': None, 'untouched': None, 'inputs': 0,
        'edges': None, 'cycle': None, 'texture': None, 'texture_floor': None,
        'diversity': None,
        'intervals': {'accuracy': None, 'edges': None, 'cycle': None}}


def test_as_many_photos_of_a_list_as_the_training_held_out(tmp_path):
    root = photos(tmp_path / 'photos')
    files = sorted(str(path.relative_to(root)) for path in root.rglob('*.png'))
    lines = ['{} {}'.format(file, '1 -1' if 'dark' in file else '-1 1') for file in files]
    (root / 'list.txt').write_text('\n'.join([str(len(files)), 'dark light', *lines]) + '\n')
    assert run('--weights', generator(tmp_path / 'g.npz', ('dark', 'light')), '--classifier',
               classifier(tmp_path / 'c.npz', ('dark', 'light')), '--images', root,
               '--list', root / 'list.txt', '--test', 2, '--out', tmp_path / 'f.json') == 0
    assert json.loads((tmp_path / 'f.json').read_text())['pictures'] == 2


def test_what_the_file_does_not_say_can_be_named(tmp_path, capsys):
    weights.save(Generator(4, 2, 1), tmp_path / 'bare.npz', {})
    arguments = ('--weights', tmp_path / 'bare.npz', '--classifier',
                 classifier(tmp_path / 'c.npz', ('rice', 'curry')), '--bowls', 4)
    assert run(*arguments) == 1
    assert 'name them by --categories and --image-size' in capsys.readouterr().err
    assert run(*arguments, '--categories', 'curry,rice', '--image-size', 16) == 0


def test_all_that_needs_no_network(tmp_path, capsys):
    pytest.importorskip('skimage', reason='structural similarity: pip install scikit-image')
    report = tmp_path / 'report'
    assert run('--weights', generator(tmp_path / 'g.npz', ('rice', 'soba')), '--classifier',
               classifier(tmp_path / 'c.npz', ('soba', 'rice')), '--bowls', 24, '--metrics',
               'accuracy,content,cycle,psnr,ssim,fid,kid,is', '--report', report) == 0
    figures = json.loads((report / 'figures.json').read_text())
    for group in (*figures['targets'].values(), figures['all']):
        assert group['fid_classifier'] > 0 and group['kid_classifier_std'] >= 0
        assert group['is_classifier'] == 1  # the classifier says the same of everything
        assert group['ssim_translation'] <= 1
        assert group['references'] == group['translations'] == (
            24 if group is figures['all'] else 12)
    assert figures['features']['classifier']['dimension'] == 32
    text = ' '.join((report / 'figures.md').read_text().split())
    assert '| target | references | FID (classifier) | KID (classifier) | IS (classifier) |' in text
    for name in 'figures.png', 'confusion.png':
        with Image.open(str(report / name)) as picture:
            assert picture.format == 'PNG' and min(picture.size) > 150
    assert 'of fewer pictures than features is too high' in capsys.readouterr().out


def test_features_of_both_keep_their_names(tmp_path, monkeypatch):
    class Colours:
        """Stands in for Inception: the mean of each colour."""

        name = 'inception'
        facts = {'network': 'colours', 'dimension': 3, 'resizing': 'none'}

        def __init__(self, path):
            assert path == 'weights.pth'

        def __call__(self, x):
            return x.mean(axis=(2, 3)), numpy.full((len(x), 2), 0.5, numpy.float32)

    monkeypatch.setattr('chainer_foodgan.evaluations.evaluate.InceptionFeatures', Colours)
    arguments = ('--weights', generator(tmp_path / 'g.npz', ('rice', 'soba')), '--bowls', 6,
                 '--metrics', 'fid', '--inception', 'weights.pth', '--out', tmp_path / 'f.json')
    judge = classifier(tmp_path / 'c.npz', ('soba', 'rice'))
    assert run(*arguments, '--features', 'classifier,inception', '--classifier', judge) == 0
    figures = json.loads((tmp_path / 'f.json').read_text())
    assert list(figures['features']) == ['classifier', 'inception']
    assert figures['all']['fid_classifier'] != figures['all']['fid_inception'] > 0
    # Inception alone needs no classifier.
    assert run(*arguments, '--features', 'inception') == 0
    again = json.loads((tmp_path / 'f.json').read_text())
    assert again['all']['fid_inception'] == figures['all']['fid_inception']
    assert 'fid_classifier' not in again['all'] and again['classifier']['trained_on'] is None


def test_translations_in_folders(tmp_path):
    """Two categories of three were translated into; each picture is judged by itself."""
    made = tmp_path / 'dishes'
    for name, count in (('white', 3), ('dark', 2)):
        (made / name).mkdir(parents=True)
        for number in range(count):
            Image.new('RGB', (20, 30), (90 * number,) * 3).save(
                str(made / name / f'{number}.png'))
    names = ('dark', 'light', 'white')
    assert run('--pictures', made, '--images', photos(tmp_path / 'photos'), '--classifier',
               classifier(tmp_path / 'c.npz', names), '--metrics', 'accuracy,fid,kid', '--out',
               tmp_path / 'f.json') == 0
    figures = json.loads((tmp_path / 'f.json').read_text())
    assert figures['pictures_of'] == 'dishes' and figures['image_size'] == 20
    assert figures['judged_on'] == '5 pictures of dishes beside 6 photos of photos'
    assert [figures['targets'][name]['translations'] for name in names] == [2, 0, 3]
    # The head starts at 0, so everything is taken for the first category.
    assert [figures['targets'][name]['accuracy'] for name in names] == [1, None, 0]
    assert figures['all']['accuracy'] == 2 / 5 and figures['all']['inputs'] == 1 / 3
    assert 'untouched' not in figures['all']
    assert [figures['targets'][name]['fid_classifier'] is None for name in names] == [
        False, True, False]


def test_translations_alone_are_judged_by_a_classifier_alone(tmp_path, capsys):
    assert run('--pictures', photos(tmp_path / 'photos'), '--classifier',
               classifier(tmp_path / 'c.npz', ('dark', 'light', 'white'))) == 0
    assert 'judged on 6 pictures of photos beside nothing at 20 pixels' in capsys.readouterr().out


def test_a_set_against_itself(tmp_path):
    root = photos(tmp_path / 'photos')
    assert run('--pictures', root, '--images', root, '--metrics', 'fid', '--classifier',
               classifier(tmp_path / 'c.npz', ('dark', 'light', 'white')), '--out',
               tmp_path / 'f.json') == 0
    figures = json.loads((tmp_path / 'f.json').read_text())
    assert figures['all']['fid_classifier'] == pytest.approx(0, abs=1e-9)
    assert 'accuracy' not in figures['all'] and 'confusion' not in figures


@pytest.fixture
def is_refused(tmp_path, monkeypatch, capsys):
    def check(words, *arguments):
        monkeypatch.chdir(tmp_path)
        assert run('--out', 'f.json', *arguments) == 1
        error = capsys.readouterr().err.splitlines()
        assert len(error) == 1 and words in error[0]
        assert not (tmp_path / 'f.json').exists()
    return check


@pytest.mark.parametrize('gen, judge, arguments, words', [
    (NAMES, ('curry', 'rice'), (), 'the classifier lacks fried_rice, gyudon'),
    (('curry', 'rice'), NAMES, (), 'the classifier has fried_rice, gyudon'),
    (('curry', 'pizza'), ('curry', 'pizza'), (), 'rendered bowls: it has no category pizza'),
    (('dark', 'grey'), ('dark', 'grey'), ('--images', 'photos'), 'it has no category grey'),
    (NAMES, NAMES, ('--image-size', 18), '18 is no multiple of 4'),
    (NAMES, NAMES, ('--weights', 'c.npz'), 'c.npz: holds a classifier'),
    (NAMES, NAMES, ('--classifier', 'g.npz'), 'g.npz: holds a generator'),
    (NAMES, NAMES, ('--classifier', 'no.npz'), 'no.npz: there is no such file'),
    (('dark', 'light'), ('dark', 'light'), ('--images', 'photos', '--metrics', 'psnr'),
     'psnr needs the true pictures, which only rendered bowls and --pairs have; name other '
     '--metrics'),
    (NAMES, NAMES, ('--bowls', 1, '--metrics', 'kid'),
     'kid takes 2 pictures or more on either side, not 0: add pictures or leave it out'),
    (('curry', 'rice'), ('curry', 'rice'), ('--metrics', 'is'), 'is takes 10 pictures or more, '
     'not 4')])
def test_mistakes_are_one_line(is_refused, tmp_path, gen, judge, arguments, words):
    photos(tmp_path / 'photos')
    generator(tmp_path / 'g.npz', gen)
    classifier(tmp_path / 'c.npz', judge)
    is_refused(words, '--weights', 'g.npz', '--classifier', 'c.npz', '--bowls', 4, *arguments)


@pytest.mark.parametrize('arguments, words', [
    (('--pictures', 'photos'), 'accuracy needs --classifier, which `foodgan train-classifier`'),
    (('--weights', 'g.npz', '--bowls', 4), 'accuracy needs --classifier'),
    (('--weights', 'g.npz', '--bowls', 4, '--metrics', 'fid'), 'fid needs --classifier'),
    (('--pictures', 'photos', '--classifier', 'c.npz', '--metrics', 'accuracy,cycle'),
     'cycle needs --weights'),
    (('--pictures', 'photos', '--classifier', 'c.npz', '--metrics', 'kid'),
     'kid needs --images to compare with'),
    (('--pictures', 'photos', '--classifier', 'c.npz', '--label-strength', 2),
     '--label-strength: what --pictures holds is translated already; leave it out'),
    (('--pictures', 'photos', '--classifier', 'c.npz', '--metrics', 'texture'),
     'texture needs --images to compare with'),
    (('--pictures', 'nowhere', '--classifier', 'c.npz'), 'nowhere: it is not there'),
    (('--pictures', 'photos/dark', '--classifier', 'c.npz'), 'photos/dark: it has no sub-folders'),
    (('--pictures', 'photos', '--classifier', 'other.npz'),
     'photos: it has the sub-folders white; put the translations into'),
    (('--pictures', 'photos', '--classifier', 'c.npz', '--images', 'two'),
     'two: it has no category white'),
    (('--pictures', 'photos', '--classifier', 'c.npz', '--categories', 'dark,light,white,grey'),
     'the classifier lacks grey')])
def test_mistakes_about_what_to_measure_are_one_line(is_refused, tmp_path, arguments, words):
    photos(tmp_path / 'photos')
    for name in 'dark', 'light':
        (tmp_path / 'two' / name).mkdir(parents=True)
        Image.new('RGB', (9, 9)).save(str(tmp_path / 'two' / name / 'p.png'))
    generator(tmp_path / 'g.npz', ('curry', 'rice'))
    classifier(tmp_path / 'c.npz', ('dark', 'light', 'white'))
    classifier(tmp_path / 'other.npz', ('dark', 'light'))
    is_refused(words, *arguments)


def lessons(root, sources=('rice', 'soba', 'rice', 'soba'), size=16):
    """Photo n is of the level 10 n; as rice it becomes lighter by 100, as soba by 150."""
    root.mkdir()
    rows = ['file,input,source,target']
    for number, source in enumerate(sources):
        for target, more in (('input', 0), ('rice', 100), ('soba', 150)):
            file = f'{number}_{target}.png'
            Image.new('RGB', (size, size), (10 * number + more,) * 3).save(str(root / file))
            rows.append(f'{file},{number},{source},{target}')
    (root / 'manifest.csv').write_text('\n'.join(rows) + '\n')
    return root


def test_a_teachers_pictures(tmp_path, capsys):
    pytest.importorskip('skimage', reason='structural similarity: pip install scikit-image')
    assert run('--weights', generator(tmp_path / 'g.npz', ('soba', 'rice')), '--pairs',
               lessons(tmp_path / 'lessons'), '--hold-out', 1, '--report', tmp_path / 'r') == 0
    record = json.loads((tmp_path / 'r' / 'figures.json').read_text())
    assert record['pictures'] == 2 and record['image_size'] == 16
    assert record['judged_on'] == '2 photos of lessons, the last 1 of each dish'
    assert record['colours_of'] == "the teacher's pictures of it, of 2 other photos"
    # Photo 2 of rice becomes soba, photo 3 of soba becomes rice.
    untouched = record['controls']['untouched']
    assert untouched['targets']['soba']['difference'] == pytest.approx(150, abs=1e-3)
    assert untouched['targets']['rice']['difference'] == pytest.approx(100, abs=1e-3)
    assert untouched['all']['difference'] == pytest.approx(125, abs=1e-3)
    assert untouched['all']['intervals']['difference'] == pytest.approx([100, 150], abs=1e-3)
    assert untouched['targets']['rice']['psnr'] == pytest.approx(
        20 * numpy.log10(255 / 100), abs=1e-3)
    # The other two photos, of 0 and 10, became 150 and 160; the truth is 170. Lightness is no
    # straight line of levels, but nearly one here.
    colours = record['controls']['mean colour']['targets']['soba']
    assert colours['difference'] == pytest.approx(15, abs=0.1)
    assert record['controls']['colour transfer']['targets']['soba'] == colours
    assert untouched['all']['ssim'] < record['controls']['mean colour']['all']['ssim']
    assert untouched['all']['texture'] == 0  # all is flat
    assert 'accuracy' not in record['all'] and 'confusion' not in record
    shown = capsys.readouterr().out
    head = next(line.split() for line in shown.splitlines() if line.startswith('target'))
    assert head[:4] == ['target', 'difference', 'PSNR', 'SSIM']
    for name in ('translation', 'colours alone', 'lightness alone', 'untouched',
                 'colour transfer', 'mean colour', 'mean picture'):
        assert shown.count('\nall: ' + name) == 2  # likeness and texture
    assert '| all: untouched | 125.00/255' in ' '.join(
        (tmp_path / 'r' / 'figures.md').read_text().split())


def test_a_teachers_pictures_judged_by_a_classifier(tmp_path):
    arguments = ('--weights', generator(tmp_path / 'g.npz', ('soba', 'rice')), '--pairs',
                 lessons(tmp_path / 'lessons'), '--out', tmp_path / 'f.json')
    assert run(*arguments, '--classifier', classifier(tmp_path / 'c.npz', ('rice', 'soba')),
               '--metrics', 'accuracy,difference') == 0
    record = json.loads((tmp_path / 'f.json').read_text())
    assert record['metrics'] == ['accuracy', 'difference'] and record['pictures'] == 4
    # The head starts at 0, so everything is taken for rice.
    for made in (record, *record['controls'].values()):
        assert [made['targets'][name]['accuracy'] for name in ('soba', 'rice')] == [0, 1]
        assert 'inputs' not in made['all'] or made is record
    assert len(record['controls']) == 6


def test_what_is_not_installed_is_left_out_in_words(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, 'skimage.metrics', None)
    monkeypatch.setattr(importlib.util, 'find_spec', lambda name: None)
    arguments = ('--weights', generator(tmp_path / 'g.npz', ('soba', 'rice')), '--pairs',
                 lessons(tmp_path / 'lessons'))
    assert run(*arguments) == 0
    shown = capsys.readouterr().out
    assert 'without ssim: SSIM needs scikit-image: pip install scikit-image' in shown
    assert 'without lpips: LPIPS needs torch' in shown and 'SSIM  ' not in shown
    assert run(*arguments, '--metrics', 'ssim') == 1
    assert 'SSIM needs scikit-image' in capsys.readouterr().err


@pytest.mark.parametrize('arguments, words', [
    (('--pairs', 'lessons', '--images', 'photos'), '--pairs has the pictures; leave --images out'),
    (('--pairs', 'lessons', '--bowls', 4), 'leave --bowls out'),
    (('--hold-out', 2), '--hold-out is for --pairs; name the folder'),
    (('--pairs', 'photos'), 'photos/manifest.csv'),
    (('--pairs', 'lessons', '--categories', 'soba,pizza'), 'it has no category pizza'),
    (('--pairs', 'lessons', '--metrics', 'cycle'), 'cycle needs photos or rendered bowls'),
    (('--pairs', 'lessons', '--metrics', 'accuracy'), 'accuracy needs --classifier'),
    (('--pairs', 'lessons', '--image-size', 18), '18 is no multiple of 4')])
def test_mistakes_about_a_teacher_are_one_line(is_refused, tmp_path, arguments, words):
    photos(tmp_path / 'photos')
    lessons(tmp_path / 'lessons')
    generator(tmp_path / 'g.npz', ('soba', 'rice'))
    is_refused(words, '--weights', 'g.npz', *arguments)


def test_translations_have_no_teacher(tmp_path, capsys):
    assert run('--pictures', tmp_path, '--pairs', tmp_path) == 1
    assert '--pairs has the pictures; leave --pictures out' in capsys.readouterr().err


def test_weights_that_do_not_say_their_size_meet_a_teacher_at_the_papers(tmp_path):
    weights.save(Generator(4, 2, 1), tmp_path / 'bare.npz', {})
    assert run('--weights', tmp_path / 'bare.npz', '--categories', 'soba,rice', '--pairs',
               lessons(tmp_path / 'lessons', ('rice', 'soba')), '--metrics', 'difference',
               '--out', tmp_path / 'f.json') == 0
    assert json.loads((tmp_path / 'f.json').read_text())['image_size'] == 256
