"""The same training on parts of the data, measured alike."""

import fractions
import pathlib

import numpy

import results
import scripts
from chainer_foodgan import images
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.evaluations import distances
from chainer_foodgan.evaluations.features import ClassifierFeatures
from chainer_foodgan.evaluations.figures import figures_of
from chainer_foodgan.evaluations.evaluator import evaluate_generator, evaluate_pictures
from chainer_foodgan.training.systems.base import pictures
from chainer_foodgan.visualizations.grids import grid
from comparing import table
from comparing.measuring import UNSEEN
from studies import data as sources
from studies.appearance import Appearance, colour_distance, texture_distance
from studies.curves import curves

#: How near pictures come to real ones of the same dish: key, what the table calls it, how it is
#: written, the features, the distance.
LIKENESS = (
    ('fid_classifier', 'FID (classifier)', '{:.1f}', 'classifier', distances.fid),
    ('colour', 'colour distance', '{:.1f}/255', 'appearance', colour_distance),
    ('texture', 'texture distance', '{:.3f}', 'appearance', texture_distance))

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
    judging, said, rows = table.train(args, {
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
    folder.figures('data_size', {**table.record(trained), 'sizes': parts, 'likeness': found}, [
        table.table(trained, measured, untouched=data.truth is not None),
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
            raise FoodganError('--sizes {}: {} {} are fewer than a batch of {}, or lack a category;'
                               ' choose a larger part'.format(size, count, data.what, batch))
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


def likeness(findings, looks, chosen):
    """How near pictures come to the untouched ones of each category, a mean over the categories.

    Args:
        findings (Findings): What was found.
        looks (Collector): Of the pictures, one of those of ``findings``.
        chosen (list of numpy.ndarray): For each category, which of them are, or should be, of it.

    Returns:
        dict: By the keys of :data:`LIKENESS`.
    """
    real, made, found = findings.untouched.features, looks.features, {}
    for key, _, _, extractor, distance in LIKENESS:
        found[key] = float(numpy.mean([
            distance(real[extractor][0][findings.labels == number], made[extractor][0][rows])
            for number, rows in enumerate(chosen)]))
    return found


def _likenesses(found, parts, trained, data):
    """The table of what pictures are like (list of list of str)."""
    passes = {row.name: '{:.1f}'.format(
        row.took['iterations'] * row.system.config.batch_size / parts[row.name]) for row in trained}
    lines = [['pictures', data.what, 'passes over them', 'accuracy',
              *(title for _, title, *_ in LIKENESS)]]
    for name, figures in found.items():
        lines.append([
            name, '{:,}'.format(parts[name]) if name in parts else '', passes.get(name, ''),
            '{:.1%}'.format(figures['accuracy']),
            *(form.format(figures[key]) for key, _, form, _, _ in LIKENESS)])
    return lines


def _notes(data, iterations):
    of = ' of seed {}'.format(UNSEEN) if data.truth else ', held out'
    found = ['{} {}{}, each into the other dishes of {}'.format(
        len(data.unseen), data.what, of, ', '.join(data.unseen.categories)),
        '{:,} iterations for each part, as long as the time suffices'.format(iterations),
        'FID, colour and texture: from untouched {} of the target, mean over the targets; colour '
        'and texture of the middle of the picture'.format(data.what)]
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
                names.append('{} to {}'.format(dish, target).replace('_', ' '))
    titles = ['input', *(row.name for row in trained), *(['truth'] if data.truth else [])]
    return grid(lines, titles, cell=max(96, lines[0][0].width), names=names)
