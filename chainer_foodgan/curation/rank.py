"""Keeping the photos of each category that a classifier is surest of."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib

import numpy

from chainer_foodgan import files, kernels, parallel
from chainer_foodgan.config import RankConfig
from chainer_foodgan.curation.features import squares
from chainer_foodgan.datasets.lists import write_manifest
from chainer_foodgan.datasets.opening import leave_out_bad, open_all
from chainer_foodgan.datasets.sampling import one_each
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.evaluations.classifier import load_classifier
from chainer_foodgan.parallel import ALONE
from chainer_foodgan.visualizations import curation as visualizations


@dataclasses.dataclass
class RankResult:
    """What a ranking found and left.

    Attributes:
        figures (dict): Values for JSON: ``unknown``, the categories that the classifier does not
            know and that are left out; ``categories``, for each how many photos there are and how
            many are kept; ...
        known (list of str): The classifier's categories.
        list (pathlib.Path): The table of the photos that are kept, for ``list`` of a training.
        files (list of pathlib.Path): All that was written.
    """

    figures: dict
    known: list[str]
    list: pathlib.Path
    files: list[pathlib.Path]


def rank(config: RankConfig, progress=None) -> RankResult | None:
    """Ranks photos and writes the lists, sheets and figures.

    Args:
        config (RankConfig): Which photos, by which classifier, and what to keep.
        progress (callable): Called with how many photos are done and how many there are.

    Returns:
        RankResult: What was found, and the files in ``out``; None on other ranks of an MPI job than
        0, which help with the scores.

    Raises:
        FoodganError: The classifier or the photos cannot be used, no photo is kept, or a file
            cannot be written.
    """
    comm = parallel.join()
    parallel.warn_on_rank_0(comm)
    with parallel.raise_on_rank_0(comm):
        if comm.rank == 0:
            out = files.make_folder(config.out)  # better now than after the work
        classifier, meta = load_classifier(config.classifier)
        kernels.to_device(classifier, comm.device(config.device))
        dataset, splits = open_all(config.images, config.list, config.categories, config.test,
                                   skip_bad=None)
        name, value = config.rule
        rule = {'share': share, 'threshold': threshold, 'number': number}[name](value)
    with parallel.abort_on_error(comm):
        if len(set(comm.gather(len(dataset)))) > 1:
            raise FoodganError('the ranks do not find the same photos: give all machines the same '
                               'ones')
        splits = leave_out_bad(dataset, splits, config.list or config.images, comm)
        ranked = Ranking(
            dataset, splits, classifier, rule, config.batch_size,
            progress if comm.rank == 0 else None, comm)
    if comm.rank != 0:
        return None
    figures = {
        'photos_of': os.path.basename(os.path.abspath(config.list or config.images)),
        'rule': {name: value},
        'classifier': {key: meta.get(key) for key in (
            'architecture', 'image_size', 'trained_on', 'tested_on', 'test_accuracy')},
        'unknown': ranked.unknown, 'unreadable': len(ranked.dataset.left_out),
        'categories': summary(ranked)}
    paths = write(ranked, config.images, out, figures)
    return RankResult(figures, list(classifier.categories), paths[0],
                      paths + visualizations.write_ranking(ranked, out))


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

    It sees the largest centred square of each photo, and its mirror image. Of the places of the
    photos, int (M,), and what each is as a number of the classifier, int (M,): the logarithm of the
    probability of each photo's own category, float64 (M,), softmax of the mean of the two logits;
    and what it is taken for, int (M,).
    """
    logs, called = numpy.zeros(len(indices)), numpy.zeros(len(indices), int)
    with squares(dataset, classifier.image_size) as read:
        for start in range(comm.rank * batch_size, len(indices), comm.size * batch_size):
            rows = slice(start, start + batch_size)
            x = read(indices[rows].tolist())
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


def write(ranking, root, folder, figures):
    """Writes ``list.csv``, the photos that are kept, ``scores.csv``, all, and ``figures.json``;
    returns the paths.

    The two lists are tables that ``--list`` takes, with files named from ``root``, in the order of
    the ranking, with the further columns ``probability``, ``taken_for`` and ``kept`` (1 or 0).
    """
    paths = [folder / name for name in ('list.csv', 'scores.csv', 'figures.json')]
    for path, places in zip(paths, (numpy.flatnonzero(ranking.kept),
                                    numpy.arange(len(ranking.kept)))):
        chosen = ranking.indices[places].tolist()
        write_manifest(
            path, root, [ranking.dataset.photos[index] for index in chosen],
            ranking.dataset.categories, [ranking.splits[index] for index in chosen],
            {'probability': [f'{p:.6g}' for p in ranking.probability[places]],
             'taken_for': [ranking.called[place] for place in places],
             'kept': ranking.kept[places].astype(int)})
    with files.replacing(paths[2], 'w') as file:
        json.dump(figures, file, indent=2, allow_nan=False)
        file.write('\n')
    return paths


def summary(ranking):
    """The figures of each category (dict of dict).

    ``photos`` to train on, how many are ``kept``, the ``lowest_kept`` and the ``highest_left_out``
    probability (None where there is none), the ``mean`` one, the share ``taken_for_it`` by the
    classifier, and how many photos of ``other_splits`` are kept as they are.
    """
    found = {}
    called = numpy.array(ranking.called)
    for label, name in enumerate(ranking.categories):
        places = ranking.of(label)
        probability, kept = ranking.probability[places], int(ranking.kept[places].sum())
        found[name] = {
            'photos': len(places), 'kept': kept,
            'lowest_kept': float(probability[kept - 1]) if kept else None,
            'highest_left_out': float(probability[kept]) if kept < len(places) else None,
            'mean': float(probability.mean()),
            'taken_for_it': float((called[places] == name).mean()),
            'other_splits': int(((ranking.labels == label) & ~ranking.train).sum())}
    return found


def table(figures):
    """The figures of :func:`summary` as rows (list of list of str), the first the head."""
    def probability(p):
        return '-' if p is None else f'{p:.3f}'

    return [['category', 'photos', 'kept', 'lowest kept', 'highest left out', 'taken for it',
             'other splits'],
            *([name, str(of_it['photos']), str(of_it['kept']), probability(of_it['lowest_kept']),
               probability(of_it['highest_left_out']), '{:.1%}'.format(of_it['taken_for_it']),
               str(of_it['other_splits'])] for name, of_it in figures.items())]
