"""Keeping the photos of each category that a classifier is surest of."""

from __future__ import annotations

import dataclasses
import os
import pathlib

from chainer_foodgan import files
from chainer_foodgan.config import RankConfig
from chainer_foodgan.curation import ranking
from chainer_foodgan.datasets.opening import open_all
from chainer_foodgan.evaluations.classifier_files import load_classifier
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


def rank(config: RankConfig, progress=None) -> RankResult:
    """Ranks photos and writes the lists, sheets and figures.

    Args:
        config (RankConfig): Which photos, by which classifier, and what to keep.
        progress (callable): Called with how many photos are done and how many there are.

    Returns:
        RankResult: What was found, and the files in ``out``.

    Raises:
        FoodganError: The classifier or the photos cannot be used, no photo is kept, or a file
            cannot be written.
    """
    out = files.make_folder(config.out)  # better now than after the work
    classifier, meta = load_classifier(config.classifier)
    dataset, splits = open_all(config.images, config.list, config.categories, config.test)
    rule, value = config.rule
    ranked = ranking.Ranking(dataset, splits, classifier, getattr(ranking, rule)(value),
                             config.batch_size, progress)
    figures = {
        'photos_of': os.path.basename(os.path.abspath(config.list or config.images)),
        'rule': {rule: value},
        'classifier': {key: meta.get(key) for key in (
            'architecture', 'image_size', 'trained_on', 'tested_on', 'test_accuracy')},
        'unknown': ranked.unknown, 'unreadable': len(ranked.dataset.left_out),
        'categories': ranking.summary(ranked)}
    paths = ranking.write(ranked, config.images, out, figures)
    return RankResult(figures, list(classifier.categories), paths[0],
                      paths + visualizations.write_ranking(ranked, out))
