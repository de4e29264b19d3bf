"""Networks that name the dish in a photo: what they have in common, and a small residual one."""

import numpy

from chainer_foodgan.functions.activations import relu
from chainer_foodgan.links import Convolution2D

import chainer
import chainer.functions as F
import chainer.links as L


class BaseClassifier(chainer.Chain):
    """Names the dish in a photo.

    Sub-classes have ``network`` (str), the name that files and commands know them by,
    ``pooled(x)``, features (B, D) of photos, and ``head``, the linear link from those to logits,
    whose weights start at 0.

    Args:
        categories (sequence of str): Names in label order.
        image_size (int): Side of the photos that it is trained on, in pixels.

    Attributes:
        categories (tuple of str), image_size (int): As given.
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
        with chainer.using_config('train', False), chainer.no_backprop_mode():
            return (self(x) + self(numpy.ascontiguousarray(x[..., ::-1]))).array

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
