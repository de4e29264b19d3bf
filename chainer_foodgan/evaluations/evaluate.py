"""Measuring how well weights, or translations that are there already, change the dish."""

from __future__ import annotations

import numpy

from chainer_foodgan import kernels
from chainer_foodgan.config import EvaluateConfig
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.evaluations import distances, subjects
from chainer_foodgan.evaluations.classifier import load_classifier
from chainer_foodgan.evaluations.features import ClassifierFeatures, InceptionFeatures
from chainer_foodgan.evaluations.figures import OF_FEATURES, summary
from chainer_foodgan.evaluations.findings import evaluate_generator, evaluate_pictures
from chainer_foodgan.evaluations.metrics import METRICS, OF_TRUTH, measure

#: The metrics where none are named; with a teacher's pictures.
DEFAULT = ('accuracy', 'content', 'cycle', 'psnr', 'texture')
OF_PAIRS = ('accuracy', 'difference', 'psnr', 'ssim', 'lpips', 'texture')


def evaluate(config: EvaluateConfig, progress=None) -> dict:
    """Measures translations.

    Args:
        config (EvaluateConfig): Of what, and what to measure.
        progress (callable): Called with how many pictures are done and how many there are.

    Returns:
        dict: What was measured, values for JSON: ``judged_on``, ``metrics``, ``accuracy``, ...,
        figures of each target category under ``targets``, and ``controls``.

    Raises:
        FoodganError: Options contradict each other, weights or data cannot be used, or a metric
            that was asked for cannot be had.
    """
    _check(config)
    classifier, meta = (load_classifier(config.classifier) if config.classifier else (None, {}))
    subject = (subjects.of_pictures(config, classifier) if config.pictures
               else subjects.of_weights(config))
    if classifier is not None:
        kernels.to_device(classifier, config.device)
    chosen, left_out = choose(config, subject, classifier)
    of_features = [name for name in OF_FEATURES if name in chosen]
    extractors = [InceptionFeatures(config.inception) if name == 'inception'
                  else ClassifierFeatures(classifier) for name in config.features if of_features]
    count = len(subject.pictures) + (len(subject.translations) if config.pictures else 0)
    options = {'classifier': classifier if 'accuracy' in chosen else None,
               'extractors': extractors, 'textures': 'texture' in chosen,
               'batch_size': config.batch_size,
               'progress': progress and (lambda done: progress(done, count))}
    if config.pictures:
        findings = evaluate_pictures(subject.translations, subject.pictures, **options)
    else:
        findings = evaluate_generator(
            subject.gen, subject.pictures, truth=subject.truth, palettes=subject.palettes(),
            label_strength=subject.label_strength,
            metrics=[name for name in METRICS if name in chosen], **options)
    return {
        'pictures_of' if config.pictures else 'weights': subject.name,
        'judged_on': subject.judged_on, 'image_size': subject.image_size,
        'label_strength': subject.label_strength, 'metrics': chosen,
        'left_out': left_out, 'colours_of': subject.colours_of,
        'classifier': {key: meta.get(key) for key in (
            'architecture', 'image_size', 'trained_on', 'tested_on', 'test_accuracy')},
        'features': {one.name: one.facts for one in extractors},
        **summary(findings, subject.categories, of_features)}


def _check(config):
    """Raises a FoodganError for options that contradict each other."""
    if config.pairs:
        for name in 'pictures', 'images', 'list', 'bowls', 'test':
            if getattr(config, name) is not None:
                raise FoodganError(f'--pairs has the pictures; leave --{name} out')
    elif config.hold_out:
        raise FoodganError('--hold-out is for --pairs; name the folder of a teacher\'s pictures')


def choose(config, subject, classifier):
    """The metrics that were asked for, or those of the default that can be had.

    Returns:
        tuple: The names (list of str) and why others are left out (list of str, sentences).

    Raises:
        FoodganError: One that was asked for cannot be had.
    """
    lacking = _lacking(config, subject, classifier)
    if config.metrics is None and (config.pairs or classifier is not None):
        return _that_can_be_had(
            [name for name in (OF_PAIRS if config.pairs else DEFAULT) if name not in lacking])
    chosen = config.metrics or DEFAULT
    for name in chosen:
        if name in lacking:
            raise FoodganError(f'{name} needs {lacking[name]}; name other --metrics')
    for name in OF_FEATURES:
        if name in chosen:
            distances.check(name, *numbers(subject))
    return list(chosen), []


def _lacking(config, subject, classifier):
    """What metrics need that is not there, by their names."""
    lacking = {}
    if config.pairs:
        lacking['cycle'] = 'photos or rendered bowls in place of --pairs'
    elif subject.truth is None:
        lacking.update(dict.fromkeys(OF_TRUTH, 'the true pictures, which only rendered '
                                     'bowls and --pairs have'))
    if subject.gen is None:
        lacking.update(dict.fromkeys(METRICS, '--weights'))
        if not len(subject.pictures):
            lacking.update(dict.fromkeys(('fid', 'kid', 'texture'), '--images to compare with'))
    if classifier is None:
        needing = ('accuracy', *(OF_FEATURES if 'classifier' in config.features else ()))
        lacking.update(dict.fromkeys(needing, '--classifier, which `foodgan train-classifier` '
                                     'makes'))
    return lacking


def _that_can_be_had(chosen):
    """Metrics without those whose package or weights are missing, and why."""
    left_out = {}
    for name in chosen:
        if name in METRICS:
            try:
                measure(name)
            except FoodganError as error:
                left_out[name] = f'without {name}: {error}'
    return [name for name in chosen if name not in left_out], list(left_out.values())


def numbers(subject):
    """How many untouched pictures there are of the targets, and how many translations."""
    labels, c_dim = subject.pictures.labels, len(subject.categories)
    targets = (subject.translations.labels if subject.gen is None
               else [target for target in range(c_dim) if (labels != target).any()])
    return numpy.isin(labels, targets).sum(), (
        len(targets) if subject.gen is None else len(labels) * (c_dim - 1))
