"""Comparisons: rows that are trained for equal time and measured alike, and their tables."""

import argparse
import collections
import pathlib
import re

import chainer
import numpy

import scripts
from chainer_foodgan import images, kernels
from chainer_foodgan.commands.options import natural
from chainer_foodgan.training.systems.base import pictures
from chainer_foodgan.training.systems.loading import load
from chainer_foodgan.visualizations.grids import grid
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


def parse(name, description):
    """The arguments of a comparison, whose configurations are in configs/NAME."""
    parser = scripts.parser_of(name, description, 'bowls')
    parser.add_argument('--minutes', type=minutes, metavar='N',
                        help="for each training (default: the configuration's)")
    parser.add_argument('--seed', type=natural, default=0, metavar='N', help='(%(default)s)')
    parser.add_argument('--out', default='runs/' + name, metavar='DIR',
                        help='a run folder for each training, and the results; trainings that are '
                        'there already are gone on with or used (%(default)s)')
    args = parser.parse_args()
    return args, scripts.read(name, args.config)


def minutes(text):
    """A time above 0."""
    try:
        number = float(text)
    except ValueError:
        number = 0
    if not number > 0:
        raise argparse.ArgumentTypeError('{!r} is no number above 0'.format(text))
    return number


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
        **scripts.read(row['system'], row['config']), **row.get('options', {}), **common,
        'num-epochs': 10 ** 6, 'num-epochs-decay': 0})  # time alone ends it
    system, links = load(run)
    chainer.global_config.torch_precision = 'float32'  # figures are not to depend on the machine
    networks = system.networks(numpy.random.default_rng(0))
    parameters = {key: networks[name].count_params() for key, name in (('G', 'gen'), ('D', 'dis'))}
    return Row(row['name'], run, system, links, took, parameters, {})


#: Key of a row's figures, title of the column, how a figure is written.
COLUMNS = (
    ('psnr_translation', 'PSNR to the true food', '{:.2f} dB'),
    ('psnr_gain', 'gain', '{:+.2f} dB'),
    ('accuracy', 'accuracy', '{:.1%}'),
    ('change_outside', 'change outside', '{:.1f}/255'),
    ('cycle', 'there and back', '{:.1f}/255'),
    ('fid_classifier', 'FID (classifier)', '{:.1f}'),
    ('kid_classifier', 'KID (classifier)', '{:.3f}'))


def table(rows, keys, untouched=False):
    """A table of rows: what they are, what they cost, and what was measured.

    Args:
        rows (list of Row): Measured.
        keys (sequence of str): Of :data:`COLUMNS`, in that order.
        untouched (bool): Whether the untouched bowls get a row of their own.

    Returns:
        list of list of str: The first is the head.
    """
    chosen = [column for column in COLUMNS if column[0] in keys]
    found = [['system', 'parameters of G', 'of D', 'iterations', 'minutes',
              *(title for _, title, _ in chosen)]]
    if untouched:
        before = {'psnr_translation': rows[0].figures['psnr_input'], 'psnr_gain': 0.,
                  'accuracy': rows[0].figures['untouched'], 'change_outside': 0., 'cycle': 0.}
        found.append(['untouched', '', '', '', '', *(form.format(before[key])
                                                     for key, _, form in chosen)])
    for row in rows:
        found.append([
            row.name, *('{:,}'.format(row.parameters[key]) for key in 'GD'),
            '{:,}'.format(row.took['iterations']), '{:.1f}'.format(row.took['seconds'] / 60),
            *(_cell(row.figures, key, form) for key, _, form in chosen)])
    return found


def _cell(figures, key, form):
    value = figures.get(key)
    if value is None:
        return '-'
    interval = figures['intervals'].get(key)
    if interval is None:
        return form.format(value)
    return '{} ({} to {})'.format(form.format(value), *(
        form.format(end).split()[0].split('/')[0].rstrip('%') for end in interval))


def record(rows):
    """The rows for JSON (dict)."""
    return {row.name: {'system': row.system.config.system, **row.took, 'parameters': row.parameters,
                       **row.figures} for row in rows}


def sheet(rows, bowls, source, target):
    """Pictures of a few bowls: the input, each row's translation, the truth."""
    x = numpy.stack([images.to_array(bowls.render(n, source)) for n in range(len(bowls))])
    columns = [x, *(row.system.translate(row.links, x, target) for row in rows),
               [images.to_array(bowls.render(n, target)) for n in range(len(bowls))]]
    return grid([list(line) for line in zip(*map(pictures, columns))],
                ['input', *(row.name for row in rows), 'truth'])
