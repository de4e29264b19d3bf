"""What ``foodgan evaluate`` measures: weights, or translations that are there already."""

import collections
import math
import os

import numpy

from chainer_foodgan.errors import FoodganError

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
    """A generator and pictures that it has not seen.

    Raises:
        FoodganError: Weights or data cannot be used.
    """
    from chainer_foodgan import weights
    from chainer_foodgan.categories import NAMES
    from chainer_foodgan.translation import labels

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
    from chainer_foodgan import gpus, kernels
    from chainer_foodgan.translation import engines

    import chainer

    if stored.ranges is None:
        return kernels.to_device(stored.link(), device)
    if gpus.device(device).xp is not numpy:
        raise FoodganError(f'{device}: weights in eight bits compute on the processor; leave '
                           '--device out, or name weights in floating point')
    engine = engines.make(engines.choose('auto', 'int8'), stored, 'int8')
    return lambda x, c: chainer.as_variable(engine(x, c))


def _untouched(config, name, gen, categories, size):
    from chainer_foodgan.evaluations import controls

    pictures, truth, judged_on = untouched(config, size, categories)
    return Subject(name, gen, None, pictures, truth, lambda: controls.palettes(pictures, truth),
                   categories, size, None, judged_on, 'the untouched pictures of it')


def _taught(config, name, gen, categories, size):
    from chainer_foodgan.evaluations.pictures import open_teacher_pictures

    pictures, others = open_teacher_pictures(config.pairs, config.hold_out, categories, size)
    judged_on = '{} photos of {}{}'.format(
        len(pictures), os.path.basename(os.path.abspath(config.pairs)),
        f', the last {config.hold_out} of each dish' if config.hold_out else '')
    return Subject(name, gen, None, pictures, pictures, others.palettes, categories, size,
                   None, judged_on, "the teacher's pictures of it, of {} {}photos".format(
                       len(others), 'other ' if config.hold_out else 'the same '))


def of_pictures(config, classifier):
    """Translations in folders and, where they are named, untouched pictures to compare with.

    Args:
        config (EvaluateConfig): The options.
        classifier (BaseClassifier): Whose categories there are where nothing else says it, or None.

    Raises:
        FoodganError: The folders or the data cannot be used.
    """
    from chainer_foodgan import images
    from chainer_foodgan.categories import NONE
    from chainer_foodgan.datasets import transforms
    from chainer_foodgan.evaluations.pictures import Pictures, open_translations

    if config.label_strength != 1:
        raise FoodganError('--label-strength: what --pictures holds is translated already; leave '
                           'it out')
    known = config.categories or (
        classifier and [name for name in classifier.categories if name != NONE])
    dataset = open_translations(config.pictures, known, config.skip_bad)
    size = config.image_size or min(images.read_image(dataset.photos[0].file).size)
    transform = transforms.EvalTransform(size, math.inf)
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
    from chainer_foodgan.datasets import transforms
    from chainer_foodgan.datasets.bowls import RenderedBowls
    from chainer_foodgan.datasets.opening import open_dataset
    from chainer_foodgan.evaluations.pictures import Pictures

    if config.images is None:
        bowls = RenderedBowls(config.bowls or 500, size, config.bowls_seed, categories)
        return bowls, bowls, f'{len(bowls)} rendered bowls of seed {bowls.seed}'
    dataset = open_dataset(config.images, config.list, split='test', categories=categories,
                           skip_bad=config.skip_bad, test=config.test)
    pictures = Pictures(dataset, transforms.EvalTransform(size, config.crop_size or math.inf))
    source = os.path.basename(os.path.abspath(config.list or config.images))
    return pictures, None, '{} photos of {}{}'.format(
        len(pictures), source, ', split test' if dataset.split else '')
