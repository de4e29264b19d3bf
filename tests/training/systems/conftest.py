"""Trainings of every system, of next to nothing."""

import argparse

import pytest

# Five iterations an epoch.
TINY = ['--image-size', '16', '--batch-size', '4', '--bowls', '20', '--g-conv-dim', '2',
        '--d-conv-dim', '2', '--num-epochs', '2', '--num-epochs-decay', '1', '--log-step', '2',
        '--sample-step', '6', '--model-save-step', '3', '--seed', '3']
STUDENT = ['--g-repeat-num', '1', '--d-layers', '1', '--g-lr', '1e-3', '--d-lr', '1e-3']
STARGAN = ['--g-repeat-num', '1', '--d-repeat-num', '2', '--d-train-repeat', '2']

VARIANTS = {
    'stargan': ['stargan', *STARGAN, '--label-position', 'middle', '--cls-loss', 'sigmoid'],
    'normalisation': ['stargan', *STARGAN, '--label-position', 'normalisation',
                      '--adversarial', 'log'],
    'joint': ['joint', *STARGAN, '--categories', 'rice,curry', '--categories2', 'ramen,soba,unagi',
              '--ema', '0.5'],
    'gan': ['gan', '--d-layers', '1', '--z-dim', '5'],
    'conditional': ['gan', '--d-layers', '1', '--conditional', '--ema', '0.5', '--balanced'],
    'acgan': ['acgan', '--d-repeat-num', '2'],
    'pix2pix': ['pix2pix', '--d-layers', '1', '--image-size', '32', '--num-downs', '5',
                '--categories', 'rice,curry', '--ema', '0.5'],
    'cyclegan': ['cyclegan', '--d-layers', '1', '--g-repeat-num', '1', '--pool-size', '3',
                 '--categories', 'rice,curry', '--bowls', '40'],
    'student': ['student', *STUDENT, '--teacher', 'TEACHER', '--scales', '2', '--ema', '0.5'],
    'pairs': ['student', *STUDENT, '--pairs', 'PAIRS', '--hold-out', '2', '--separable',
              '--random-resized-crop', '0.5']}

TAUGHT = ('curry', 'soba', 'ramen', 'unagi', 'rice')  # in the teacher's order


@pytest.fixture(scope='session')
def teacher(tmp_path_factory):
    """A generator of five dishes that has learnt nothing (file)."""
    import numpy

    from chainer_foodgan import weights
    from chainer_foodgan.links import Generator
    path = tmp_path_factory.mktemp('teacher') / 'teacher_G.npz'
    gen = Generator(2, len(TAUGHT), 1, rng=numpy.random.default_rng(0))
    for param in gen.params():
        param.array *= 3  # so that its dishes differ
    weights.save(gen, path, {'categories': TAUGHT, 'image_size': 16})
    return path


@pytest.fixture(scope='session')
def pairs(tmp_path_factory):
    """Eight photos, four of each of two dishes, and five results of each (folder)."""
    import numpy
    from PIL import Image
    folder = tmp_path_factory.mktemp('pairs')
    rng, lines = numpy.random.default_rng(0), ['file,input,source,target']
    for number in range(8):
        photo = rng.integers(0, 256, (20, 24, 3), numpy.uint8)
        for shift, target in enumerate(('input', *TAUGHT)):
            name = f'{number}_{target}.png'
            Image.fromarray(photo + numpy.uint8(40 * shift)).save(folder / name)
            lines.append('{},{},{},{}'.format(name, number, ('ramen', 'rice')[number % 2], target))
    (folder / 'manifest.csv').write_text('\n'.join(lines) + '\n')
    return folder


@pytest.fixture
def arguments(teacher, pairs):
    """``arguments(variant, *more)``: the configuration of a training, parsed."""
    from chainer_foodgan.commands.options import add_options
    from chainer_foodgan.config import SYSTEMS
    places = {'TEACHER': str(teacher), 'PAIRS': str(pairs)}

    def arguments(variant, *more):
        system, *given = [places.get(each, each) for each in VARIANTS[variant]]
        parser = argparse.ArgumentParser()
        add_options(parser, SYSTEMS[system])
        args = parser.parse_args([*TINY, *given, *map(str, more)])
        return SYSTEMS[system].given(vars(args))
    return arguments


@pytest.fixture
def make(arguments):
    """``make(variant, *more)``: the system with its data."""
    from chainer_foodgan.training.updaters.loading import make_system

    def make(variant, *more):
        return make_system(arguments(variant, '--out', 'run', *more))
    return make
