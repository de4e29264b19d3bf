"""Trainings of every system, of next to nothing."""

import argparse

import pytest

# Five iterations an epoch.
TINY = ['--image-size', '16', '--batch-size', '4', '--bowls', '20', '--g-conv-dim', '2',
        '--d-conv-dim', '2', '--num-epochs', '2', '--num-epochs-decay', '1', '--log-step', '2',
        '--sample-step', '6', '--model-save-step', '3', '--seed', '3']
STARGAN = ['--g-repeat-num', '1', '--d-repeat-num', '2', '--d-train-repeat', '2']

VARIANTS = {
    'stargan': ['stargan', *STARGAN, '--label-position', 'middle', '--cls-loss', 'sigmoid'],
    'joint': ['joint', *STARGAN, '--categories', 'rice,curry', '--categories2', 'ramen,soba,unagi',
              '--ema', '0.5'],
    'gan': ['gan', '--d-layers', '1', '--z-dim', '5'],
    'conditional': ['gan', '--d-layers', '1', '--conditional', '--ema', '0.5', '--balanced'],
    'acgan': ['acgan', '--d-repeat-num', '2'],
    'pix2pix': ['pix2pix', '--d-layers', '1', '--image-size', '32', '--num-downs', '5',
                '--categories', 'rice,curry', '--ema', '0.5'],
    'cyclegan': ['cyclegan', '--d-layers', '1', '--g-repeat-num', '1', '--pool-size', '3',
                 '--categories', 'rice,curry', '--bowls', '40']}


@pytest.fixture
def arguments():
    """``arguments(variant, *more)``: the options of a training, parsed."""
    from chainer_foodgan.commands import options

    def arguments(variant, *more):
        system, *given = VARIANTS[variant]
        parser = argparse.ArgumentParser()
        options.add_training(parser, system)
        return parser.parse_args([*TINY, *given, *map(str, more)])
    return arguments


@pytest.fixture
def make(arguments):
    """``make(variant, *more)``: the system with its data."""
    from chainer_foodgan.training.systems import system

    def make(variant, *more):
        args = arguments(variant, '--out', 'run', *more)
        return system(args.system)(args)
    return make
