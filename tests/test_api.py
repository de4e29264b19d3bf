"""What the commands do, from Python."""

import dataclasses
import pathlib
import subprocess
import sys
import time
import typing

import numpy
import pytest
from PIL import Image

import chainer_foodgan
from chainer_foodgan import config as configs
from chainer_foodgan.commands import make_parser
from chainer_foodgan.config import markdown
from chainer_foodgan.errors import FoodganError

SCRIPT = '''
import sys
import chainer_foodgan
from chainer_foodgan import TrainConfig

out, iterations, *resume = sys.argv[1:]
config = TrainConfig(
    out=out, num_iters=iterations, bowls=13, image_size=16, batch_size=4, seed=3, ema=0.9,
    g_conv_dim=2, d_conv_dim=2, g_repeat_num=1, d_repeat_num=2, d_train_repeat=2,
    num_epochs_decay=2, log_step=2, sample_step=20, model_save_step=4, keep=99)
if resume:
    config = TrainConfig(out=out, resume=True)
result = chainer_foodgan.train(config)
print(result.iterations, len(result.log), *(path.name for path in result.weights.values()))
'''


def test_public_names():
    for name in ('Translator', 'TrainConfig', 'cluster', 'evaluate', 'fit_classifier', 'rank',
                 'train', 'translate', 'weights'):
        assert name in chainer_foodgan.__all__ and name in dir(chainer_foodgan)
    for name in chainer_foodgan.__all__:
        assert getattr(chainer_foodgan, name) is not None
    with pytest.raises(AttributeError, match='nonsense'):
        chainer_foodgan.nonsense  # noqa: B018  looking it up is what fails


def test_names_are_loaded_when_they_are_used():
    code = ('import sys, chainer_foodgan; dir(chainer_foodgan); '
            'sys.exit(str({"chainer", "numpy", "dataclasses"} & set(sys.modules)))')
    done = subprocess.run([sys.executable, '-c', code], stderr=subprocess.PIPE, text=True)
    assert done.stderr == 'set()\n'


@pytest.mark.parametrize('config', [
    *configs.SYSTEMS.values(), configs.EvaluateConfig, configs.ClassifierConfig,
    configs.RankConfig, configs.ClusterConfig])
def test_definitions(config):
    hints = typing.get_type_hints(config)
    table = markdown(config)
    for field in config.options():
        meta, hint = field.metadata, hints[field.name]
        assert meta['help'] and meta['group'] in config.groups
        default = field.default
        if default is None and not (meta['required'] and not meta['one_of']):
            assert type(None) in typing.get_args(hint), field.name
        if default not in (None, dataclasses.MISSING, ()):
            assert meta['choices'] is None or default in meta['choices']
            assert meta['kind'](default) == (
                list(default) if isinstance(default, tuple) else default)
        assert table.count('`--{}`'.format(field.name.replace('_', '-'))) >= 1


def test_the_page_of_options_is_made_from_the_definitions():
    page = pathlib.Path(__file__).parents[1] / 'docs' / 'options.md'
    assert page.read_text('utf-8') == configs.document(), 'see the comment in docs/options.md'


def test_a_command_line_and_python_say_the_same():
    args = make_parser('train').parse_args(
        ['train', '--out', 'run', '--categories', 'ramen,rice', '--ema', '0.9', '--balanced'])
    config = chainer_foodgan.TrainConfig(
        out=pathlib.Path('run'), categories=['ramen', 'rice'], ema=0.9, balanced=True)
    assert chainer_foodgan.TrainConfig.given(vars(args)) == config
    record = config.record()
    assert record['system'] == 'stargan' and 'out' not in record and 'device' not in record
    assert chainer_foodgan.TrainConfig.given(record, out='run') == config


@pytest.mark.parametrize('config, values, words', [
    ('TrainConfig', {'batch_size': 0}, ['--batch-size', '0', 'above 0']),
    ('TrainConfig', {'batch_size': 2.5}, ['--batch-size', '2.5']),
    ('TrainConfig', {'precision': 'float8'}, ['--precision', 'float8', 'bfloat16']),
    ('TrainConfig', {'num_epochs': None}, ['--num-epochs', 'None']),
    ('EvaluateConfig', {}, ['--weights', '--pictures']),
    ('EvaluateConfig', {'weights': 'a', 'pictures': 'b'}, ['--weights', '--pictures']),
    ('EvaluateConfig', {'weights': 'a', 'metrics': ['psrn']}, ['psrn', 'psnr']),
    ('RankConfig', {'threshold': 0.5, 'number': 3}, ['--threshold', '--number'])])
def test_values_that_do_not_fit(config, values, words):
    needed = {'TrainConfig': {'out': 'run'}, 'EvaluateConfig': {},
              'RankConfig': {'images': 'a', 'classifier': 'b', 'out': 'c'}}[config]
    with pytest.raises(FoodganError) as caught:
        getattr(chainer_foodgan, config)(**needed, **values)
    for word in words:
        assert word in str(caught.value)


def tree(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_a_script_trains_is_killed_and_goes_on(tmp_path):
    """By SIGKILL in the middle; resumed, it leaves the bytes of a training in one go."""
    (tmp_path / 'train.py').write_text(SCRIPT)
    command = [sys.executable, str(tmp_path / 'train.py')]
    runs = [tmp_path / name for name in ('straight', 'killed')]
    done = subprocess.run([*command, str(runs[0]), '40'], stdout=subprocess.PIPE, text=True)
    assert done.stdout.splitlines()[-1] == '40 20 14_1_D.npz 14_1_G.npz'
    with subprocess.Popen([*command, str(runs[1]), '40'], stdout=subprocess.DEVNULL) as process:
        while not (runs[1] / 'snapshots' / '2_1.npz').exists():
            assert process.poll() is None
            time.sleep(0.01)
        process.kill()
    assert not (runs[1] / 'models' / '14_1_G.npz').exists()
    resumed = subprocess.run([*command, str(runs[1]), '40', 'resume'], stdout=subprocess.PIPE,
                             text=True)
    assert resumed.stdout.splitlines()[-1] == done.stdout.splitlines()[-1]
    for folder in ('models', 'samples'):
        assert tree(runs[0] / folder) == tree(runs[1] / folder)


def test_translate(tmp_path):
    from chainer_foodgan import Translator, translate
    from chainer_foodgan.links import Generator

    gen = Generator(4, 3, 1, rng=numpy.random.default_rng(0))
    options = {'categories': ['rice', 'soba', 'udon'], 'size': 16}
    photo = Image.fromarray(numpy.random.default_rng(1).integers(0, 256, (20, 24, 3), numpy.uint8))
    photo.save(tmp_path / 'lunch.png')
    expected = {name: picture.tobytes()
                for name, picture in Translator(gen, **options).all(photo).items()}
    for image in (photo, tmp_path / 'lunch.png', str(tmp_path / 'lunch.png')):
        assert translate(image, 'soba', gen, **options).tobytes() == expected['soba']
    for to in ('all', ['udon', 'rice']):
        found = translate(photo, to, gen, **options)
        assert list(found) == (to if to != 'all' else options['categories'])
        assert all(picture.tobytes() == expected[name] for name, picture in found.items())
    black = translate(photo, 'soba', gen, mask=Image.new('L', photo.size),
                      categories=options['categories'])
    assert black.tobytes() == photo.tobytes()
    with pytest.raises(FoodganError, match='did you mean soba'):
        translate(photo, ['rice', 'soab'], gen, **options)
