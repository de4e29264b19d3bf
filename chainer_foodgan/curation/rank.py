"""Keeping the photos of each category that a classifier is surest of."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib

import numpy

from chainer_foodgan import files, kernels, mpi_errors, parallel
from chainer_foodgan.config import RankConfig
from chainer_foodgan.curation import confidence
from chainer_foodgan.datasets.manifest import write_manifest
from chainer_foodgan.datasets.opening import leave_out_bad, open_all
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.evaluations.classifier import load_classifier
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
    mpi_errors.warn_on_rank_0(comm)
    with mpi_errors.raise_on_rank_0(comm):
        if comm.rank == 0:
            out = files.make_folder(config.out)  # better now than after the work
        classifier, meta = load_classifier(config.classifier)
        kernels.to_device(classifier, comm.device(config.device))
        dataset, splits = open_all(config.images, config.list, config.categories, config.test,
                                   skip_bad=None)
        rule, value = config.rule
    with mpi_errors.abort_on_error(comm):
        if len(set(comm.gather(len(dataset)))) > 1:
            raise FoodganError('the ranks do not find the same photos: give all machines the same '
                               'ones')
        splits = leave_out_bad(dataset, splits, config.list or config.images, comm)
        ranked = confidence.Ranking(
            dataset, splits, classifier, getattr(confidence, rule)(value), config.batch_size,
            progress if comm.rank == 0 else None, comm)
    if comm.rank != 0:
        return None
    figures = {
        'photos_of': os.path.basename(os.path.abspath(config.list or config.images)),
        'rule': {rule: value},
        'classifier': {key: meta.get(key) for key in (
            'architecture', 'image_size', 'trained_on', 'tested_on', 'test_accuracy')},
        'unknown': ranked.unknown, 'unreadable': len(ranked.dataset.left_out),
        'categories': summary(ranked)}
    paths = write(ranked, config.images, out, figures)
    return RankResult(figures, list(classifier.categories), paths[0],
                      paths + visualizations.write_ranking(ranked, out))


def write(ranking, root, folder, figures):
    """Writes ``list.csv``, the photos that are kept, ``scores.csv``, all, and ``figures.json``.

    The two lists are tables that ``--list`` takes, in the order of the ranking, with the further
    columns ``probability``, ``taken_for`` and ``kept`` (1 or 0).

    Args:
        ranking (Ranking): What to write.
        root (str or os.PathLike): The folder that the files are named from.
        folder (pathlib.Path): Where to.
        figures (dict): For JSON.

    Returns:
        list of pathlib.Path: The files.

    Raises:
        FoodganError: A file cannot be written.
    """
    paths = [folder / name for name in ('list.csv', 'scores.csv', 'figures.json')]
    _write_list(paths[0], ranking, numpy.flatnonzero(ranking.kept), root)
    _write_list(paths[1], ranking, numpy.arange(len(ranking.kept)), root)
    with files.replacing(paths[2], 'w') as file:
        json.dump(figures, file, indent=2, allow_nan=False)
        file.write('\n')
    return paths


def _write_list(path, ranking, places, root):
    chosen = ranking.indices[places].tolist()
    write_manifest(
        path, root, [ranking.dataset.photos[index] for index in chosen],
        ranking.dataset.categories, [ranking.splits[index] for index in chosen],
        {'probability': [f'{p:.6g}' for p in ranking.probability[places]],
         'taken_for': [ranking.called[place] for place in places],
         'kept': ranking.kept[places].astype(int)})


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
    rows = [['category', 'photos', 'kept', 'lowest kept', 'highest left out', 'taken for it',
             'other splits']]
    for name, of_it in figures.items():
        rows.append([name, *map(str, (of_it['photos'], of_it['kept'])),
                     _probability(of_it['lowest_kept']), _probability(of_it['highest_left_out']),
                     '{:.1%}'.format(of_it['taken_for_it']), str(of_it['other_splits'])])
    return rows


def _probability(p):
    return '-' if p is None else f'{p:.3f}'
