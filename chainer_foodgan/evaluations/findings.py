"""What is found of pictures, as arrays."""

import collections

import numpy

from chainer_foodgan.evaluations.features import joined
from chainer_foodgan.evaluations.texture import Textures, histograms

Findings = collections.namedtuple(
    'Findings', 'untouched labels translations photo target values textures controls',
    defaults=(None, None))
Findings.__doc__ = """What was found of N pictures and T translations; categories are numbers.

Attributes:
    untouched (Looks): What is seen in the pictures before they are translated.
    labels (numpy.ndarray): int (N,), their categories.
    translations (Looks): What is seen in the translations.
    photo (numpy.ndarray): int (T,), which picture each was made of; those that share one are not
        independent. None where it is not known: then each counts as one of a photo of its own.
    target (numpy.ndarray): int (T,), what each should be.
    values (dict): What was measured of each, name to float (T,).
    textures (Textures): Of the translations and of what they should be; None: nobody asked.
    controls (dict): Name to Findings, in which the control takes the place of the translations;
        None where there are none.
"""


class Made:
    """Pictures that were made of photos, batch by batch: translations, or one kind of control.

    Args:
        looks (Looks): Who looks at them.
        functions (sequence of callable): What is measured of each
            :class:`~chainer_foodgan.evaluations.pairs.Pair`.
        textures (bool): Whether to keep their histograms.
    """

    def __init__(self, looks, functions, textures):
        self._looks, self._functions, self._with_textures = looks, functions, textures
        self._photo, self._target, self._textures = [], [], []
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

    def findings(self, untouched, labels, real, label):
        """All of it.

        Args:
            untouched (Looks): What is seen in the photos.
            labels (numpy.ndarray): int (N,), their categories.
            real (sequence of numpy.ndarray): Histograms of what the pictures should be.
            label (sequence of int): The categories of these.

        Returns:
            Findings: Without controls.
        """
        textures = Textures(stacked(self._textures), stacked(real), numpy.array(label, int))
        return Findings(untouched, labels, self._looks, joined(self._photo), joined(self._target),
                        {key: numpy.array(found) for key, found in self._values.items()},
                        textures if self._with_textures else None)


def stacked(found):
    """Histograms as one array, float32 (N, 2, 256)."""
    return numpy.stack(found) if len(found) else numpy.empty((0, 2, 256), numpy.float32)
