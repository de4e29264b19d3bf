"""Measuring translations: what a classifier takes them for, and what metrics say of them."""

import collections

import numpy

from chainer_foodgan import images, kernels
from chainer_foodgan.evaluations.controls import controls
from chainer_foodgan.evaluations.features import Collector, check_categories, joined
from chainer_foodgan.evaluations.metrics import Pair, measure
from chainer_foodgan.evaluations.texture import Spread, Textures, histograms

import chainer

Findings = collections.namedtuple(
    'Findings', 'untouched labels translations photo target values textures controls spread',
    defaults=(None, None, None))
Findings.__doc__ = """What was found of N pictures and T translations; categories are numbers.

Attributes:
    untouched (Collector): What is seen in the pictures before they are translated.
    labels (numpy.ndarray): int (N,), their categories.
    translations (Collector): What is seen in the translations.
    photo (numpy.ndarray): int (T,), which picture each was made of; those that share one are not
        independent. None where it is not known: then each counts as one of a photo of its own.
    target (numpy.ndarray): int (T,), what each should be.
    values (dict): What was measured of each, name to float (T,).
    textures (Textures): Of the translations and of what they should be; None: nobody asked.
    controls (dict): Name to Findings, in which the control takes the place of the translations;
        None where there are none.
    spread (dict): Target to how much its translations differ from one another, see
        :class:`~chainer_foodgan.evaluations.texture.Spread`; None: nobody asked.
"""


class PictureSet:
    """Pictures that were made of photos, batch by batch: translations, or one kind of control. A
    Collector looks at them, functions measure each Pair, and histograms are kept if asked for.
    """

    def __init__(self, looks, functions, textures):
        self._looks, self._functions, self._with_textures = looks, functions, textures
        self._photo, self._target, self._textures = [], [], []
        self._spread = collections.defaultdict(Spread)
        self._values = collections.defaultdict(list)

    def add(self, rows, target, pairs):
        """Takes pictures, the ``y`` of each pair, of these photos for this target."""
        self._looks.add(numpy.stack([pair.y for pair in pairs]))
        self._photo.append(rows)
        self._target.append(numpy.full(len(rows), target))
        for pair in pairs:
            for function in self._functions:
                for key, value in function(pair).items():
                    self._values[key].append(value)
            if self._with_textures:
                self._textures.append(histograms(pair.y, pair.mask))
                self._spread[target].add(pair.y, pair.mask)

    def findings(self, untouched, labels, real, label):
        """All of it, Findings without controls; of the Collector and the labels, int (N,), of the
        photos, and of the histograms, with their categories, of what the pictures should be.
        """
        textures = Textures(stacked(self._textures), stacked(real), numpy.array(label, int))
        return Findings(untouched, labels, self._looks, joined(self._photo), joined(self._target),
                        {key: numpy.array(found) for key, found in self._values.items()},
                        textures if self._with_textures else None,
                        spread={
                            target: one.value() for target, one in self._spread.items()
                        } if self._with_textures else None)


def stacked(found):
    """Histograms as one array, float32 (N, 2, 256)."""
    return numpy.stack(found) if len(found) else numpy.empty((0, 2, 256), numpy.float32)


_TRANSLATION = 'translation'


def evaluate_generator(gen, pictures, *, classifier=None, extractors=(), metrics=(), truth=None,
                       targets=None, label_strength=1, textures=False, palettes=None,
                       batch_size=32, progress=None):
    """Translates every picture into every other category and looks at the results.

    Args:
        gen (callable): ``(x, c) -> Variable``: a generator on any device, or what behaves like
            one.
        pictures: A data set of (x float32 (3, S, S) in [-1, 1], label int), with ``labels`` and
            with ``categories``, which are those of ``gen`` in that order; a label may be -1 for
            what is none of them.
        classifier, extractors: See :class:`~chainer_foodgan.evaluations.features.Collector`.
        metrics (sequence of str): What to measure, names of
            :func:`~chainer_foodgan.evaluations.metrics.measure`.
        truth: What knows the true translations of ``pictures``, one by one: RenderedBowls, or
            :class:`~chainer_foodgan.evaluations.pictures.TeacherPictures`; None for photos.
        targets (sequence of str): The categories to translate into; None: all.
        label_strength (float): What label vectors are multiplied by.
        textures (bool): Whether to compare textures: with the true translations, where they are
            not known with the untouched pictures of the target.
        palettes (dict): The colours of each category, see
            :func:`~chainer_foodgan.evaluations.controls.palettes`, for controls; None: no controls.
        batch_size (int): Pictures to translate at once.
        progress (callable): Called with the number of pictures done after each batch.

    Returns:
        Findings: Categories are numbered as in ``pictures.categories``.

    Raises:
        FoodganError: The classifier has other categories, or a metric cannot be had.
    """
    names = tuple(pictures.categories)
    functions = [measure(name) for name in metrics]
    made = collections.defaultdict(
        lambda: PictureSet(Collector(names, classifier, extractors), functions, textures))
    untouched, translations = Collector(names, classifier, extractors), made[_TRANSLATION]
    asked = truth is not None and bool(functions or textures or palettes)
    real, real_label = [], []
    for rows, x, label in batches(pictures, batch_size):
        untouched.add(x)
        masks = [truth.mask(int(row)) if asked else None for row in rows]
        if textures and truth is None:
            real += map(histograms, x)
            real_label += label.tolist()
        for name in names if targets is None else targets:
            number = names.index(name)
            others = numpy.flatnonzero(label != number)
            if not len(others):
                continue
            y = translated(gen, x[others], number, len(names), label_strength)
            back = (translated(gen, y, label[others], len(names), label_strength)
                    if 'cycle' in metrics else len(y) * [None])
            pairs = [Pair(x[place], y_, back_, images.to_array(truth.render(int(rows[place]), name))
                          if asked else None, masks[place])
                     for place, y_, back_ in zip(others, y, back)]
            translations.add(rows[others], number, pairs)
            if textures and truth is not None:
                real += [histograms(pair.answer, pair.mask) for pair in pairs]
                real_label += len(pairs) * [number]
            found = [controls(pair.x, pair.y, palettes[name], pair.mask)
                     for pair in pairs if palettes]
            for kind in found[0] if found else ():
                made[kind].add(rows[others], number, [
                    pair._replace(y=one[kind], back=None) for pair, one in zip(pairs, found)])
        if progress is not None:
            progress(rows[-1] + 1)
    found = {kind: one.findings(untouched, numpy.asarray(pictures.labels), real, real_label)
             for kind, one in made.items()}
    return found.pop(_TRANSLATION)._replace(controls=found or None)


def evaluate_pictures(translations, pictures, *, classifier=None, extractors=(), textures=False,
                      batch_size=32, progress=None):
    """Looks at pictures that are translations already, each by itself.

    Args:
        translations: A data set of (x, label), label being what they should be.
        pictures: A data set of untouched pictures with the same ``categories`` in the same order,
            to compare with; it may be empty.
        classifier, extractors, textures, batch_size, progress: See :func:`evaluate_generator`.

    Returns:
        Findings: Without photos, values and controls.

    Raises:
        FoodganError: The categories differ.
    """
    names = tuple(pictures.categories)
    check_categories(names, translations.categories, 'the translations')
    done, looks, found = 0, [], []
    for dataset in pictures, translations:
        looks.append(Collector(names, classifier, extractors))
        found.append([])
        for rows, x, _ in batches(dataset, batch_size):
            looks[-1].add(x)
            found[-1] += map(histograms, x) if textures else ()
            done += len(rows)
            if progress is not None:
                progress(done)
    labels = numpy.asarray(pictures.labels)
    return Findings(
        looks[0], labels, looks[1], None, numpy.asarray(translations.labels), {},
        Textures(stacked(found[1]), stacked(found[0]), labels) if textures else None)


def batches(dataset, batch_size):
    """A data set's rows, int (B,), with its pictures and labels, in order."""
    for start in range(0, len(dataset), batch_size):
        rows = numpy.arange(start, min(start + batch_size, len(dataset)))
        yield (rows, *chainer.dataset.concat_examples([dataset[int(row)] for row in rows]))


def translated(gen, x, target, c_dim, label_strength=1):
    """A batch of pictures as other categories, float32 (B, 3, H, W) in [-1, 1], on the CPU; of one
    category, or of one for each picture, int (B,), which stands as ``label_strength`` in its label
    vector.
    """
    c = numpy.zeros((len(x), c_dim), numpy.float32)
    c[numpy.arange(len(x)), target] = label_strength
    return kernels.see(gen, gen, x, c)
