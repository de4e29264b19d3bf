"""What is measured of a system, on rendered bowls, where the truth is known.

A judge names all ten dishes, those that a system does not know, too.
"""

import argparse

import numpy

from chainer_foodgan.categories import NAMES
from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.evaluations.controls import palettes
from chainer_foodgan.evaluations.features import ClassifierFeatures
from chainer_foodgan.evaluations.figures import figures_of
from chainer_foodgan.evaluations.findings import evaluate_generator, evaluate_pictures
from chainer_foodgan.training.updaters.base import pictures
from chainer_foodgan.training.updaters.gan import generate
from chainer_foodgan.training.updaters.loading import load, newest
from chainer_foodgan.visualizations.grids import grid
from lib import results

import chainer

#: Bowls of this seed are neither trained on nor shown to a judge.
UNSEEN = 2000

#: What translations are compared with, names of :mod:`chainer_foodgan.evaluations.controls`.
CONTROLS = ('untouched', 'colour transfer', 'mean colour', 'mean picture')


class Translation:
    """A system as judges ask for it: pictures and label vectors of all ten dishes.

    Args:
        system (System): The system.
        links (dict): Its generators.
        categories (sequence of str): Those of the label vectors.
    """

    def __init__(self, system, links, categories=NAMES):
        self.system, self.links, self.categories = system, links, categories

    def __call__(self, x, c):
        y = numpy.empty_like(x)
        for number in numpy.unique(c.argmax(axis=1)):
            rows = c.argmax(axis=1) == number
            y[rows] = self.system.translate(self.links, x[rows], self.categories[number])
        return chainer.Variable(y)


def of_pair(system, links, classifier, source, target, count):
    """How well bowls of one dish become another.

    Args:
        system (System): The system.
        links (dict): Its generators.
        classifier (BaseClassifier): Of all ten dishes; None: no accuracy.
        source, target (str): The dishes.
        count (int): How many bowls.

    Returns:
        dict: See :func:`chainer_foodgan.evaluations.figures.figures_of`.
    """
    bowls = RenderedBowls(count, system.config.image_size, UNSEEN)
    bowls.labels[...] = NAMES.index(source)
    return _figures(system, links, classifier, bowls, [target])


def of_all(system, links, classifier, count, cycle=True):
    """How well bowls of all of a system's dishes become the other ones that it makes.

    Args: As of :func:`of_pair`; ``cycle`` asks for the error of the way there and back.
    """
    bowls = RenderedBowls(count, system.config.image_size, UNSEEN)
    numbers = [NAMES.index(name) for name in system.categories]
    bowls.labels[...] = numpy.resize(numbers, count)
    return _figures(system, links, classifier, bowls, system.targets(),
                    ['cycle'] if cycle else [])


def of_photos(system, links, classifier, pictures):
    """How well photos become the other categories.

    Args:
        system, links, classifier: See :func:`of_pair`; all of the same categories.
        pictures (Pictures): What nothing was trained on.

    Returns:
        dict: See :func:`of_pair`; without what only a true translation tells.
    """
    return with_controls(evaluate_generator(
        Translation(system, links, pictures.categories), pictures, classifier=classifier,
        metrics=['content', 'cycle'], textures=True, palettes=palettes(pictures)),
        range(len(pictures.categories)))


def _figures(system, links, classifier, bowls, targets, more=()):
    # Of bowls of all dishes, which those that are measured need not be.
    colours = RenderedBowls(max(len(bowls), len(NAMES)), bowls.size, UNSEEN)
    return with_controls(evaluate_generator(
        Translation(system, links), bowls, classifier=classifier,
        metrics=['content', 'psnr', *more], truth=bowls, targets=targets, textures=True,
        palettes=palettes(colours, colours)), [NAMES.index(name) for name in targets])


def with_controls(findings, numbers):
    """The figures of findings over these targets (sequence of int); ``controls`` has those of each
    control, by its name (dict).
    """
    return {**figures_of(findings, numbers), 'controls': {
        name: figures_of(findings.controls[name], numbers) for name in CONTROLS}}


class Made:
    """Pictures out of noise as a data set: equally many of every category.

    Args:
        system (System): A system that makes them.
        gen (NoiseGenerator): Its generator.
        count (int): How many.
    """

    def __init__(self, system, gen, count):
        self.categories = system.categories
        self.labels = numpy.sort(numpy.arange(count) % len(self.categories)).astype(numpy.int32)
        rng = numpy.random.default_rng(UNSEEN)
        self._pictures = numpy.concatenate([
            batch for category, share in enumerate(numpy.bincount(self.labels))
            for batch in generate(gen, category if gen.c_dim else None, int(share), rng)])

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        return self._pictures[index], self.labels[index]


def of_noise(system, links, classifier, count):
    """How near pictures out of noise are to bowls, and whether they are what they should be.

    Args:
        system (System): The system, of all ten dishes.
        links (dict): Its generators.
        classifier (BaseClassifier): Of all ten dishes.
        count (int): How many pictures, and how many bowls.

    Returns:
        dict: As of :func:`of_pair`, with ``fid_classifier`` and ``kid_classifier``; without an
        accuracy where the generator takes no labels.
    """
    made = Made(system, links['G'], count)
    bowls = RenderedBowls(count, system.config.image_size, UNSEEN, system.categories)
    findings = evaluate_pictures(made, bowls, classifier=classifier,
                                 extractors=[ClassifierFeatures(classifier)])
    figures = figures_of(findings, range(len(made.categories)), ['fid', 'kid'])
    if not links['G'].c_dim:
        del figures['accuracy'], figures['intervals']['accuracy']
    return figures


def sheet(rows, rng):
    """Pictures out of noise: a line per system, a column per category."""
    lines = []
    for row in rows:
        gen, categories = row.links['G'], row.system.categories
        numbers = [n if gen.c_dim else None for n in range(len(categories))]
        lines += [[pictures(next(generate(gen, number, 1, rng)))[0] for number in numbers]]
    return grid(lines, rows[0].system.categories, names=[row.name for row in rows])


COUNT = 100  # bowls that a training is measured on, or as many as it was trained on

#: Key of the figures, what it is, how it is written.
FIGURES = (
    ('psnr_input', 'PSNR of the untouched food to the true one', '{:.2f} dB'),
    ('psnr_translation', 'PSNR of the translated food to the true one', '{:.2f} dB'),
    ('change_outside', 'change outside the food', '{:.1f}/255'),
    ('untouched', 'untouched bowls that the judge calls the target', '{:.1%}'),
    ('accuracy', 'pictures that the judge calls what they should be', '{:.1%}'),
    ('fid_classifier', "FID on the classifier's features", '{:.2f}'))


def summarise(args, result):
    """Measures what was trained, prints it and writes the folder ``results``.

    Args:
        args (argparse.Namespace): What it was trained with; ``classifier`` is a judge's file or
            None.
        result (chainer_foodgan.TrainResult): What the training left.
    """
    chainer.global_config.torch_precision = 'float32'
    # A run that was resumed is what it was started with, not what the command line says by default.
    known = {**vars(args), **result.run.arguments()}
    if args.resume:
        del known['config']
    folder = results.Results(args.out, argparse.Namespace(**known), result.seconds)
    system, links = load(args.out)
    figures = {
        'iterations': result.iterations, 'training_seconds': result.seconds,
        'parameters': result.parameters,
        **_on_bowls(system, links, args.classifier)}
    rows = [
        ['figure', system.config.system],
        ['parameters of G and D', '{:,} and {:,}'.format(*figures['parameters'].values())],
        ['iterations', '{:,}'.format(figures['iterations'])],
        ['training', '{:.1f} minutes'.format(figures['training_seconds'] / 60)]]
    rows += [[title, form.format(figures[key])] for key, title, form in FIGURES
             if figures.get(key) is not None]
    folder.copy('samples.png', newest(result.run.samples, '_fake.png'))
    folder.figures('figures', figures, [rows], notes=[
        'measured on {} bowls of seed {}'.format(figures['bowls'], UNSEEN)]
        if 'bowls' in figures else [])


def _on_bowls(system, links, classifier):
    """Figures on bowls, where the system was trained on bowls.

    A classifier of other dishes than all ten was for the training alone.
    """
    if not set(system.categories) <= set(NAMES) or any(
            getattr(system.config, name, None) for name in ('images', 'images2', 'pairs')):
        return {}
    judge = None
    if classifier is not None:
        from chainer_foodgan.evaluations.classifier import load_classifier
        judge, _ = load_classifier(classifier)
        if set(judge.categories) != set(NAMES):
            judge = None
    count = min(COUNT, system.config.bowls)
    if system.targets():
        return {'bowls': count, **of_all(system, links, judge, count, cycle=False)}
    return {'bowls': count, **of_noise(system, links, judge, count)} if judge else {}
