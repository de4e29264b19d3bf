"""How well the generator does, while it is trained."""

import numpy

from chainer_foodgan.evaluations.figures import figures_of
from chainer_foodgan.evaluations.findings import evaluate_generator

import chainer

#: What is reported: name to key of the figures.
KEYS = {'eval/accuracy': 'accuracy', 'eval/psnr': 'psnr_translation',
        'eval/change_outside': 'change_outside'}


class Evaluation(chainer.training.Extension):
    """Reports what a classifier takes translations for, and how near to the truth they are.

    ``eval/accuracy``: the share of the translations of all pictures into all other categories that
    the classifier takes for their target; on rendered bowls, ``truth``, also ``eval/psnr``, the
    likeness to the true picture inside the food in dB, and ``eval/change_outside`` in 1/255. They
    are functions of the weights alone, so there is nothing to serialise.

    The pictures are a data set that neither is trained on, with the generator's ``categories``, see
    :func:`chainer_foodgan.evaluations.findings.evaluate_generator`; a FoodganError by the first
    call where those of the classifier differ.
    """

    #: What of it is printed.
    shown = ('eval/accuracy',)
    # After the average of the weights has moved, and before the log is written.
    priority = (chainer.training.PRIORITY_EDITOR + chainer.training.PRIORITY_READER) // 2

    def __init__(self, gen, classifier, pictures, truth=None, batch_size=32):
        self.gen, self.classifier = gen, classifier
        self.pictures, self.truth, self.batch_size = pictures, truth, batch_size

    def __call__(self, trainer):
        findings = evaluate_generator(
            self.gen, self.pictures, classifier=self.classifier, truth=self.truth,
            metrics=('content', 'psnr') if self.truth else (), batch_size=self.batch_size)
        figures = figures_of(findings, range(len(self.pictures.categories)))
        for name, key in KEYS.items():
            if figures.get(key) is not None:
                chainer.report({name: figures[key]})


#: Dishes that each photo is turned into, other ones for every photo.
DISHES = 3


class TeacherDistance(chainer.training.Extension):
    """Reports ``eval/l1``: the mean absolute difference to the teacher's results, in 1/255.

    ``translate(x, c)`` is the student, on float32 arrays of the CPU; ``pairs`` (TeacherPairs) are
    photos that are not trained on, without random transforms. It is a function of the weights
    alone, so there is nothing to serialise.
    """

    #: What of it is printed.
    shown = ('eval/l1',)
    # After the average of the weights has moved, and before the log is written.
    priority = (chainer.training.PRIORITY_EDITOR + chainer.training.PRIORITY_READER) // 2

    def __init__(self, translate, pairs):
        self.translate, self.pairs = translate, pairs

    def __call__(self, trainer):
        categories = len(self.pairs.categories)
        step = -(-categories // DISHES)  # so that the dishes of a photo are unlike each other
        found = []
        for photo in range(len(self.pairs.photos)):
            labels = {(photo + step * n) % categories for n in range(DISHES)}
            x, y, label = map(numpy.stack, zip(*[
                self.pairs[photo * categories + label] for label in sorted(labels)]))
            c = numpy.eye(categories, dtype=x.dtype)[label]
            found.append(abs(self.translate(x, c) - y).mean())
        chainer.report({'eval/l1': float(numpy.mean(found)) * 127.5})
