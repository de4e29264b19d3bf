"""What is measured of a system, on rendered bowls, where the truth is known.

A judge names all ten dishes, those that a system does not know, too.
"""

import numpy

from chainer_foodgan.categories import NAMES
from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.evaluations.features import ClassifierFeatures
from chainer_foodgan.evaluations.figures import figures_of
from chainer_foodgan.evaluations.findings import evaluate_generator, evaluate_pictures
from chainer_foodgan.training.updaters.base import pictures
from chainer_foodgan.training.updaters.gan import generate
from chainer_foodgan.visualizations.grids import grid

import chainer

#: Bowls of this seed are neither trained on nor shown to a judge.
UNSEEN = 2000


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
    findings = evaluate_generator(
        Translation(system, links, pictures.categories), pictures, classifier=classifier,
        metrics=['content', 'cycle'])
    return figures_of(findings, range(len(pictures.categories)))


def _figures(system, links, classifier, bowls, targets, more=()):
    findings = evaluate_generator(Translation(system, links), bowls, classifier=classifier,
                                  metrics=['content', 'psnr', *more], truth=bowls, targets=targets)
    return figures_of(findings, [NAMES.index(name) for name in targets])


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
