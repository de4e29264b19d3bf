"""What ``foodgan evaluate`` measures: weights, or translations that are there already; and how."""

import collections
import math
import os

from chainer_foodgan.errors import FoodganError

#: The metrics where none are named.
DEFAULT = ('accuracy', 'content', 'cycle', 'psnr')

Subject = collections.namedtuple('Subject', 'name gen translations pictures truth categories '
                                 'image_size label_strength judged_on')
Subject.__doc__ = """What to measure, and on what.

Attributes:
    name (str): What it is called.
    gen (Generator): What translates; None where ``translations`` are there.
    translations (Pictures): Translations with their targets, or None.
    pictures: The data set of untouched pictures; empty where there are none.
    truth (RenderedBowls): The bowls that know the true translations, or None.
    categories (tuple of str): In label order.
    image_size (int): Pixels.
    label_strength (float): What labels are multiplied by; None where ``translations`` are there.
    judged_on (str): What the pictures are, for a person.
"""


def of_weights(args):
    """A generator and pictures that it has not seen.

    Raises:
        FoodganError: Weights or data cannot be used.
    """
    from chainer_foodgan import weights
    from chainer_foodgan.categories import NAMES
    from chainer_foodgan.translation import strength

    gen = weights.load(args.weights, **({'categories': args.categories} if args.categories else {}))
    if gen.categories is None and gen.c_dim == len(NAMES):
        gen.categories = NAMES
    if gen.categories is None or not (args.image_size or gen.image_size):
        raise FoodganError('{}: the file does not say which categories or image size it is for: '
                           'name them by --categories and --image-size'.format(args.weights))
    size = args.image_size or gen.image_size
    if size % 4:
        raise FoodganError('--image-size {} is no multiple of 4'.format(size))
    label_strength = strength.factor(
        strength.check(args.label_strength, gen), size, gen.image_size)
    pictures, truth, judged_on = untouched(args, size, gen.categories)
    return Subject(os.path.basename(args.weights), gen, None, pictures, truth,
                   tuple(gen.categories), size, label_strength, judged_on)


def of_pictures(args, classifier):
    """Translations in folders and, where they are named, untouched pictures to compare with.

    Args:
        args (argparse.Namespace): The options of ``foodgan evaluate``.
        classifier (Judge): Whose categories there are where nothing else says it, or None.

    Raises:
        FoodganError: The folders or the data cannot be used.
    """
    from chainer_foodgan import images
    from chainer_foodgan.datasets import transforms
    from chainer_foodgan.evaluations.pictures import Pictures, open_translations

    if args.label_strength != 1:
        raise FoodganError('--label-strength: what --pictures holds is translated already; leave '
                           'it out')
    known = args.categories or (classifier and classifier.categories)
    dataset = open_translations(args.pictures, known, args.skip_bad)
    size = args.image_size or min(images.read_image(dataset.photos[0].file).size)
    transform = transforms.Test(size, math.inf)
    translations = Pictures(dataset, transform)
    pictures, judged_on = Pictures(dataset, transform, []), 'nothing'
    if args.images or args.bowls:
        pictures, _, judged_on = untouched(args, size, dataset.categories)
    name = os.path.basename(os.path.abspath(args.pictures))
    return Subject(name, None, translations, pictures, None, tuple(dataset.categories), size, None,
                   '{} pictures of {} beside {}'.format(len(translations), name, judged_on))


def untouched(args, size, categories):
    """-> (pictures, the bowls that know the truth or None, what they are)."""
    from chainer_foodgan.datasets import transforms
    from chainer_foodgan.datasets.bowls import RenderedBowls
    from chainer_foodgan.datasets.opening import open_dataset
    from chainer_foodgan.evaluations.pictures import Pictures

    if args.images is None:
        bowls = RenderedBowls(args.bowls or 500, size, args.bowls_seed, categories)
        return bowls, bowls, '{} rendered bowls of seed {}'.format(len(bowls), bowls.seed)
    dataset = open_dataset(args.images, args.list, split='test', categories=categories,
                           skip_bad=args.skip_bad, test=args.test)
    pictures = Pictures(dataset, transforms.Test(size, args.crop_size or math.inf))
    source = os.path.basename(os.path.abspath(args.list or args.images))
    return pictures, None, '{} photos of {}{}'.format(
        len(pictures), source, ', split test' if dataset.split else '')


def choose(args, subject, classifier):
    """The metrics that were asked for, or those of the default that can be had.

    Raises:
        FoodganError: One that was asked for cannot be had.
    """
    from chainer_foodgan.evaluations import distances, pairs
    from chainer_foodgan.evaluations.figures import OF_FEATURES

    lacking = {}
    if subject.truth is None:
        lacking.update(dict.fromkeys(pairs.OF_TRUTH, 'the true pictures, which only rendered '
                                     'bowls have'))
    if subject.gen is None:
        lacking.update(dict.fromkeys(pairs.METRICS, '--weights'))
        if not len(subject.pictures):
            lacking.update(fid='--images to compare with', kid='--images to compare with')
    if classifier is None:
        needing = ('accuracy', *(OF_FEATURES if 'classifier' in args.features else ()))
        lacking.update(dict.fromkeys(needing, '--classifier, which `foodgan train-classifier` '
                                     'makes'))
    if args.metrics is None and classifier is not None:
        return [name for name in DEFAULT if name not in lacking]
    chosen = args.metrics or DEFAULT
    for name in chosen:
        if name in lacking:
            raise FoodganError('{} needs {}; name other --metrics'.format(name, lacking[name]))
    for name in OF_FEATURES:
        if name in chosen:
            distances.check(name, *numbers(subject))
    return list(chosen)


def numbers(subject):
    """How many untouched pictures there are of the targets, and how many translations."""
    import numpy

    labels, c_dim = subject.pictures.labels, len(subject.categories)
    targets = (subject.translations.labels if subject.gen is None
               else [target for target in range(c_dim) if (labels != target).any()])
    return numpy.isin(labels, targets).sum(), (
        len(targets) if subject.gen is None else len(labels) * (c_dim - 1))
