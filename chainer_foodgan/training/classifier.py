"""Training a classifier on few photos."""

from __future__ import annotations

import dataclasses
import math
import os

import numpy
from PIL import ImageEnhance

from chainer_foodgan import files, gpus, kernels
from chainer_foodgan.config import ClassifierConfig
from chainer_foodgan.datasets import transforms
from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.datasets.iterators import make_iterator
from chainer_foodgan.datasets.opening import open_dataset
from chainer_foodgan.datasets.sampling import SeededOrder, hold_out, one_each
from chainer_foodgan.datasets.transforms import TrainTransform
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.evaluations import figures
from chainer_foodgan.evaluations.classifier import Classifier, save_classifier
from chainer_foodgan.evaluations.controls import WithFakes
from chainer_foodgan.evaluations.imagenet import FineTuned
from chainer_foodgan.evaluations.pictures import Pictures
from chainer_foodgan.training.optimizer import Adam

import chainer
import chainer.functions as F

#: What options are for a network where they are not given: pixels, learning rate.
_DEFAULTS = {'small': (64, 0.003), 'vgg16': (224, 0.0001), 'resnet50': (224, 0.0001)}


@dataclasses.dataclass
class ClassifierResult:
    """A classifier that was trained.

    Attributes:
        classifier (BaseClassifier): The network; ``categories`` are in label order.
        path (str): Its file.
        confusion (numpy.ndarray): int (c_dim, c_dim), test pictures by what they are (rows) and
            what they are taken for (columns).
        accuracy (dict): ``test_accuracy`` and, of more than five categories,
            ``test_accuracy_top_5``, in [0, 1].
        trained_on, tested_on (str): Which pictures, for a person.
    """

    classifier: object
    path: str
    confusion: numpy.ndarray
    accuracy: dict[str, float]
    trained_on: str
    tested_on: str


def fit_classifier(config: ClassifierConfig, progress=None) -> ClassifierResult:
    """Trains a network that names dishes, tests it on pictures that it has not seen, and saves it.

    Args:
        config (ClassifierConfig): On what, and how.
        progress (callable): See :func:`fit`.

    Returns:
        ClassifierResult: The classifier, its file and its test.

    Raises:
        FoodganError: The data or the network's start cannot be used, there is nothing to test on,
            or the file cannot be written.
    """
    device = gpus.device(config.device)
    kernels.precision(config.precision, device)
    # Better now than after the training.
    if not config.out.endswith('.npz'):
        raise FoodganError(f'{config.out}: a classifier is saved as .npz; choose such a name')
    files.make_folder(os.path.dirname(config.out) or '.')
    size, lr = _DEFAULTS[config.network]
    config = dataclasses.replace(config, image_size=config.image_size or size, lr=config.lr or lr)
    (train, trained_on), (test, tested_on) = _pictures(config)
    classifier = kernels.to_device(_network(config, train.categories), device)
    with chainer.using_config('torch_precision', config.precision):
        fit(classifier, train, num_epochs=config.num_epochs, batch_size=config.batch_size,
            lr=config.lr, seed=config.seed, num_workers=config.num_workers, progress=progress)
    scores = classifier.score_all(test)
    counts = figures.confusion(test.labels, scores.argmax(axis=1), len(test.categories))
    accuracy = {'test_accuracy': float(numpy.trace(counts) / counts.sum())}
    if len(test.categories) > 5:
        accuracy['test_accuracy_top_5'] = figures.top(scores, test.labels, 5)
    save_classifier(classifier, config.out, {
        **accuracy, 'confusion': counts.tolist(), 'trained_on': trained_on,
        'tested_on': tested_on, 'epoch': config.num_epochs, 'seed': config.seed,
        'start': config.start or ('random' if config.network == 'small' else 'imagenet')})
    return ClassifierResult(classifier, config.out, counts, accuracy, trained_on, tested_on)


class ClassifierTransform(TrainTransform):
    """A random square of the image size, mirrored by chance, with at least ``share`` of the area of
    the photo's largest centred square; brightness, contrast and saturation change by up to
    ``jitter``.

    Mildly on purpose: colour tells much of a dish, and the crop must not enlarge small photos,
    whose blur would give their category away.
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
    """Trains a classifier in place, the same way for the same seed.

    Adam with a learning rate that rises to ``lr``, then falls along half a cosine; categories drawn
    evenly; targets of which a share is spread over all categories (``smoothing``: Szegedy et al.
    2016). ``pictures`` is a data set of (x float32 (3, S, S) in [-1, 1], label int32), with
    ``labels``; ``num_workers`` threads read it. ``progress`` is called after each epoch with its
    number, mean loss and accuracy on the (changed) pictures. A FoodganError for fewer pictures than
    one batch, or a loss that is not finite.
    """
    if len(pictures) < batch_size:
        raise FoodganError(f'{len(pictures)} pictures are fewer than one batch of {batch_size}: '
                           'lower --batch-size')
    optimizer = Adam(lr, beta1=0.9).setup(classifier)
    iterator = make_iterator(pictures, batch_size, SeededOrder(seed, batch_size, pictures.labels),
                             num_workers)
    updates = num_epochs * (len(pictures) // batch_size)
    losses, hits = [], []
    try:
        for update in range(updates):
            optimizer.alpha = lr * height((update + 0.5) / updates)
            x, label = chainer.dataset.concat_examples(iterator.next(), classifier.device)
            y = classifier(x)
            loss = smoothed_cross_entropy(y, label, smoothing)
            if not numpy.isfinite(float(loss.array)):
                raise FoodganError(f'the loss is not finite in epoch {iterator.epoch + 1}: '
                                   'lower --lr')
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
    """Softmax cross-entropy of logits (B, c_dim) and labels int (B,), a scalar, the mean over the
    batch; a share of the target in [0, 1) is spread evenly over all categories."""
    return ((1 - smoothing) * F.softmax_cross_entropy(y, label)
            - smoothing * F.mean(F.log_softmax(y)))


def _network(config, categories):
    """The network at its start; a FoodganError where what it should start from cannot be had."""
    rng = numpy.random.default_rng(config.seed)
    if config.network == 'small':
        if config.start not in (None, 'random'):
            raise FoodganError(f'--start {config.start}: the small network starts from random '
                               'numbers; name --network vgg16 or resnet50')
        return Classifier(categories, config.image_size, config.conv_dim, rng=rng)
    start = None if config.start == 'random' else config.start or 'imagenet'
    return FineTuned(categories, config.image_size, config.network, start, rng=rng)


def _pictures(config):
    """The pictures to train and to test on, each a pair of Pictures and a description; a
    FoodganError where the data cannot be used, or there is nothing to test on."""
    def rendered(count, seed):
        options = {'categories': config.categories} if config.categories else {}
        return (RenderedBowls(count, config.image_size, seed, **options),
                f'rendered bowls of seed {seed}')

    def photos(root, list_file=None, split='train', categories=config.categories):
        dataset = open_dataset(root, list_file, split=split, categories=categories,
                               skip_bad=config.skip_bad, test=config.hold_out)
        source = os.path.basename(os.path.abspath(list_file or root))
        return dataset, f'{source}, split {split}' if dataset.split else source

    def described(dataset, name, transform, indices=None):
        chosen = Pictures(dataset, transform, indices, config.seed)
        name = f'{len(chosen)} pictures of {name}'
        if config.fakes:
            # As many as there are of a dish on average, or the share of that.
            fakes = round(config.fakes * len(chosen) / len(chosen.categories))
            whole = WithFakes(dataset, fakes, config.seed, indices)
            chosen = Pictures(whole, transform, None, config.seed)
            name += f' and {fakes} fakes'
        return chosen, name

    dataset, name = (rendered(config.bowls, config.bowls_seed) if config.images is None
                     else photos(config.images, config.list))
    train = ClassifierTransform(config.image_size)
    test = transforms.EvalTransform(config.image_size, math.inf)
    if config.hold_out and not getattr(dataset, 'draws_test', False):
        kept, held = hold_out(one_each(dataset), config.hold_out, config.seed)
        return (described(dataset, name, train, kept),
                described(dataset, name + ', held out', test, held))
    if config.test_images:
        others = photos(config.test_images, split=None, categories=dataset.categories)
    elif config.images is None:
        others = rendered(max(len(dataset.categories), config.bowls // 5), config.bowls_seed + 1)
    elif dataset.split:
        others = photos(config.images, config.list, 'test')
    else:
        raise FoodganError(f'{config.images}: a folder of photos names none to test on: add '
                           '--test-images DIR or --hold-out 0.2')
    return described(dataset, name, train), described(*others, test)
