"""Networks that name the dish in a photo: their base, a small residual one, and their files."""

from __future__ import annotations

import os
from typing import Any, Union

import numpy

from chainer_foodgan import kernels, weights
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.functions.activations import relu
from chainer_foodgan.links import Convolution2D
from chainer_foodgan.weights.naming import arrays_of
from chainer_foodgan.weights.reading import check_shapes

import chainer
import chainer.functions as F
import chainer.links as L

__all__ = ['load_classifier', 'save_classifier']


class BaseClassifier(chainer.Chain):
    """Names the dish in a photo; of categories in label order and the side, in pixels, of the
    photos that it is trained on.

    Sub-classes have ``network`` (str), the name that files and commands know them by,
    ``pooled(x)``, features (B, D) of photos, and ``head``, the linear link from those to logits,
    whose weights start at 0.
    """

    def __init__(self, categories, image_size):
        super().__init__()
        self.categories, self.image_size = tuple(categories), image_size

    def forward(self, x):
        """Photos, float32 (B, 3, H, W) in [-1, 1], to logits, float32 (B, c_dim)."""
        return self.head(self.pooled(x))

    def scores(self, x):
        """What speaks for each category, the photo and its mirror image having a say each.

        Args:
            x (numpy.ndarray): float32 (B, 3, H, W) in [-1, 1].

        Returns:
            numpy.ndarray: float32 (B, c_dim), the sum of the two photos' logits.
        """
        mirrored = numpy.ascontiguousarray(x[..., ::-1])
        return kernels.see(self, lambda x, mirrored: self(x) + self(mirrored), x, mirrored)

    def predict(self, x):
        """The category of each photo, int (B,); see :meth:`scores`."""
        return self.scores(x).argmax(axis=1)

    def score_all(self, pictures, batch_size=64):
        """The scores of each picture of a data set, float32 (N, c_dim)."""
        found = []
        for start in range(0, len(pictures), batch_size):
            rows = range(start, min(start + batch_size, len(pictures)))
            x, _ = chainer.dataset.concat_examples([pictures[row] for row in rows])
            found.append(self.scores(x))
        return numpy.concatenate(found)


class Block(chainer.Chain):
    """Two batch-normalised 3 x 3 convolutions beside a skip, then ReLU (He et al. 2016); the output
    has half the input's size.
    """

    def __init__(self, in_channels, out_channels, rng):
        super().__init__()
        with self.init_scope():
            self.conv1 = Convolution2D(in_channels, out_channels, 3, 2, 1, nobias=True, rng=rng)
            self.norm1 = L.BatchNormalization(out_channels)
            self.conv2 = Convolution2D(out_channels, out_channels, 3, 1, 1, nobias=True, rng=rng)
            # At 0 the block starts as its skip alone, which is easier to train (Goyal et al. 2017).
            self.norm2 = L.BatchNormalization(out_channels, initial_gamma=0)
            self.skip = Convolution2D(in_channels, out_channels, 1, 2, nobias=True, rng=rng)
            self.norm_skip = L.BatchNormalization(out_channels)

    def forward(self, x):
        h = relu(self.norm1(self.conv1(x)))
        return relu(self.norm2(self.conv2(h)) + self.norm_skip(self.skip(x)))


class Classifier(BaseClassifier):
    """A convolution and four residual blocks, each halving the size, then the mean over the pixels.

    1.2 million parameters at the default.

    Args:
        categories, image_size: See :class:`BaseClassifier`.
        conv_dim (int): Channels of the first convolution; each block but the first doubles them.
        rng (numpy.random.Generator): Where the initial weights come from; None for fresh ones.

    Attributes:
        conv_dim (int): As given.
    """

    network = 'small'

    def __init__(self, categories, image_size, conv_dim=32, *, rng=None):
        super().__init__(categories, image_size)
        self.conv_dim = conv_dim
        rng = numpy.random.default_rng() if rng is None else rng
        with self.init_scope():
            self.stem = Convolution2D(3, conv_dim, 5, 2, 2, nobias=True, rng=rng)
            self.norm = L.BatchNormalization(conv_dim)
            self.block1 = Block(conv_dim, conv_dim, rng)
            self.block2 = Block(conv_dim, 2 * conv_dim, rng)
            self.block3 = Block(2 * conv_dim, 4 * conv_dim, rng)
            self.block4 = Block(4 * conv_dim, 8 * conv_dim, rng)
            self.head = L.Linear(8 * conv_dim, len(self.categories), initialW=0)

    def pooled(self, x):
        """Photos, float32 (B, 3, H, W) in [-1, 1], to features, float32 (B, 8 conv_dim)."""
        return F.mean(self.maps(x)[-1], axis=(2, 3))

    def maps(self, x):
        """What the stem and each block make of photos (list of Variables), each half the size."""
        found = [relu(self.norm(self.stem(x)))]
        for block in (self.block1, self.block2, self.block3, self.block4):
            found.append(block(found[-1]))
        return found


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
    """The shapes of all arrays of a :class:`Classifier` by Chainer's keys, without making it.

    Every side of an array is a constant and multiples of both sizes: three tiny networks tell all.
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
