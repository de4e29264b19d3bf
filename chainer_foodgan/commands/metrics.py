"""What ``foodgan evaluate`` can measure, and which of it can be had."""

import argparse

from chainer_foodgan.commands.types import names
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.nearest import nearest

METRICS = ('accuracy', 'content', 'cycle', 'difference', 'psnr', 'ssim', 'lpips', 'texture', 'fid',
           'kid', 'is')

#: The metrics where none are named; with a teacher's pictures.
DEFAULT = ('accuracy', 'content', 'cycle', 'psnr', 'texture')
OF_PAIRS = ('accuracy', 'difference', 'psnr', 'ssim', 'lpips', 'texture')


def metrics(text):
    """Names of metrics."""
    return _among(METRICS, text)


def features(text):
    """Names of extractors."""
    return _among(('classifier', 'inception'), text)


def _among(known, text):
    for name in names(text):
        if name not in known:
            raise argparse.ArgumentTypeError('{}: there is no such name; {}'.format(
                name, nearest(name, known)))
    return names(text)


def choose(args, subject, classifier):
    """The metrics that were asked for, or those of the default that can be had.

    Returns:
        tuple: The names (list of str) and why others are left out (list of str, sentences).

    Raises:
        FoodganError: One that was asked for cannot be had.
    """
    from chainer_foodgan.evaluations import distances
    from chainer_foodgan.evaluations.figures import OF_FEATURES

    lacking = _lacking(args, subject, classifier)
    if args.metrics is None and (args.pairs or classifier is not None):
        return _that_can_be_had(
            [name for name in (OF_PAIRS if args.pairs else DEFAULT) if name not in lacking])
    chosen = args.metrics or DEFAULT
    for name in chosen:
        if name in lacking:
            raise FoodganError('{} needs {}; name other --metrics'.format(name, lacking[name]))
    for name in OF_FEATURES:
        if name in chosen:
            distances.check(name, *numbers(subject))
    return list(chosen), []


def _lacking(args, subject, classifier):
    """What metrics need that is not there, by their names."""
    from chainer_foodgan.evaluations.figures import OF_FEATURES
    from chainer_foodgan.evaluations.metrics import METRICS, OF_TRUTH

    lacking = {}
    if args.pairs:
        lacking['cycle'] = 'photos or rendered bowls in place of --pairs'
    elif subject.truth is None:
        lacking.update(dict.fromkeys(OF_TRUTH, 'the true pictures, which only rendered '
                                     'bowls and --pairs have'))
    if subject.gen is None:
        lacking.update(dict.fromkeys(METRICS, '--weights'))
        if not len(subject.pictures):
            lacking.update(dict.fromkeys(('fid', 'kid', 'texture'), '--images to compare with'))
    if classifier is None:
        needing = ('accuracy', *(OF_FEATURES if 'classifier' in args.features else ()))
        lacking.update(dict.fromkeys(needing, '--classifier, which `foodgan train-classifier` '
                                     'makes'))
    return lacking


def _that_can_be_had(chosen):
    """Metrics without those whose package or weights are missing, and why."""
    from chainer_foodgan.evaluations.metrics import METRICS, measure

    left_out = {}
    for name in chosen:
        if name in METRICS:
            try:
                measure(name)
            except FoodganError as error:
                left_out[name] = 'without {}: {}'.format(name, error)
    return [name for name in chosen if name not in left_out], list(left_out.values())


def numbers(subject):
    """How many untouched pictures there are of the targets, and how many translations."""
    import numpy

    labels, c_dim = subject.pictures.labels, len(subject.categories)
    targets = (subject.translations.labels if subject.gen is None
               else [target for target in range(c_dim) if (labels != target).any()])
    return numpy.isin(labels, targets).sum(), (
        len(targets) if subject.gen is None else len(labels) * (c_dim - 1))
