"""Judging the translations of a generator: does a classifier take them for what they should be?"""

import collections

import chainer
import numpy
from PIL import Image

from chainer_foodgan import images
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.evaluations import measures

Judgement = collections.namedtuple(
    'Judgement', 'labels seen called change psnr_input psnr_translation')
Judgement.__doc__ = """What was found of N pictures and their translations into K categories.

No picture is translated into its own category: there, ``called`` is -1 and the last three are NaN.
So are they everywhere where the truth is not known.

Attributes:
    labels (numpy.ndarray): int (N,), the pictures' categories.
    seen (numpy.ndarray): int (N,), what the classifier takes the untouched pictures for.
    called (numpy.ndarray): int (N, K), what it takes the translations for.
    change (numpy.ndarray): float (N, K), mean absolute change outside the food, in 1/255.
    psnr_input (numpy.ndarray): float (N, K), of the untouched picture to the true one, inside the
        food, in dB.
    psnr_translation (numpy.ndarray): float (N, K), the same of the translation.
"""


def judge(gen, classifier, pictures, truth=None, batch_size=32, progress=None):
    """Translates every picture into every other category and lets a classifier name the result.

    Args:
        gen (Generator): With ``categories``; on the CPU.
        classifier (Classifier): Of the same categories, in whatever order. Where its image size is
            another than the pictures', it is shown 8-bit pictures scaled to its size.
        pictures: A data set of (x float32 (3, S, S) in [-1, 1], label int), with ``categories``
            those of ``gen`` in that order.
        truth (RenderedBowls): The bowls of ``pictures``, one by one; None for photos.
        batch_size (int): Pictures to translate at once.
        progress (callable): Called with the number of pictures done after each batch.

    Returns:
        Judgement: Categories are numbered as in ``gen.categories``.

    Raises:
        FoodganError: The categories differ.
    """
    names = tuple(gen.categories)
    check_categories(names, pictures.categories, 'the pictures')
    check_categories(names, classifier.categories, 'the classifier')
    renamed = numpy.array([names.index(name) for name in classifier.categories])

    def named(x):
        return renamed[classifier.predict(scaled(x, classifier.image_size))]

    N, K = len(pictures), len(names)
    result = Judgement(numpy.empty(N, int), numpy.empty(N, int), numpy.full((N, K), -1),
                       *(numpy.full((N, K), numpy.nan) for _ in range(3)))
    for start in range(0, N, batch_size):
        rows = numpy.arange(start, min(start + batch_size, N))
        x, label = chainer.dataset.concat_examples([pictures[int(row)] for row in rows])
        result.labels[rows], result.seen[rows] = label, named(x)
        masks = None if truth is None else [truth.mask(int(row)) for row in rows]
        for target in range(K):
            others = numpy.flatnonzero(label != target)
            if not len(others):
                continue
            y = translated(gen, x[others], target)
            result.called[rows[others], target] = named(y)
            if truth is not None:
                for n, translation in zip(others, y):
                    _compare(result, truth, rows[n], target, x[n], translation, masks[n])
        if progress is not None:
            progress(rows[-1] + 1)
    return result


def translated(gen, x, target):
    """A batch of pictures as one category, float32 (B, 3, H, W) in [-1, 1]."""
    c = numpy.zeros((len(x), len(gen.categories)), numpy.float32)
    c[:, target] = 1
    with chainer.using_config('train', False), chainer.no_backprop_mode():
        return gen(x, c).array


def scaled(x, size):
    """A batch of pictures, float32 (B, 3, H, W) in [-1, 1], as squares of another size."""
    if x.shape[2:] == (size, size):
        return x
    return numpy.stack([
        images.to_array(images.to_image(array).resize((size, size), Image.Resampling.BILINEAR))
        for array in x])


def check_categories(wanted, found, owner):
    """Raises a FoodganError that says how categories differ, whatever their order."""
    lacks = [name for name in wanted if name not in found]
    more = [name for name in found if name not in wanted]
    if lacks or more:
        raise FoodganError('the weights have the categories {}; {}: use data and a classifier of '
                           'the same categories'.format(', '.join(wanted), ' and '.join(filter(
                               None, (lacks and '{} lacks {}'.format(owner, ', '.join(lacks)),
                                      more and '{} has {} besides'.format(
                                          owner, ', '.join(more)))))))


def _compare(result, truth, row, target, x, y, mask):
    answer = images.to_array(truth.render(int(row), truth.categories[target]))
    result.change[row, target] = measures.change(x, y, ~mask)
    result.psnr_input[row, target] = measures.psnr(x, answer, mask)
    result.psnr_translation[row, target] = measures.psnr(y, answer, mask)


def summary(judgement, categories):
    """The figures of a judgement.

    Args:
        judgement (Judgement): What was found.
        categories (sequence of str): Names in label order.

    Returns:
        dict: For JSON. ``all`` and, for each name, ``targets[name]`` hold ``translations`` (how
        many), ``accuracy`` (share that the classifier calls the target), ``interval`` (its 95 %
        bootstrap interval), ``untouched`` (share of the same pictures, before translation, that
        the classifier calls the target) and ``inputs`` (share of the untouched pictures *of* that
        category that it names right); with a known truth also ``change_outside`` (1/255),
        ``psnr_input``, ``psnr_translation`` and ``psnr_gain`` (dB). None where nothing could be
        measured.
    """
    K = len(categories)
    return {
        'pictures': len(judgement.labels),
        'all': _figures(judgement, numpy.arange(K)),
        'targets': {name: _figures(judgement, numpy.array([target]))
                    for target, name in enumerate(categories)}}


def _figures(judgement, targets):
    """The figures over all pictures and these targets."""
    made = judgement.called[:, targets] >= 0
    hits = (judgement.called[:, targets] == targets) & made
    before = (judgement.seen[:, None] == targets) & made
    own = numpy.isin(judgement.labels, targets)
    right = (judgement.seen == judgement.labels)[own]
    low, high = measures.bootstrap(hits.sum(axis=1), made.sum(axis=1))
    figures = {
        'translations': int(made.sum()), 'accuracy': _ratio(hits.sum(), made.sum()),
        'interval': None if numpy.isnan(low) else [low, high],
        'untouched': _ratio(before.sum(), made.sum()),
        'inputs': _ratio(right.sum(), len(right))}
    values = [array[:, targets][made] for array in judgement[3:]]
    if not numpy.isnan(values[1]).all():
        change, psnr_input, psnr_translation = (float(numpy.nanmean(value)) for value in values)
        figures.update(change_outside=change, psnr_input=psnr_input,
                       psnr_translation=psnr_translation, psnr_gain=psnr_translation - psnr_input)
    return figures


def _ratio(part, whole):
    return float(part / whole) if whole else None
