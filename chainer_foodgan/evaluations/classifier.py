"""A small residual network that names the dish in a photo."""

import chainer
import chainer.functions as F
import chainer.links as L
import numpy

from chainer_foodgan import weights
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.functions.activations import relu
from chainer_foodgan.links import Convolution2D


class Block(chainer.Chain):
    """Two batch-normalised 3 x 3 convolutions beside a skip, then ReLU (He et al. 2016).

    Args:
        in_channels (int): Channels of the input.
        out_channels (int): Channels of the output, which has half its size.
        rng (numpy.random.Generator): Where the initial weights come from.
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


class Classifier(chainer.Chain):
    """Names the dish in a photo.

    A convolution and four residual blocks, each halving the size, then the mean over the pixels:
    1.2 million parameters at the default.

    Args:
        categories (sequence of str): Names in label order.
        image_size (int): Side of the photos that it is trained on, in pixels.
        conv_dim (int): Channels of the first convolution; each block but the first doubles them.
        rng (numpy.random.Generator): Where the initial weights come from; None for fresh ones.

    Attributes:
        categories (tuple of str), image_size, conv_dim (int): As given.
    """

    def __init__(self, categories, image_size, conv_dim=32, *, rng=None):
        super().__init__()
        self.categories, self.image_size = tuple(categories), image_size
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

    def forward(self, x):
        """Photos, float32 (B, 3, H, W) in [-1, 1], to logits, float32 (B, c_dim)."""
        h = relu(self.norm(self.stem(x)))
        for block in (self.block1, self.block2, self.block3, self.block4):
            h = block(h)
        return self.head(F.mean(h, axis=(2, 3)))

    def predict(self, x):
        """The category of each photo, the photo and its mirror image having a say each.

        Args:
            x (numpy.ndarray): float32 (B, 3, H, W) in [-1, 1].

        Returns:
            numpy.ndarray: int (B,).
        """
        with chainer.using_config('train', False), chainer.no_backprop_mode():
            y = self(x) + self(numpy.ascontiguousarray(x[..., ::-1]))
        return y.array.argmax(axis=1)

    def predict_all(self, pictures, batch_size=64):
        """The category of each picture of a data set, int (N,)."""
        found = []
        for start in range(0, len(pictures), batch_size):
            rows = range(start, min(start + batch_size, len(pictures)))
            x, _ = chainer.dataset.concat_examples([pictures[row] for row in rows])
            found.append(self.predict(x))
        return numpy.concatenate(found)


def confusion(label, found, c_dim):
    """How often pictures of a category (row) were taken for another (column).

    Args:
        label (numpy.ndarray): int (N,), what they are.
        found (numpy.ndarray): int (N,), what they were taken for.
        c_dim (int): Number of categories.

    Returns:
        numpy.ndarray: int (c_dim, c_dim).
    """
    counts = numpy.zeros((c_dim, c_dim), int)
    numpy.add.at(counts, (label, found), 1)
    return counts


def save_classifier(classifier, path, meta):
    """Writes a classifier as npz.

    Args:
        classifier (Classifier): The network.
        path (str or os.PathLike): Where to; the suffix is ``.npz``.
        meta (dict): What else is known: ``test_accuracy``, ``trained_on``, ...

    Raises:
        FoodganError: See :func:`chainer_foodgan.weights.save`.
    """
    weights.save(classifier, path, {
        'network': 'classifier', 'categories': list(classifier.categories),
        'image_size': classifier.image_size, 'conv_dim': classifier.conv_dim, **meta})


def load_classifier(path):
    """Reads what :func:`save_classifier` wrote.

    Args:
        path (str or os.PathLike): The file.

    Returns:
        tuple: The Classifier and the file's meta (dict).

    Raises:
        FoodganError: The file cannot be read or holds no classifier.
    """
    _, meta = weights.read_npz(path)
    try:
        if meta['network'] != 'classifier':
            raise FoodganError('{}: holds a {}; a classifier is made by `foodgan '
                               'train-classifier`'.format(path, meta['network']))
        classifier = Classifier(meta['categories'], meta['image_size'], meta['conv_dim'])
    except (KeyError, TypeError, ValueError) as error:
        raise FoodganError('{}: holds no classifier of this package ({!r} is not as it should be); '
                           'make one with `foodgan train-classifier`'.format(
                               path, error)) from error
    weights.load_into(classifier, path)
    return classifier, meta
