"""The same training on 1/23, 10/23 and all of the data: what more data brings.

Examples:
  python experiments/data_size.py --out runs/data_size
  python experiments/data_size.py --config photos --images photos --list photos/manifest.csv \
      --categories ramen,pho,com_tam,mi_quang --sizes 1/10,1 --out runs/data_size_photos

Every part is trained on for the same number of iterations, so that all of them cost the same and
only the pictures differ; a smaller part is contained in a larger one. Leaves a sheet of pictures,
two tables and the figures against the size in OUT/results. Of photos a fifth is held out to
measure on, and each part is a list in OUT/lists.
"""

import argparse
import fractions
import pathlib
import sys

import numpy

import scripts
from chainer_foodgan import images
from chainer_foodgan.commands.options import positive
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.evaluations.features import ClassifierFeatures
from chainer_foodgan.evaluations.figures import figures_of
from chainer_foodgan.evaluations.findings import evaluate_generator, evaluate_pictures
from chainer_foodgan.training.updaters.base import pictures
from chainer_foodgan.visualizations import plots
from chainer_foodgan.visualizations.grids import grid
from lib import comparison, data as sources, results
from lib.appearance import LIKENESS, Appearance, likeness
from lib.measuring import UNSEEN

#: Key of the figures, title of the panel, factor.
PANELS = (
    ('accuracy', 'taken for the target, %', 100),
    ('psnr_gain', 'gain in PSNR to the truth, dB', 1),
    ('change_outside', 'change outside the food, 1/255', 1),
    ('fid_classifier', 'FID (classifier)', 1),
    ('colour', 'colour distance, 1/255', 1),
    ('texture', 'texture distance', 1))
_LINE, _REAL, _UNTOUCHED = '#35688f', '#4b8b3b', '#c4622d'


def curves(sizes, rows, known, what):
    """Draws a panel for everything that was measured; the number of pictures on a log axis.

    Args:
        sizes (list of int): How many pictures each row was trained on.
        rows (list of Row): What was measured of each.
        known (dict): ``untouched`` and one that begins with ``real``: figures that do not depend
            on the training; others are left alone.
        what (str): The pictures in a word.

    Returns:
        PIL.Image.Image: RGB.
    """
    shown = [panel for panel in PANELS if rows[0].figures.get(panel[0]) is not None]
    columns = 3 if len(shown) > 4 else 2
    figure = plots.new_figure(0.6 + 3.2 * columns, 0.7 + 2.6 * -(-len(shown) // columns))
    drawn = plots.panels(figure, len(shown), columns)
    for axes, (key, title, factor) in zip(drawn, shown):
        _panel(axes, sizes, [row.figures for row in rows], key, factor, known)
        axes.set_title(title, fontsize=10)
        axes.set_xlabel(what + ' trained on', fontsize=9)
    handles, labels = drawn[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc='outside lower center', ncols=3, frameon=False, fontsize=9)
    return plots.as_image(figure)


def _panel(axes, sizes, figures, key, factor, known):
    axes.plot(sizes, [factor * row[key] for row in figures], 'o-', color=_LINE,
              label='translations (line: 95 % interval)')
    for size, row in zip(sizes, figures):
        interval = row['intervals'].get(key)
        if interval:
            axes.plot([size, size], [factor * end for end in interval], color=_LINE, linewidth=1.5)
    for name, row in known.items():
        if key in row and (name == 'untouched' or name.startswith('real')):
            real = name != 'untouched'
            axes.axhline(factor * row[key], color=_REAL if real else _UNTOUCHED, linewidth=1,
                         linestyle='--' if real else ':', label=name)
    axes.set_xscale('log')
    axes.set_xlim(sizes[0] / 1.5, sizes[-1] * 1.5)
    axes.set_xticks(sizes, [f'{size:,}' for size in sizes])
    axes.minorticks_off()
    low, high = axes.get_ylim()
    axes.set_ylim(min(low, 0), max(high, 0) * 1.05)
    axes.grid(axis='y', alpha=0.3)


SHOWN = 4  # dishes on the sheet


def compare(args, config):
    """Trains on each part of the data, measures and writes the results.

    Args:
        args (argparse.Namespace): See ``experiments/data_size.py``.
        config (dict): What an option of that name does not say: ``categories``, ``sizes``,
            ``iterations``, ``minutes``; ``image-size``; ``bowls`` and ``judged``, how many;
            ``stargan``, the configuration that trainings start from, and ``options`` in place of
            its; ``classifier``, options of ``foodgan train-classifier``.
    """
    folder = results.Results(args.out, args)
    data = _open(args, config)
    parts = _parts(data, args.sizes or map(fractions.Fraction, config['sizes']), config)
    iterations = args.iterations or config['iterations']
    judging, said, rows = comparison.trainings(args, {
        'minutes': config['minutes'], 'classifier': {**config['classifier'], **data.judge},
        'rows': [{'name': name, 'system': 'stargan', 'config': config['stargan'], 'options': {
            **config.get('options', {}), **data.options(count), 'image-size': config['image-size'],
            'num-iters': iterations}} for name, count in parts.items()]})
    extractors = [ClassifierFeatures(judging), Appearance()]
    found = {}
    trained = [row._replace(figures=_measured(row, data, judging, extractors, found))
               for row in rows]
    found['real ' + data.what] = _real(data, judging, extractors)

    folder.picture('data_size.png', _sheet(trained, data))
    folder.picture('curves.png', curves(list(parts.values()), trained, found, data.what))
    measured = ['psnr_translation', 'psnr_gain', 'accuracy', 'change_outside'] if data.truth else [
        'accuracy']
    folder.figures('data_size', {**comparison.record(trained), 'sizes': parts, 'likeness': found}, [
        comparison.table(trained, measured, untouched=data.truth is not None),
        _likenesses(found, parts, trained, data)], notes=_notes(data, iterations) + [said])


def _open(args, config):
    categories, size = args.categories or config['categories'], config['image-size']
    if args.images is None:
        return sources.bowls(config['bowls'], config['judged'], size, categories, args.seed)
    return sources.photos(args.images, args.list, pathlib.Path(args.out) / 'lists', size,
                          categories, args.seed)


def _parts(data, sizes, config):
    """What each part of the data is called, and how many pictures it has (dict)."""
    batch = {**scripts.read('stargan', config['stargan']), **config.get('options', {})}.get(
        'batch-size', 32)
    found = {}
    for size in sorted(set(sizes)):
        count = round(size * len(data.labels))
        if count < batch or len(set(data.labels[:count].tolist())) < len(data.unseen.categories):
            raise FoodganError(f'--sizes {size}: {count} {data.what} are fewer than a batch of '
                               f'{batch}, or lack a category; choose a larger part')
        found['{} ({:,})'.format('all' if size == 1 else size, count)] = count
    return found


def _measured(row, data, judging, extractors, found):
    """The figures of a row; what its pictures are like, and the untouched ones, goes to found."""
    findings = evaluate_generator(
        row.links['G'], data.unseen, classifier=judging, extractors=extractors,
        metrics=['content', 'psnr'] if data.truth else ['content'], truth=data.truth)
    numbers = range(len(data.unseen.categories))
    figures, labels = figures_of(findings, numbers), findings.labels
    found.setdefault('untouched', {
        'accuracy': figures['untouched'],
        **likeness(findings, findings.untouched, [labels != number for number in numbers])})
    found[row.name] = {'accuracy': figures['accuracy'], **likeness(
        findings, findings.translations, [findings.target == number for number in numbers])}
    return {**figures, **found[row.name]}


def _real(data, judging, extractors):
    """What real pictures are like that were not measured on (dict)."""
    findings = evaluate_pictures(data.real, data.unseen, classifier=judging, extractors=extractors)
    numbers = range(len(data.unseen.categories))
    return {'accuracy': figures_of(findings, numbers)['accuracy'], **likeness(
        findings, findings.translations, [findings.target == number for number in numbers])}


def _likenesses(found, parts, trained, data):
    """The table of what pictures are like (list of list of str)."""
    passes = {row.name: '{:.1f}'.format(
        row.took['iterations'] * row.system.config.batch_size / parts[row.name]) for row in trained}
    lines = [['pictures', data.what, 'passes over them', 'accuracy',
              *(title for _, title, *_ in LIKENESS)]]
    for name, figures in found.items():
        lines.append([
            name, f'{parts[name]:,}' if name in parts else '', passes.get(name, ''),
            '{:.1%}'.format(figures['accuracy']),
            *(form.format(figures[key]) for key, _, form, _, _ in LIKENESS)])
    return lines


def _notes(data, iterations):
    of = f' of seed {UNSEEN}' if data.truth else ', held out'
    found = ['{} {}{}, each into the other dishes of {}'.format(
        len(data.unseen), data.what, of, ', '.join(data.unseen.categories)),
        f'{iterations:,} iterations for each part, as long as the time suffices',
        f'FID, colour and texture: from untouched {data.what} of the target, mean over the '
        'targets; colour and texture of the middle of the picture']
    if not data.truth:
        found.append('the judge was trained on the real photos of the last line, which raises '
                     'their accuracy and lowers their FID')
    return found


def _sheet(trained, data):
    """A line per dish and target: the input, each part's translation, the truth where known."""
    dishes = data.unseen.categories[:SHOWN]
    lines, names = [], []
    for label, dish in enumerate(dishes):
        index = int(numpy.flatnonzero(data.unseen.labels == label)[0])
        x = data.unseen[index][0]
        for target in dishes:
            if target != dish:
                made = [row.system.translate(row.links, x[None], target)[0] for row in trained]
                truth = [images.to_array(data.truth.render(index, target))] if data.truth else []
                lines.append(pictures([x, *made, *truth]))
                names.append(f'{dish} to {target}'.replace('_', ' '))
    titles = ['input', *(row.name for row in trained), *(['truth'] if data.truth else [])]
    return grid(lines, titles, cell=max(96, lines[0][0].width), names=names)


def parts(text):
    """``'1/23,10/23,1'`` -> fractions above 0, 1 at most."""
    found = []
    for word in text.split(','):
        try:
            found.append(fractions.Fraction(word.strip()))
        except (ValueError, ZeroDivisionError):
            found.append(0)
        if not 0 < found[-1] <= 1:
            raise argparse.ArgumentTypeError(f'{word!r} is no part of 1, such as 1/23 or 0.5')
    return found


def add_options(parser):
    comparison.add_photos(parser)
    parser.add_argument('--sizes', type=parts, metavar='PART,PART',
                        help="parts of the data (default: the configuration's: 1/23,10/23,1)")
    parser.add_argument('--iterations', type=positive, metavar='N',
                        help="of each training (default: the configuration's)")


if __name__ == '__main__':
    sys.exit(scripts.main(compare, *comparison.parse('data_size', __doc__, add_options)))
