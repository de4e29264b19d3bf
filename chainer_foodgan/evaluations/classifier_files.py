"""Classifiers as files."""

from __future__ import annotations

import os
from typing import Any, Union

from chainer_foodgan import weights
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.evaluations.classifier import BaseClassifier, Classifier
from chainer_foodgan.weights.naming import arrays_of
from chainer_foodgan.weights.reading import check_shapes

__all__ = ['load_classifier', 'save_classifier']

_LARGEST_IMAGE = 4096  # pixels; pictures are scaled to the size that a file names


def save_classifier(classifier: BaseClassifier, path: Union[str, os.PathLike],
                    meta: dict[str, Any]) -> None:
    """Writes a classifier as npz.

    Args:
        classifier (BaseClassifier): The network.
        path (str or os.PathLike): Where to; the suffix is ``.npz``.
        meta (dict): What else is known: ``test_accuracy``, ``trained_on``, ...

    Raises:
        FoodganError: See :func:`chainer_foodgan.weights.save`.
    """
    sizes = {'conv_dim': classifier.conv_dim} if classifier.network == 'small' else {}
    weights.save(classifier, path, {
        'network': 'classifier', 'architecture': classifier.network,
        'categories': list(classifier.categories), 'image_size': classifier.image_size,
        **sizes, **meta})


def load_classifier(path: Union[str, os.PathLike]) -> tuple[BaseClassifier, dict[str, Any]]:
    """Reads what :func:`save_classifier` wrote.

    Args:
        path (str or os.PathLike): The file.

    Returns:
        tuple: The classifier and the file's meta (dict).

    Raises:
        FoodganError: The file cannot be read or holds no classifier. Nothing is made of a size
            that the file claims before its arrays are found to have it.
    """
    arrays, meta = weights.read_npz(path)
    if meta.get('network') not in (None, 'classifier'):
        raise FoodganError('{}: holds a {}; a classifier is made by `foodgan train-classifier`'
                           .format(path, meta['network']))
    architecture = meta.get('architecture')
    if not _plausible(meta, architecture):
        raise FoodganError(f'{path}: holds no classifier of this package; make one with `foodgan '
                           'train-classifier`')
    categories, image_size = meta['categories'], meta['image_size']
    if architecture == 'small':
        check_shapes(path, arrays, shapes(meta['conv_dim'], len(categories)), 'classifier')
        classifier = Classifier(categories, image_size, meta['conv_dim'])
    else:
        from chainer_foodgan.evaluations.imagenet import CHANNELS, FineTuned
        head = {'head/W': (len(categories), CHANNELS[architecture]), 'head/b': (len(categories),)}
        check_shapes(path, {key: arrays[key] for key in head if key in arrays}, head, 'classifier')
        classifier = FineTuned(categories, image_size, architecture)
    weights.load_into(classifier, path)
    return classifier, meta


def shapes(conv_dim: int, c_dim: int) -> dict[str, tuple[int, ...]]:
    """The shapes of all arrays of a :class:`Classifier`, without making it.

    Every side of an array is a constant and multiples of both sizes: three tiny networks tell all.

    Returns:
        dict: Chainer's keys to tuples of int.
    """
    tiny, wider, more = (
        {key: array.shape for key, array in arrays_of(Classifier('ab'[:c], 32, d)).items()}
        for d, c in ((1, 1), (2, 1), (1, 2)))
    return {key: tuple(n + (conv_dim - 1) * (w - n) + (c_dim - 1) * (m - n)
                       for n, w, m in zip(shape, wider[key], more[key]))
            for key, shape in tiny.items()}


def _plausible(meta, architecture):
    """Whether a file's words are those of a classifier."""
    def whole(value, largest):
        return type(value) is int and 1 <= value <= largest
    categories = meta.get('categories')
    return (isinstance(categories, list) and all(isinstance(name, str) for name in categories)
            and len(set(categories)) == len(categories) > 0
            and whole(meta.get('image_size'), _LARGEST_IMAGE)
            and (architecture in ('vgg16', 'resnet50')
                 or architecture == 'small' and whole(meta.get('conv_dim'), 2 ** 20)))
