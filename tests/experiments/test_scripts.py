"""Every script of an experiment, shrunken: it runs, and leaves what it says."""

import csv
import json
import pathlib

import numpy
import pytest
from PIL import Image

import by_hand
from chainer_foodgan import images, kernels
from chainer_foodgan.categories import NAMES
from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.evaluations.classifier import Classifier, save_classifier
from chainer_foodgan.training.updaters.loading import load

import chainer

EXPERIMENTS = pathlib.Path(__file__).parents[2] / 'experiments'


@pytest.fixture(scope='module')
def judge(tmp_path_factory):
    """A classifier of all ten dishes that knows nothing."""
    path = tmp_path_factory.mktemp('judge') / 'judge.npz'
    save_classifier(Classifier(NAMES, 32, 2, rng=numpy.random.default_rng(0)), path, {
        'trained_on': 'nothing', 'tested_on': 'nothing', 'test_accuracy': 0.1})
    return path


def results(folder, name):
    record = json.loads((folder / 'results' / (name + '.json')).read_text('utf-8'))
    text = (folder / 'results' / (name + '.md')).read_text('utf-8')
    assert {'script', 'arguments', 'commit', 'versions', 'seconds'} <= set(record)
    assert '|:--' in text
    return record, text


def pictures(folder):
    found = {path.name for path in (folder / 'results').iterdir() if path.suffix != '.json'}
    for name in found:
        if not name.endswith('.md'):
            Image.open(folder / 'results' / name).verify()
    return {name for name in found if not name.endswith('.md')}


@pytest.mark.parametrize('name', ['train', 'train_gan', 'train_acgan', 'train_pix2pix',
                                  'train_cyclegan', 'train_joint', 'train_student'])
def test_trainings(script, tmp_path, judge, name):
    if name == 'train':  # StarGAN is judged while it is trained, by a judge of its own dishes
        out = script(name, '--config', 'tiny', '--out', tmp_path, '--classifier', judge)
    elif name == 'train_gan':
        out = script(name, '--config', 'tiny', '--conditional', '--out', tmp_path,
                     '--classifier', judge)
    else:
        out = script(name, '--config', 'tiny', '--out', tmp_path)
    record, text = results(tmp_path, 'figures')
    assert record['iterations'] == 2 and record['script'] == name + '.py'
    assert record['arguments']['config'] == 'tiny'
    assert pictures(tmp_path) == {'samples.png'}
    for line in text.splitlines():
        if line.startswith('| iterations') or line.startswith('- seed'):
            assert line.strip('|- ').split('|')[0].strip() in out
    if name in ('train_gan', 'train'):
        assert 0 <= record['accuracy'] <= 1
    if name == 'train_gan':
        assert record['fid_classifier'] is not None
    if name not in ('train_gan', 'train_acgan'):
        system, links = load(tmp_path)
        pair = system.categories[:2]
        translate = {'train_pix2pix': {pair: links.get('G')}, 'train_cyclegan': {
            pair: links.get('G_ab'), pair[::-1]: links.get('G_ba')}}.get(name)
        expected = by_hand.figures(tmp_path, record['bowls'], 32, translate)
        assert {key: record[key] for key in expected} == pytest.approx(expected, rel=1e-4)
    if name == 'train':
        log = json.loads((tmp_path / 'logs' / 'log').read_text())
        assert 'eval/accuracy' in log[-1] and 'eval/psnr' in log[-1]


@pytest.mark.parametrize('dishes', [NAMES, ('curry', 'soba')])
def test_a_student_may_compare_features_of_any_dishes(script, tmp_path, dishes):
    """A classifier of all ten dishes is its judge as well, another one is not."""
    save_classifier(Classifier(dishes, 32, 2, rng=numpy.random.default_rng(0)),
                    tmp_path / 'c.npz', {'trained_on': 'nothing', 'tested_on': 'nothing',
                                         'test_accuracy': 0.1})
    script('train_student', '--config', 'tiny', '--lambda-feat', '1', '--classifier',
           tmp_path / 'c.npz', '--out', tmp_path / 'run')
    record, _ = results(tmp_path / 'run', 'figures')
    assert record['psnr_input'] > 0 and ('accuracy' in record) == (dishes == NAMES)
    log = json.loads((tmp_path / 'run' / 'logs' / 'log').read_text())
    assert log[-1]['gen/loss_feat'] >= 0


def test_a_finished_training_is_measured_again(script, tmp_path):
    script('train_cyclegan', '--config', 'tiny', '--out', tmp_path)
    first, _ = results(tmp_path, 'figures')
    script('train_cyclegan', '--out', tmp_path, '--resume')
    second, _ = results(tmp_path, 'figures')
    assert second['psnr_translation'] == first['psnr_translation']
    assert first['arguments'].pop('config') == 'tiny'
    assert second['arguments'] == {**first['arguments'], 'resume': True}


def test_derivation(script, tmp_path):
    out = script('derivation', '--config', 'tiny', '--out', tmp_path)
    record, _ = results(tmp_path, 'derivation')
    pairs = ['pix2pix', 'CycleGAN', 'StarGAN, two dishes', 'StarGAN, ten dishes']
    noise = ['GAN', 'conditional GAN', 'ACGAN']
    for name in pairs + noise:
        assert name in out and record[name]['iterations'] >= 1
        assert set(record[name]['parameters']) == {'G', 'D'}
    for name in pairs:
        found = record[name]
        assert found['psnr_gain'] == pytest.approx(
            found['psnr_translation'] - found['psnr_input'])
        assert found['translations'] == 10
    for name in noise:
        assert record[name]['fid_classifier'] is not None
        assert ('accuracy' in record[name]) == (name != 'GAN')
    assert pictures(tmp_path) == {'pair.png', 'noise.png'}

    costs = record['costs']
    assert costs['pairs'] == 45
    star, cycle = record['StarGAN, ten dishes'], record['CycleGAN']
    assert costs['one']['parameters'] == sum(star['parameters'].values())
    assert costs['each']['parameters'] == 45 * sum(cycle['parameters'].values())
    assert costs['one']['parameters_of_the_paper'] == 8446208 + 45048768
    # Two generators of 11,378,179 parameters and two discriminators of 2,764,737.
    assert costs['each']['parameters_of_the_paper'] == 45 * 2 * (11378179 + 2764737)


@pytest.mark.parametrize('name, rows, differs, seeds', [
    ('ablation', ['StarGAN', 'sigmoid'], {'cls_loss', 'lambda_rec'}, ['']),
    ('label_position', ['at the input', 'in the middle'], {'label_position'},
     ['_seed_4', '_seed_5'])])
def test_variants(script, tmp_path, name, rows, differs, seeds):
    out = script(name, '--config', 'tiny', '--minutes', '0.002', '--seed', '4', '--out', tmp_path)
    record, text = results(tmp_path, name)
    options = {}
    for row in rows:
        assert row in out and row in text
        runs = [tmp_path / (row.lower().replace(' ', '_') + seed) for seed in seeds]
        each = [by_hand.figures(run, 10, 32) for run in runs]
        expected = {key: sum(one[key] for one in each) / len(each) for key in each[0]}
        assert {key: record[row][key] for key in expected} == pytest.approx(expected, rel=1e-4)
        if len(seeds) > 1:
            assert record[row]['intervals']['psnr_translation'] == pytest.approx(
                sorted(one['psnr_translation'] for one in each), rel=1e-4)
        for number, run in enumerate(runs):
            options[row] = json.loads((run / 'run.json').read_text())['arguments']
            assert options[row].pop('seed') == 4 + number
            assert options[row]['minutes'] == 0.002
    # Rows differ in what the configuration says, and in nothing else.
    plain, other = (options[row] for row in rows)
    assert {key for key in plain if plain[key] != other[key]} == differs
    assert pictures(tmp_path) == {name + '.png'}

    # What is there already is used.
    models = {path: path.read_bytes() for path in tmp_path.glob('*/models/*.npz')}
    script(name, '--config', 'tiny', '--seed', '4', '--out', tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.glob('*/models/*.npz')} == models
    again, _ = results(tmp_path, name)
    assert again[rows[1]]['psnr_gain'] == record[rows[1]]['psnr_gain']


def test_variants_of_photos(script, tmp_path):
    bowls = RenderedBowls(20, 32, 5, ['rice', 'curry'])
    for index in range(20):
        images.save_image(bowls.image(index), tmp_path / 'photos' / ('grains', 'sauce')[index % 2]
                          / f'{index}.png')
    script('label_position', '--config', 'tiny', '--minutes', '0.002', '--images',
           tmp_path / 'photos', '--out', tmp_path / 'out')
    record, text = results(tmp_path / 'out', 'label_position')
    row = record['in the middle']
    # Two of ten are held out; nobody knows what they should become.
    assert row['translations'] == 4 and '4 photos, held out' in text and 'PSNR' not in text
    assert row['cycle'] > 0 and 'psnr_gain' not in row
    run = json.loads(
        (tmp_path / 'out/in_the_middle_seed_0/run.json').read_text())['arguments']
    with open(run['list'], newline='', encoding='utf-8') as file:
        assert [row['split'] for row in csv.DictReader(file)].count('train') == 16
    assert run['categories'] == ['grains', 'sauce']


@pytest.mark.parametrize('name', ['ablation', 'label_position', 'label_under_norm', 'derivation',
                                  'stability', 'common_structure', 'curation'])
def test_the_papers_trainings_are_the_papers(tmp_path, monkeypatch, name):
    """20 epochs, the learning rate falling in the last ten; no clock ends them."""
    import argparse

    import scripts
    from lib import comparison

    seen = []

    def train(config):
        seen.append(config)
        raise FoodganError('enough')

    monkeypatch.setattr(comparison, 'train', train)
    monkeypatch.setattr(comparison, 'classifier', lambda *_: (None, {
        'trained_on': '', 'tested_on': '', 'test_accuracy': 1}))
    config = scripts.read(name, 'paper')
    for row in config.get('rows', [{'name': 'StarGAN', 'system': 'stargan', 'config': 'paper'}]):
        args = argparse.Namespace(out=tmp_path, minutes=None, seed=0)
        with pytest.raises(FoodganError, match='enough'):
            next(comparison.trainings(args, {**config, 'rows': [row]})[2])
        if row['system'] == 'stargan':
            assert (seen[-1].num_epochs, seen[-1].num_epochs_decay, seen[-1].minutes) == (
                20, 10, None)
            assert (seen[-1].image_size, seen[-1].batch_size, seen[-1].g_conv_dim) == (256, 32, 64)
        else:
            paper = scripts.read(row['system'], 'paper')
            assert seen[-1].num_epochs == paper.get('num-epochs', 20) and not seen[-1].minutes


def test_stability(script, tmp_path):
    """A training that diverges is counted, and the others go on."""
    script('stability', '--config', 'tiny', '--out', tmp_path)
    record, text = results(tmp_path, 'stability')
    for loss in ('wgan-gp', 'hinge'):
        fine, wild = record[f'{loss} 0.001'], record[f'{loss} 1e+30']
        assert all(0 <= figures['accuracy'] <= 1 for figures in fine) and wild == [None, None]
        assert fine[0]['psnr_gain'] != fine[1]['psnr_gain']  # another seed
    assert record['wgan-gp 0.001'][0]['psnr_gain'] != record['hinge 0.001'][0]['psnr_gain']
    rows = [[cell.strip() for cell in line.split('|')] for line in text.splitlines()]
    assert [row[4] for row in rows if row[1:2] in (['wgan-gp'], ['hinge'])] == ['0', '2'] * 2


def test_networks_of_the_paper(script, tmp_path):
    out = script('networks', '--out', tmp_path)
    record, _ = results(tmp_path, 'networks')
    assert record['generator']['parameters'] == 8446208
    assert record['discriminator']['parameters'] == 45048768
    lines = [line for line in out.splitlines() if line]
    assert sum(line.endswith('the same') for line in lines) == 12 + 8 + 2
    assert '13 -> 64' in lines[1] and '2048 -> 10' in lines[-3]


def test_interpolate(script, tmp_path):
    script('interpolate', '--bowls', '2', '--steps', '3', '--dishes', 'soba,ramen',
           '--format', 'webp', '--out', tmp_path)
    record, _ = results(tmp_path, 'interpolate')
    assert pictures(tmp_path) == {'strip.png', 'animation.webp'}
    assert len(record['steps']) == 2 and record['from_first_to_last'] > 0
    # A way is no shorter than its ends are apart.
    assert sum(record['steps']) >= record['from_first_to_last'] - 1e-6
    with Image.open(tmp_path / 'results' / 'animation.webp') as animation:
        assert animation.n_frames == 4  # there and back


def test_interpolate_ends_at_the_dishes(script, tmp_path, monkeypatch):
    """The first and the last picture are the translations of plain label vectors."""
    from chainer_foodgan import weights
    from lib import results as module

    shown = {}
    monkeypatch.setattr(module.Results, 'picture',
                        lambda self, name, image: shown.update({name: image}))
    script('interpolate', '--bowls', '1', '--steps', '2', '--dishes', 'soba,ramen',
           '--out', tmp_path)
    gen = weights.load('bowls_64')
    x, _ = RenderedBowls(1, 64, 2000)[0]
    sheet = numpy.asarray(shown['strip.png']).astype(int)
    for name in ('soba', 'ramen'):
        c = numpy.eye(10, dtype=numpy.float32)[[NAMES.index(name)]]
        with chainer.no_backprop_mode(), chainer.using_config('train', False):
            y = numpy.asarray(images.to_image(gen(x[None], c).array[0])).astype(int)
        places = [(top, left) for top in range(sheet.shape[0] - 63)
                  for left in range(sheet.shape[1] - 63)
                  if abs(sheet[top, left] - y[0, 0]).max() <= 1]
        assert any(abs(sheet[top:top + 64, left:left + 64] - y).max() <= 1
                   for top, left in places)


@pytest.mark.parametrize('name, options, words', [
    ('interpolate', ['--dishes', 'rice,pizza'], ['pizza']),
    ('interpolate', ['--dishes', 'rice'], ['--dishes', 'two']),
    ('interpolate', ['--size', '30'], ['--size 30']),
    ('interpolate', ['--photo', 'nowhere.jpg'], ['nowhere.jpg']),
    ('train_gan', ['--config', 'tiny', '--image-size', '24'], ['24']),
    ('train_student', [], ['--pairs', '--teacher']),
    ('train_cyclegan', ['--resume'], ['no run'])])
def test_mistakes_are_one_line(script, tmp_path, name, options, words):
    line = script(name, *options, '--out', tmp_path / 'out', status=1)
    assert line.startswith(name + ': ') and '\n' not in line
    for word in words:
        assert word in line


@pytest.mark.parametrize('name', sorted(path.stem for path in EXPERIMENTS.glob('*.py')
                                        if '__main__' in path.read_text()))
def test_help_has_an_example(script, name, capsys):
    out = script(name, '--help')
    assert f'python experiments/{name}.py' in out


def test_wrong_usage(script):
    assert script('train_gan', '--config', 'nonsense', '--out', 'x', status=2) == 2
    assert script('ablation', '--minutes', '0', status=2) == 2


def test_configurations_are_options_of_their_scripts():
    """Every configuration of a system parses, and leaves out nothing that it spells wrongly."""
    import argparse

    import scripts
    from chainer_foodgan.commands.options import add_options
    from chainer_foodgan.config import SYSTEMS
    for system, config in SYSTEMS.items():
        parser = argparse.ArgumentParser(allow_abbrev=False)
        add_options(parser, config)
        paths = sorted((scripts.CONFIGS / system).glob('*.yaml'))
        assert {'student' if system == 'student' else 'paper', 'tiny'} <= {
            path.stem for path in paths}
        for path in paths:
            given = scripts.read(system, path.stem)
            args = vars(parser.parse_args(scripts.as_arguments({**given, 'out': 'run'})))
            assert config.given(args) == scripts.config(system, {**given, 'out': 'run'})
            for option, value in given.items():
                found = args[option.replace('-', '_')]
                assert found == value or str(value) == ','.join(found if isinstance(
                    found, list) else ()) or float(value) == found


def test_the_precision_that_is_fastest(monkeypatch):
    assert kernels.precision('float32') == 'float32'
    if kernels.torch() is not None:
        assert kernels.precision('bfloat16') == 'bfloat16'
    monkeypatch.setattr(kernels, 'torch', lambda: None)
    assert kernels.precision('auto') == 'float32'
