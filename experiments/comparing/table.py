"""Rows of a comparison: trained for equal time, measured alike."""

import collections
import pathlib
import re

import chainer
import numpy

import scripts
from chainer_foodgan import kernels
from chainer_foodgan.training.systems.loading import load
from comparing import training

Row = collections.namedtuple('Row', 'name run system links took parameters figures')
Row.__doc__ = """A system that was trained and measured.

Attributes:
    name (str): What the table calls it.
    run (pathlib.Path): Its run folder.
    system (System), links (dict): What it is, and its generators.
    took (dict): ``iterations`` and ``seconds`` of its training.
    parameters (dict): ``G`` and ``D``, how many.
    figures (dict): What was measured.
"""


def add_arguments(parser, out):
    """The options of every comparison."""
    from chainer_foodgan.commands.types import natural
    parser.add_argument('--minutes', type=float, metavar='N',
                        help="for each training (default: the configuration's)")
    parser.add_argument('--seed', type=natural, default=0, metavar='N', help='(%(default)s)')
    parser.add_argument('--out', default=out, metavar='DIR',
                        help='a run folder for each training, and the results; trainings that are '
                        'there already are gone on with or used (%(default)s)')


def train(args, config):
    """Trains what is to be compared.

    Args:
        args (argparse.Namespace): ``out``, ``minutes`` and ``seed``.
        config (dict): ``minutes``; ``classifier``, options of ``foodgan train-classifier``; and
            ``rows``, each with a ``name``, the ``system``, the ``config`` of it that it starts
            from, and ``options`` in place of those.

    Returns:
        tuple: The judge; what is said of it (str); and a generator of the rows, without figures.
    """
    out = pathlib.Path(args.out)
    judge, facts = training.classifier(out / 'classifier.npz', {
        'precision': kernels.precision('auto'), **config['classifier']})
    said = 'judged by a classifier trained on {} and right on {:.1%} of {}'.format(
        facts['trained_on'], facts['test_accuracy'], facts['tested_on'])
    return judge, said, (_trained(out, row, {
        'seed': args.seed, 'minutes': args.minutes or config['minutes']}) for row in config['rows'])


def _trained(out, row, common):
    run = out / re.sub(r'\W+', '_', row['name'].lower()).strip('_')
    took = training.finish(run, row['system'], {
        **scripts.read(row['system'], row['config']), **row.get('options', {}), **common})
    system, links = load(run)
    chainer.global_config.torch_precision = 'float32'  # figures are not to depend on the machine
    networks = system.networks(numpy.random.default_rng(0))
    parameters = {key: networks[name].count_params() for key, name in (('G', 'gen'), ('D', 'dis'))}
    return Row(row['name'], run, system, links, took, parameters, {})
