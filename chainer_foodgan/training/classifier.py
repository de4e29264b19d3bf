"""Training a classifier on few photos."""

import chainer
import chainer.functions as F
import numpy
from PIL import ImageEnhance

from chainer_foodgan.datasets.iterators import make_iterator
from chainer_foodgan.datasets.sampling import SeededOrder
from chainer_foodgan.datasets.transforms import TrainTransform
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.training.optimizer import Adam


class ClassifierTransform(TrainTransform):
    """A random square, mirrored by chance, with brightness, contrast and saturation changed.

    Mildly on purpose: colour tells much of a dish, and the crop must not enlarge small photos,
    whose blur would give their category away.

    Args:
        image_size (int): Side of the result, in pixels.
        share (float): Least share of the area of the photo's largest centred square.
        jitter (float): Greatest change of each of the three, as a share.
    """

    def __init__(self, image_size, share=0.45, jitter=0.2):
        super().__init__(image_size, random_resized_crop=(share, 1.))
        self.jitter = jitter

    def __call__(self, image, rng):
        image = super().__call__(image, rng)
        for enhance in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
            image = enhance(image).enhance(rng.uniform(1 - self.jitter, 1 + self.jitter))
        return image


def fit(classifier, pictures, *, num_epochs, batch_size=32, lr=3e-3, smoothing=0.1, seed=0,
        num_workers=1, progress=None):
    """Trains a classifier, the same way for the same seed.

    Adam with a learning rate that rises, then falls along half a cosine; categories drawn evenly;
    targets smoothed (Szegedy et al. 2016).

    Args:
        classifier (BaseClassifier): Is trained in place.
        pictures: A data set of (x float32 (3, S, S) in [-1, 1], label int32), with ``labels``.
        num_epochs (int): How often to see every picture.
        batch_size (int): Pictures in a batch.
        lr (float): Greatest learning rate.
        smoothing (float): Share of the target that is spread over all categories.
        seed (int): Of the order of the pictures.
        num_workers (int): Threads that read pictures.
        progress (callable): Called after each epoch with its number, mean loss and accuracy on
            the (changed) pictures it was trained on.

    Raises:
        FoodganError: Fewer pictures than one batch, or a loss that is not finite.
    """
    if len(pictures) < batch_size:
        raise FoodganError('{} pictures are fewer than one batch of {}: lower --batch-size'.format(
            len(pictures), batch_size))
    optimizer = Adam(lr, beta1=0.9).setup(classifier)
    iterator = make_iterator(pictures, batch_size, SeededOrder(seed, batch_size, pictures.labels),
                             num_workers)
    updates = num_epochs * (len(pictures) // batch_size)
    losses, hits = [], []
    try:
        for update in range(updates):
            optimizer.alpha = lr * height((update + 0.5) / updates)
            x, label = chainer.dataset.concat_examples(iterator.next())
            y = classifier(x)
            loss = smoothed_cross_entropy(y, label, smoothing)
            if not numpy.isfinite(loss.array):
                raise FoodganError('the loss is not finite in epoch {}: lower --lr'.format(
                    iterator.epoch + 1))
            optimizer.step(loss)
            losses.append(float(loss.array))
            hits.append(float((y.array.argmax(axis=1) == label).mean()))
            if iterator.is_new_epoch and progress is not None:
                progress(iterator.epoch, numpy.mean(losses), numpy.mean(hits))
                losses, hits = [], []
    finally:
        iterator.finalize()


def height(done):
    """The learning rate's course: up in the first tenth, then down half a cosine, in [0, 1]."""
    return min(1, 10 * done) * 0.5 * (1 + numpy.cos(numpy.pi * done))


def smoothed_cross_entropy(y, label, smoothing):
    """Softmax cross-entropy with a share of the target spread evenly over all categories.

    Args:
        y (Variable): Logits, float (B, c_dim).
        label (numpy.ndarray): int (B,).
        smoothing (float): The share, in [0, 1).

    Returns:
        Variable: Scalar, the mean over the batch.
    """
    return ((1 - smoothing) * F.softmax_cross_entropy(y, label)
            - smoothing * F.mean(F.log_softmax(y)))
