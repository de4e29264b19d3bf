"""How near a student is to its teacher on photos that it is not trained on."""

import chainer
import numpy

#: Dishes that each photo is turned into, other ones for every photo.
DISHES = 3


class TeacherDistance(chainer.training.Extension):
    """Reports ``eval/l1``: the mean absolute difference to the teacher's results, in 1/255.

    It is a function of the weights alone, so there is nothing to serialise.

    Args:
        translate (callable): ``(x, c) -> y``, the student, arrays float32 on the CPU.
        pairs (TeacherPairs): Photos that are not trained on, without random transforms.
    """

    name = 'TeacherDistance'
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
