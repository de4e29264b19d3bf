"""What ``foodgan evaluate`` measures: weights, or translations that are there already."""

import collections
import math
import os

from chainer_foodgan.errors import FoodganError

Subject = collections.namedtuple('Subject', 'name gen translations pictures truth categories '
                                 'image_size judged_on')
Subject.__doc__ = """What to measure, and on what.

Attributes:
    name (str): What it is called.
    gen (Generator): What translates; None where ``translations`` are there.
    translations (Pictures): Translations with their targets, or None.
    pictures: The data set of untouched pictures; empty where there are none.
    truth (RenderedBowls): The bowls that know the true translations, or None.
    categories (tuple of str): In label order.
    image_size (int): Pixels.
    judged_on (str): What the pictures are, for a person.
"""


def of_weights(args):
    """A generator and pictures that it has not seen.

    Raises:
        FoodganError: Weights or data cannot be used.
    """
    from chainer_foodgan import weights
    from chainer_foodgan.categories import NAMES

    gen = weights.load(args.weights, **({'categories': args.categories} if args.categories else {}))
    if gen.categories is None and gen.c_dim == len(NAMES):
        gen.categories = NAMES
    if gen.categories is None or not (args.image_size or gen.image_size):
        raise FoodganError('{}: the file does not say which categories or image size it is for: '
                           'name them by --categories and --image-size'.format(args.weights))
    size = args.image_size or gen.image_size
    if size % 4:
        raise FoodganError('--image-size {} is no multiple of 4'.format(size))
    pictures, truth, judged_on = untouched(args, size, gen.categories)
    return Subject(os.path.basename(args.weights), gen, None, pictures, truth,
                   tuple(gen.categories), size, judged_on)


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

    known = args.categories or (classifier and classifier.categories)
    dataset = open_translations(args.pictures, known, args.skip_bad)
    size = args.image_size or min(images.read_image(dataset.photos[0].file).size)
    transform = transforms.Test(size, math.inf)
    translations = Pictures(dataset, transform)
    pictures, judged_on = Pictures(dataset, transform, []), 'nothing'
    if args.images or args.bowls:
        pictures, _, judged_on = untouched(args, size, dataset.categories)
    name = os.path.basename(os.path.abspath(args.pictures))
    return Subject(name, None, translations, pictures, None, tuple(dataset.categories), size,
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
                           skip_bad=args.skip_bad)
    pictures = Pictures(dataset, transforms.Test(size, args.crop_size or math.inf))
    source = os.path.basename(os.path.abspath(args.list or args.images))
    return pictures, None, '{} photos of {}{}'.format(
        len(pictures), source, ', split test' if args.list else '')
