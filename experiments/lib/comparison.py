"""Comparisons: rows that are trained for equal time and measured alike, and their tables."""

import argparse
import collections
import pathlib
import re

import numpy

import scripts
from chainer_foodgan import ClassifierConfig, fit_classifier, images, kernels, train
from chainer_foodgan.commands.options import names, natural
from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.evaluations.classifier import load_classifier
from chainer_foodgan.training.run import Run
from chainer_foodgan.training.updaters.base import pictures
from chainer_foodgan.training.updaters.loading import load
from chainer_foodgan.visualizations.grids import grid
from lib import data, measuring, results

import chainer


def finish(folder, system, given):
    """Trains a system until it is done.

    Args:
        folder (pathlib.Path): Of the run. Where there is one already, it is gone on with.
        system (str): Its name.
        given (dict): Options and their values.

    Returns:
        dict: ``iterations`` and ``seconds`` that it took.
    """
    result = train(scripts.config(system, {
        'out': folder, 'resume': Run(folder).record_path.exists(), **given}))
    return {'iterations': result.iterations, 'seconds': result.seconds}


def classifier(path, given):
    """The judge of a comparison, trained if it is not there.

    Args:
        path (pathlib.Path): Its file.
        given (dict): Fields of :class:`chainer_foodgan.ClassifierConfig`.

    Returns:
        tuple: The classifier and what its file says of it.
    """
    if not path.exists():
        fit_classifier(ClassifierConfig(path, **scripts.fields(given)))
    return load_classifier(path)


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


def parse(name, description, add_options=lambda parser: None):
    """The arguments of a comparison, whose configurations are in configs/NAME."""
    parser = scripts.parser_of(
        name, description, 'bowls', 'a run folder for each training, and the results; trainings '
        'that are there already are gone on with or used (%(default)s)')
    add_options(parser)
    parser.add_argument('--minutes', type=minutes, metavar='N', help='after which each training '
                        "ends in any case (default: the configuration's)")
    parser.add_argument('--seed', type=natural, default=0, metavar='N', help='(%(default)s)')
    args = parser.parse_args()
    return args, scripts.read(name, args.config)


def add_photos(parser):
    """Options that name photos in place of rendered bowls."""
    parser.add_argument('--images', metavar='DIR',
                        help='folder of the photos (default: rendered bowls)')
    parser.add_argument('--list', metavar='FILE', help="the original's list file, or a manifest "
                        '.csv (default: a sub-folder per category)')
    parser.add_argument('--categories', type=names, metavar='NAME,NAME', help='what to train on '
                        "(default: the configuration's; of photos: all)")


def minutes(text):
    """A time above 0."""
    try:
        number = float(text)
    except ValueError:
        number = 0
    if not number > 0:
        raise argparse.ArgumentTypeError(f'{text!r} is no number above 0')
    return number


def trainings(args, config, photos=None):
    """Trains what is to be compared.

    Args:
        args (argparse.Namespace): ``out``, ``minutes`` and ``seed``.
        config (dict): ``classifier``, options of ``foodgan train-classifier``; ``rows``, each with
            a ``name``, the ``system``, the ``config`` of it that it starts from, and ``options`` in
            place of those; and ``minutes``, after which each training ends. Without any, a training
            has the epochs of its configuration, in the last of which the learning rate falls.
        photos (Data): What to train on in place of bowls, see :func:`lib.data.photos`.

    Returns:
        tuple: The judge; what is said of it (str); and a generator of the rows, without figures.
    """
    out = pathlib.Path(args.out)
    of_judge, options = dict(config['classifier']), {}
    if getattr(args, 'categories', None):
        options['categories'] = ','.join(args.categories)
    if photos is not None:
        of_judge.pop('bowls', None)
        of_judge.update(photos.judge)
        options = photos.options(len(photos.labels))
    judge, facts = classifier(out / 'classifier.npz', {
        'precision': kernels.precision('auto'), **of_judge})
    said = 'judged by a classifier trained on {} and right on {:.1%} of {}'.format(
        facts['trained_on'], facts['test_accuracy'], facts['tested_on'])
    limit = args.minutes or config.get('minutes')
    ends = {'minutes': limit, 'num-epochs': 10 ** 6, 'num-epochs-decay': 0} if limit else {
        'minutes': None}
    return judge, said, (_trained(
        out, row, {**options, 'seed': args.seed, **ends}) for row in config['rows'])


def _trained(out, row, common):
    run = out / re.sub(r'\W+', '_', row['name'].lower()).strip('_')
    took = finish(run, row['system'], {
        **scripts.read(row['system'], row['config']), **common, **row.get('options', {})})
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
    ('texture', 'texture distance', '{:.3f}'),
    ('diversity', 'diversity', '{:.0f}/255'),
    ('fid_classifier', 'FID (classifier)', '{:.1f}'),
    ('kid_classifier', 'KID (classifier)', '{:.3f}'))


def table(rows, keys, untouched=False):
    """A table of rows: what they are, what they cost, and what was measured.

    Args:
        rows (list of Row): Measured.
        keys (sequence of str): Of :data:`COLUMNS`, in that order.
        untouched (bool): Whether the untouched bowls get a row of their own, where the figures of
            the first row have no ``controls``, which get one each.

    Returns:
        list of list of str: The first is the head.
    """
    chosen = [column for column in COLUMNS if column[0] in keys]
    found = [['system', 'parameters of G', 'of D', 'iterations', 'minutes',
              *(title for _, title, _ in chosen)]]
    controls = rows[0].figures.get('controls')
    for name, figures in (controls or {}).items():
        found.append([name, '', '', '', '', *(
            form.format(figures[key]) if figures.get(key) is not None else '-'
            for key, _, form in chosen)])
    if untouched and not controls:
        before = {'psnr_translation': rows[0].figures.get('psnr_input'), 'psnr_gain': 0.,
                  'accuracy': rows[0].figures['untouched'], 'change_outside': 0., 'cycle': 0.}
        found.append(['untouched', '', '', '', '', *(form.format(before[key])
                                                     for key, _, form in chosen)])
    for row in rows:
        found.append([
            row.name, *(f'{row.parameters[key]:,}' for key in 'GD'),
            '{:,}'.format(row.took['iterations']), '{:.1f}'.format(row.took['seconds'] / 60),
            *(_cell(row.figures, key, form) for key, _, form in chosen)])
    return found


def of_seeds(rows):
    """One row for trainings that differ in their seeds alone.

    Args:
        rows (list of Row): Measured.

    Returns:
        Row: The first, with the means of what they took and of their figures; ``intervals`` are the
        least and the most, ``seeds`` the figures of each.
    """
    if len(rows) == 1:
        return rows[0]
    each = [row.figures for row in rows]
    known = [key for key, value in each[0].items() if isinstance(value, (int, float))]
    return rows[0]._replace(
        name=rows[0].name.rpartition(', ')[0],
        took={key: type(value)(numpy.mean([row.took[key] for row in rows]))
              for key, value in rows[0].took.items()},
        figures={**{key: float(numpy.mean([one[key] for one in each])) for key in known},
                 'intervals': {key: (min(one[key] for one in each), max(one[key] for one in each))
                               for key in known},
                 'seeds': each, 'controls': each[0]['controls']})


def spread(values, form='{:.1f}', factor=1):
    """The mean of several seeds, in brackets the least and the most (str)."""
    values = factor * numpy.array(values)
    return '{} ({} to {})'.format(*map(form.format, (values.mean(), values.min(), values.max())))


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
    return _sheet(rows, x, target, [images.to_array(bowls.render(n, target))
                                    for n in range(len(bowls))])


def _sheet(rows, x, target, truth=None):
    columns = [x, *(row.system.translate(row.links, x, target) for row in rows)]
    titles = ['input', *(row.name for row in rows)]
    if truth is not None:
        columns.append(truth)
        titles.append('truth')
    return grid([list(line) for line in zip(*map(pictures, columns))], titles)


MEASURED = ['psnr_translation', 'psnr_gain', 'accuracy', 'change_outside', 'cycle', 'texture',
            'diversity']


def compare(name, args, config):
    """Trains and measures the rows of a configuration and writes the results.

    Args:
        name (str): Of the files.
        args (argparse.Namespace): See :func:`parse`.
        config (dict): See :func:`trainings`; ``seeds``, how many trainings of each row (1);
            ``judged``, how many bowls; ``pair``, the two dishes of the sheet; and ``image-size``.
    """
    folder, count = results.Results(args.out, args), config.get('seeds', 1)
    config = {**config, 'rows': [
        {**row, 'name': row['name'] + f', seed {seed}' * (count > 1),
         'options': {**row.get('options', {}), 'seed': seed}}
        for row in config['rows'] for seed in range(args.seed, args.seed + count)]}
    photos = None
    if args.images is None:
        what = '{} bowls of seed {}'.format(config['judged'], measuring.UNSEEN)
    else:
        photos = data.photos(args.images, args.list, pathlib.Path(args.out) / 'lists',
                             config['image-size'], args.categories, args.seed)
        what = f'{len(photos.unseen)} photos, held out'
    judge, said, trained = trainings(args, config, photos)
    rows = [row._replace(figures=measuring.of_all(
        row.system, row.links, judge, config['judged']) if photos is None else
        measuring.of_photos(row.system, row.links, judge, photos.unseen)) for row in trained]
    rows = [of_seeds(rows[first:first + count]) for first in range(0, len(rows), count)]
    if photos is None:
        bowls = RenderedBowls(4, config['image-size'], measuring.UNSEEN)
        shown = sheet(rows, bowls, *config['pair'])
    else:
        first = numpy.flatnonzero(photos.unseen.labels == 0)[:4]
        shown = _sheet(rows, numpy.stack([photos.unseen[int(index)][0] for index in first]),
                       photos.unseen.categories[1])
    folder.picture(name + '.png', shown)
    keys = [key for key in MEASURED if rows[0].figures.get(key) is not None]
    folder.figures(name, record(rows), [table(rows, keys)], notes=[
        '{}, each into the other dishes of {}'.format(
            what, ', '.join(rows[0].system.categories)),
        f'{count} seeds; in brackets the least and the most' if count > 1 else
        'one seed; in brackets 95 % of resampled bowls', said])
