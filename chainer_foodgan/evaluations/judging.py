"""Finding out about translations: what they are taken for, and what is measured of them."""

import collections

import chainer
import numpy

from chainer_foodgan import images
from chainer_foodgan.evaluations.features import Looks, check_categories, joined
from chainer_foodgan.evaluations.pairs import Pair, measure

Findings = collections.namedtuple('Findings', 'untouched labels translations photo target values')
Findings.__doc__ = """What was found of N pictures and T translations; categories are numbers.

Attributes:
    untouched (Looks): What is seen in the pictures before they are translated.
    labels (numpy.ndarray): int (N,), their categories.
    translations (Looks): What is seen in the translations.
    photo (numpy.ndarray): int (T,), which picture each was made of; those that share one are not
        independent. None where it is not known: then each counts as one of a photo of its own.
    target (numpy.ndarray): int (T,), what each should be.
    values (dict): What was measured of each, name to float (T,).
"""


def judge(gen, pictures, *, classifier=None, extractors=(), metrics=(), truth=None, targets=None,
          label_strength=1, batch_size=32, progress=None):
    """Translates every picture into every other category and looks at the results.

    Args:
        gen (callable): ``(x, c) -> Variable``: a Generator on any device, or what behaves like
            one.
        pictures: A data set of (x float32 (3, S, S) in [-1, 1], label int), with ``labels`` and
            with ``categories``, which are those of ``gen`` in that order.
        classifier, extractors: See :class:`~chainer_foodgan.evaluations.features.Looks`.
        metrics (sequence of str): What to measure, names of
            :func:`~chainer_foodgan.evaluations.pairs.measure`.
        truth (RenderedBowls): The bowls of ``pictures``, one by one; None for photos.
        targets (sequence of str): The categories to translate into; None: all.
        label_strength (float): What label vectors are multiplied by.
        batch_size (int): Pictures to translate at once.
        progress (callable): Called with the number of pictures done after each batch.

    Returns:
        Findings: Categories are numbered as in ``pictures.categories``.

    Raises:
        FoodganError: The classifier has other categories, or a metric cannot be had.
    """
    names = tuple(pictures.categories)
    untouched, translations = (Looks(names, classifier, extractors) for _ in range(2))
    functions = [measure(name) for name in metrics]
    photo, target, values = [], [], collections.defaultdict(list)
    for rows, x, label in batches(pictures, batch_size):
        untouched.add(x)
        masks = {row: truth.mask(int(row)) for row in rows} if truth and functions else {}
        for name in names if targets is None else targets:
            number = names.index(name)
            others = numpy.flatnonzero(label != number)
            if not len(others):
                continue
            y = translated(gen, x[others], number, len(names), label_strength)
            translations.add(y)
            photo.append(rows[others])
            target.append(numpy.full(len(others), number))
            back = (translated(gen, y, label[others], len(names), label_strength)
                    if 'cycle' in metrics else len(y) * [None])
            for row, *known in zip(rows[others], x[others], y, back) if functions else ():
                answer = images.to_array(truth.render(int(row), name)) if truth else None
                for function in functions:
                    for key, value in function(Pair(*known, answer, masks.get(row))).items():
                        values[key].append(value)
        if progress is not None:
            progress(rows[-1] + 1)
    return Findings(untouched, numpy.asarray(pictures.labels), translations, joined(photo),
                    joined(target), {key: numpy.array(found) for key, found in values.items()})


def judge_pictures(translations, pictures, *, classifier=None, extractors=(), batch_size=32,
                   progress=None):
    """Looks at pictures that are translations already, each by itself.

    Args:
        translations: A data set of (x, label), label being what they should be.
        pictures: A data set of untouched pictures with the same ``categories`` in the same order,
            to compare with; it may be empty.
        classifier, extractors, batch_size, progress: See :func:`judge`.

    Returns:
        Findings: Without photos and values.

    Raises:
        FoodganError: The categories differ.
    """
    names = tuple(pictures.categories)
    check_categories(names, translations.categories, 'the translations')
    done, looks = 0, []
    for dataset in pictures, translations:
        looks.append(Looks(names, classifier, extractors))
        for rows, x, _ in batches(dataset, batch_size):
            looks[-1].add(x)
            done += len(rows)
            if progress is not None:
                progress(done)
    return Findings(looks[0], numpy.asarray(pictures.labels), looks[1], None,
                    numpy.asarray(translations.labels), {})


def batches(dataset, batch_size):
    """A data set's rows, int (B,), with its pictures and labels, in order."""
    for start in range(0, len(dataset), batch_size):
        rows = numpy.arange(start, min(start + batch_size, len(dataset)))
        yield (rows, *chainer.dataset.concat_examples([dataset[int(row)] for row in rows]))


def translated(gen, x, target, c_dim, label_strength=1):
    """A batch of pictures as other categories, float32 (B, 3, H, W) in [-1, 1].

    Args:
        gen (callable): On any device.
        x (numpy.ndarray): The pictures.
        target (int or numpy.ndarray): The category, or one for each picture, int (B,).
        c_dim (int): Number of categories.
        label_strength (float): What stands in the label vectors at the category.

    Returns:
        numpy.ndarray: On the CPU.
    """
    c = numpy.zeros((len(x), c_dim), numpy.float32)
    c[numpy.arange(len(x)), target] = label_strength
    cpu = chainer.get_device('@numpy')
    device = getattr(gen, 'device', cpu)
    with chainer.using_config('train', False), chainer.no_backprop_mode():
        return cpu.send(gen(device.send(x), device.send(c)).array)
