"""Measuring how well weights, or translations that are there already, change the dish."""

from __future__ import annotations

import collections
import math
import os

import numpy

from chainer_foodgan import gpus, images, kernels, weights
from chainer_foodgan.categories import NAMES, NONE
from chainer_foodgan.config import EvaluateConfig
from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.datasets.opening import open_dataset
from chainer_foodgan.datasets.transforms import EvalTransform
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.evaluations import controls, distances
from chainer_foodgan.evaluations.classifier import load_classifier
from chainer_foodgan.evaluations.features import ClassifierFeatures, InceptionFeatures
from chainer_foodgan.evaluations.figures import OF_FEATURES, summary
from chainer_foodgan.evaluations.findings import evaluate_generator, evaluate_pictures
from chainer_foodgan.evaluations.metrics import METRICS, OF_TRUTH, measure
from chainer_foodgan.evaluations.pictures import (
    Pictures,
    open_teacher_pictures,
    open_translations,
)
from chainer_foodgan.translation import engines, labels

import chainer

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
    subject = (of_pictures(config, classifier) if config.pictures
               else of_weights(config))
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
    """The metrics that were asked for, or those of the default that can be had: their names, and
    why others are left out (list of str, sentences). A FoodganError says that one that was asked
    for cannot be had.
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


# Of a teacher's pictures, where the weights do not say which: the paper's.
_TAUGHT_SIZE = 256

Subject = collections.namedtuple('Subject', 'name gen translations pictures truth palettes '
                                 'categories image_size label_strength judged_on colours_of')
Subject.__doc__ = """What to measure, and on what.

Attributes:
    name (str): What it is called.
    gen (Generator): What translates; None where ``translations`` are there.
    translations (Pictures): Translations with their targets, or None.
    pictures: The data set of untouched pictures; empty where there are none.
    truth: The bowls or the teacher's pictures that know the true translations, or None.
    palettes (callable): Takes nothing, gives the colours of each category, see
        :func:`chainer_foodgan.evaluations.controls.palettes`; None: there are no controls.
    categories (tuple of str): In label order.
    image_size (int): Pixels.
    label_strength (float): What labels are multiplied by; None where ``translations`` are there.
    judged_on, colours_of (str): What the pictures are, and whose colours those are, for a person.
"""


def of_weights(config):
    """A generator and pictures that it has not seen (Subject)."""
    known = {'categories': config.categories} if config.categories else {}
    stored = weights.read_generator(config.weights, **known)
    if stored.categories is None and stored.network.sizes['c_dim'] == len(NAMES):
        stored = stored._replace(categories=NAMES)
    size = config.image_size or stored.image_size or (_TAUGHT_SIZE if config.pairs else None)
    if stored.categories is None or not size:
        raise FoodganError(f'{config.weights}: the file does not say which categories or image '
                           'size it is for: name them by --categories and --image-size')
    if size % 4:
        raise FoodganError(f'--image-size {size} is no multiple of 4')
    label_strength = labels.factor(
        labels.check_strength(config.label_strength, stored), size, stored.image_size)
    subject = _taught if config.pairs else _untouched
    found = subject(config, os.path.basename(config.weights), _generator(stored, config.device),
                    tuple(stored.categories), size)
    return found._replace(label_strength=label_strength)


def _generator(stored, device):
    """What translates: a link, or, for weights in eight bits, what computes in them."""
    if stored.ranges is None:
        return kernels.to_device(stored.link(), device)
    if gpus.device(device).xp is not numpy:
        raise FoodganError(f'{device}: weights in eight bits compute on the processor; leave '
                           '--device out, or name weights in floating point')
    engine = engines.make(engines.choose('auto', 'int8'), stored, 'int8')
    return lambda x, c: chainer.as_variable(engine(x, c))


def _untouched(config, name, gen, categories, size):
    pictures, truth, judged_on = untouched(config, size, categories)
    return Subject(name, gen, None, pictures, truth, lambda: controls.palettes(pictures, truth),
                   categories, size, None, judged_on, 'the untouched pictures of it')


def _taught(config, name, gen, categories, size):
    pictures, others = open_teacher_pictures(config.pairs, config.hold_out, categories, size)
    judged_on = '{} photos of {}{}'.format(
        len(pictures), os.path.basename(os.path.abspath(config.pairs)),
        f', the last {config.hold_out} of each dish' if config.hold_out else '')
    return Subject(name, gen, None, pictures, pictures, others.palettes, categories, size,
                   None, judged_on, "the teacher's pictures of it, of {} {}photos".format(
                       len(others), 'other ' if config.hold_out else 'the same '))


def of_pictures(config, classifier):
    """Translations in folders and, where they are named, untouched pictures to compare with
    (Subject); where nothing else says which categories there are, they are the classifier's.
    """
    if config.label_strength != 1:
        raise FoodganError('--label-strength: what --pictures holds is translated already; leave '
                           'it out')
    known = config.categories or (
        classifier and [name for name in classifier.categories if name != NONE])
    dataset = open_translations(config.pictures, known, config.skip_bad)
    size = config.image_size or min(images.read_image(dataset.photos[0].file).size)
    transform = EvalTransform(size, math.inf)
    translations = Pictures(dataset, transform)
    pictures, judged_on = Pictures(dataset, transform, []), 'nothing'
    if config.images or config.bowls:
        pictures, _, judged_on = untouched(config, size, dataset.categories)
    name = os.path.basename(os.path.abspath(config.pictures))
    return Subject(name, None, translations, pictures, None, None, tuple(dataset.categories), size,
                   None, f'{len(translations)} pictures of {name} beside {judged_on}',
                   None)


def untouched(config, size, categories):
    """-> (pictures, the bowls that know the truth or None, what they are)."""
    if config.images is None:
        bowls = RenderedBowls(config.bowls or 500, size, config.bowls_seed, categories)
        return bowls, bowls, f'{len(bowls)} rendered bowls of seed {bowls.seed}'
    dataset = open_dataset(config.images, config.list, split='test', categories=categories,
                           skip_bad=config.skip_bad, test=config.test)
    pictures = Pictures(dataset, EvalTransform(size, config.crop_size or math.inf))
    source = os.path.basename(os.path.abspath(config.list or config.images))
    return pictures, None, '{} photos of {}{}'.format(
        len(pictures), source, ', split test' if dataset.split else '')
