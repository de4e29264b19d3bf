"""Photos in the order of a classifier's confidence, and how many of them to keep."""

import concurrent.futures
import math
import os

import numpy

from chainer_foodgan import images
from chainer_foodgan.datasets.transforms import EvalTransform
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.evaluations.pictures import one_each
from chainer_foodgan.parallel import ALONE


class Ranking:
    """Photos of a data set, each category in the order of a classifier's confidence.

    Only photos to train on are chosen among: those of other splits are kept, whatever their score,
    so that what is measured on them before and after compares.

    Args:
        dataset (ImageDataset): Photos with one category each.
        splits (sequence of str): The split of each.
        classifier (BaseClassifier): Who judges. Categories that it does not know are left out.
        rule (callable): ``(probabilities, best first) -> int``, how many of a category to keep;
            see :func:`share`, :func:`threshold` and :func:`number`.
        batch_size (int): Photos to judge at once.
        progress (callable): Called after each batch with the numbers of photos judged and of all.
        comm (Communicator): Who shares the work; all have the same photos.

    Attributes:
        dataset, splits: As given.
        categories (list of str): Those that the classifier knows, in label order.
        unknown (list of str): The others.
        indices (numpy.ndarray): int (M,), which photos of the data set are ranked: category by
            category, each with the photos to train on first, best first.
        labels (numpy.ndarray): int (M,), the category's place in ``categories``.
        probability (numpy.ndarray): float64 (M,), that the photo is of its category.
        called (list of str): What the classifier takes each for.
        train (numpy.ndarray): bool (M,), whether it is a photo to train on.
        kept (numpy.ndarray): bool (M,).

    Raises:
        FoodganError: The classifier knows none of the categories, or nothing is kept.

    Source: section 3 of the paper, where the best 20 % of each category are kept.
    """

    def __init__(self, dataset, splits, classifier, rule, batch_size=64, progress=None,
                 comm=ALONE):
        self.dataset, self.splits = dataset, splits
        known = set(classifier.categories)
        self.categories = [name for name in dataset.categories if name in known]
        self.unknown = [name for name in dataset.categories if name not in known]
        if not self.categories:
            raise FoodganError('the classifier knows none of the categories {}; it knows {}'.format(
                ', '.join(dataset.categories), ', '.join(classifier.categories)))
        own = numpy.array([classifier.categories.index(name) if name in known else -1
                           for name in dataset.categories])[one_each(dataset)]
        indices = numpy.flatnonzero(own >= 0)
        logs, called = score(classifier, dataset, indices, own[indices], batch_size, progress,
                             comm)
        place = numpy.array([self.categories.index(name) if name in self.categories else -1
                             for name in classifier.categories])
        labels = place[own[indices]]
        rest = numpy.array([splits[index] != 'train' for index in indices])
        # Stable, so that equal photos stay in the order of the data set.
        order = numpy.lexsort((-logs, rest, labels))
        self.indices, self.labels, self.train = indices[order], labels[order], ~rest[order]
        self.probability = numpy.exp(logs[order])
        self.called = [classifier.categories[number] for number in called[order]]
        self.kept = ~self.train
        self._choose(rule)

    def of(self, label):
        """Where a category's photos to train on stand, best first: int (K,)."""
        return numpy.flatnonzero((self.labels == label) & self.train)

    def _choose(self, rule):
        for label in range(len(self.categories)):
            places = self.of(label)
            self.kept[places[:rule(self.probability[places])]] = True
        if not (self.kept & self.train).any():
            raise FoodganError('no photo is kept: the highest probability is '
                               f'{self.probability[self.train].max():.3g}; choose a lower '
                               'threshold')


def share(part):
    """Keeps this share of each category, rounded, at least one photo."""
    return lambda probability: max(1, round(part * len(probability)))


def threshold(least):
    """Keeps the photos of this probability or a higher one."""
    return lambda probability: int((probability >= least).sum())


def number(count):
    """Keeps so many photos of each category, or all where there are fewer."""
    return lambda probability: min(count, len(probability))


def score(classifier, dataset, indices, own, batch_size=64, progress=None, comm=ALONE):
    """Asks a classifier about photos, a batch in memory at a time. Ranks take turns.

    Args:
        classifier (BaseClassifier): Sees the largest centred square of each photo, and its mirror
            image.
        dataset (ImageDataset): The photos.
        indices (numpy.ndarray): int (M,), which of them.
        own (numpy.ndarray): int (M,), what each is, as a number of the classifier.
        batch_size (int), progress (callable), comm (Communicator): See :class:`Ranking`.

    Returns:
        tuple: The logarithm of the probability of each photo's own category, float64 (M,):
        softmax of the mean of the two logits; and what it is taken for, int (M,).
    """
    size = classifier.image_size
    transform = EvalTransform(size, math.inf)

    def read(index):
        return images.to_array(transform(dataset.image(index, enough=size)))

    logs, called = numpy.zeros(len(indices)), numpy.zeros(len(indices), int)
    # Pillow decodes outside Python's lock, so threads use all cores.
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for start in range(comm.rank * batch_size, len(indices), comm.size * batch_size):
            rows = slice(start, start + batch_size)
            x = numpy.stack(list(pool.map(read, indices[rows].tolist())))
            # Logarithms in double precision tell apart what rounds to a probability of 1.
            logits = classifier.scores(x).astype(numpy.float64) / 2
            logits -= logits.max(axis=1, keepdims=True)
            chosen = logits[numpy.arange(len(x)), own[rows]]
            logs[rows] = chosen - numpy.log(numpy.exp(logits).sum(axis=1))
            called[rows] = logits.argmax(axis=1)
            if progress is not None:
                progress(start + len(x), len(indices))
    # What is another rank's is 0.
    return tuple(sum(parts) for parts in zip(*comm.gather((logs, called))))
