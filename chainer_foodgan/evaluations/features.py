"""What networks see in pictures: names, features and probabilities.

An extractor is called with a batch of pictures, float32 (B, 3, H, W) in [-1, 1], and returns
features, float32 (B, D), and probabilities, float32 (B, K) whose rows sum to 1. It has

- ``name``: ``'classifier'`` (:class:`ClassifierFeatures`) or ``'inception'``
  (:class:`chainer_foodgan.evaluations.inception.InceptionFeatures`). Every figure that is made of
  its features bears it: FID, KID and Inception score are defined for InceptionV3, and those of a
  classifier of our own compare with nothing but each other;
- ``facts``: what else is to be known of it, for JSON.
"""

import numpy
from PIL import Image

from chainer_foodgan import images
from chainer_foodgan.errors import FoodganError

import chainer


class ClassifierFeatures:
    """The features of a classifier of ours: its last layer but one, averaged over the pixels.

    Args:
        classifier (Classifier): With ``image_size``; pictures of another are scaled to it.
    """

    name = 'classifier'

    def __init__(self, classifier):
        self._classifier = classifier
        self.facts = {
            'network': 'the classifier', 'dimension': classifier.head.W.shape[1],
            'resizing': f'bilinear to {classifier.image_size} x {classifier.image_size} pixels, 8 '
                        'bits, where they have another size'}

    def __call__(self, x):
        with chainer.using_config('train', False), chainer.no_backprop_mode():
            features = self._classifier.pooled(scaled(x, self._classifier.image_size))
            p = chainer.functions.softmax(self._classifier.head(features))
        return features.array, p.array


class Collector:
    """What a classifier and extractors see in pictures that come batch by batch.

    Args:
        categories (sequence of str): Names in label order.
        classifier (Classifier): Of the same categories, in whatever order; None: nobody is asked
            for names. Where its image size is another than the pictures', it is shown 8-bit
            pictures scaled to its size.
        extractors (sequence): Whose features are kept.

    Raises:
        FoodganError: The classifier has other categories.
    """

    def __init__(self, categories, classifier=None, extractors=()):
        self._classifier, self._extractors = classifier, extractors
        self._called = []
        self._seen = {extractor.name: [] for extractor in extractors}
        if classifier is not None:
            check_categories(categories, classifier.categories, 'the classifier')
            self._renamed = numpy.array([
                tuple(categories).index(name) for name in classifier.categories])

    def add(self, x):
        """Collector at a batch, float32 (B, 3, H, W) in [-1, 1]."""
        if self._classifier is not None:
            found = self._classifier.predict(scaled(x, self._classifier.image_size))
            self._called.append(self._renamed[found])
        for extractor in self._extractors:
            self._seen[extractor.name].append(extractor(x))

    @property
    def called(self):
        """What the classifier takes them for, int (N,); None where there is no classifier."""
        return None if self._classifier is None else joined(self._called)

    @property
    def features(self):
        """Extractor's name to (features, probabilities), float32 (N, D) and (N, K)."""
        return {name: tuple(map(joined, zip(*batches))) or (joined([]), joined([]))
                for name, batches in self._seen.items()}


def joined(arrays):
    """Arrays one behind the other; none of them: an empty one, int."""
    return numpy.concatenate(arrays) if len(arrays) else numpy.empty(0, int)


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
        raise FoodganError('{} {}; the categories are {}: use weights, pictures and a classifier '
                           'of the same categories'.format(owner, ' and '.join(filter(None, (
                               lacks and 'lacks ' + ', '.join(lacks),
                               more and 'has {} besides'.format(', '.join(more))))),
                               ', '.join(wanted)))
