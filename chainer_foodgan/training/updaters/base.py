"""What every updater, and every system around one, has besides its own."""

import numpy

from chainer_foodgan import images, kernels
from chainer_foodgan.datasets import transforms
from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.datasets.opening import open_dataset
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.parallel import ALONE, Draws

import chainer

SAMPLE_PHOTOS = 8


class Updater(chainer.training.updaters.StandardUpdater):
    """Base class of the systems' updaters.

    Everything random in iteration t is drawn from a generator made of (seed, t), so saving the
    iteration's number saves the randomness, and nothing else in the process can disturb it.

    Args:
        iterator (chainer.dataset.Iterator): Batches; an epoch is a whole number of them (see
            :class:`chainer_foodgan.datasets.sampling.SeededOrder`).
        optimizer (dict): Name of a network to its
            :class:`chainer_foodgan.training.optimizer.Adam`.
        seed (int): Seed of the updater's randomness.
        device (str or chainer.backend.Device): Where to compute; the networks are moved there.
        comm (Communicator): Who trains together. The iterator then hands out the rank's share
            of each batch, and what is reported is averaged over the ranks.
    """

    def __init__(self, iterator, optimizer, *, seed=0, device='@numpy', comm=ALONE):
        super().__init__(iterator, optimizer, device=device, auto_new_epoch=False)
        self.seed = seed
        self.comm = comm

    def update(self):
        super().update()
        if self.comm.size > 1:
            observation = chainer.reporter.get_current_reporter().observation
            observation.update(self.comm.mean(observation))

    def rng(self):
        """The generator of the iteration that is going on."""
        return numpy.random.default_rng((self.seed, self.iteration))

    def draws(self):
        """The same generator, for what belongs to the batch: the rank's share of every draw."""
        return Draws(self.rng(), self.comm)

    @property
    def batches_done(self):
        """Batches of the current epoch that have been used: 0 at its start."""
        iterator = self.get_iterator('main')
        return iterator.current_position // iterator.batch_size

    @property
    def place(self):
        """Epoch and iteration within it of the last update, both from 1, as files are named."""
        iterator = self.get_iterator('main')
        if iterator.is_new_epoch:
            whole_batch = iterator.batch_size * self.comm.size
            return iterator.epoch, len(iterator.dataset) // whole_batch
        return iterator.epoch + 1, self.batches_done

    def next_batch(self):
        """Arrays of the next batch (of the rank's share), on the device."""
        return self.converter(self.get_iterator('main').next(), self.device)


def report(losses, link):
    """Reports losses under the link's name: ``dis/loss_gp`` and so on."""
    chainer.report({'loss_' + name: loss.array for name, loss in losses.items()}, link)


class System:
    """A system of a SystemConfig: its data, its networks, its updater, and what is shown and saved
    of it.

    Sub-classes have ``losses`` (what the log shows of them, names as the updater reports them) and
    the methods that raise ``NotImplementedError`` here. A FoodganError where the data cannot be
    used, or options do not fit together.

    Attributes:
        config: As given.
        dataset: What to train on.
        categories (tuple of str): Names in label order.
    """

    losses = ()
    #: Whether several processes can share its batches: none of its layers mixes samples.
    shares_batches = False

    def __init__(self, config):
        self.config = config
        self.dataset = self.open()
        self.categories = tuple(self.dataset.categories)
        self.check()

    def open(self):
        """The data set."""
        return open_photos(self.config)

    def check(self):
        """Raises a FoodganError where sizes do not fit."""

    def even(self):
        """The labels by which the categories are drawn evenly; None: photos as they come."""
        return None

    def networks(self, rng):
        """The networks to train (dict), links ``gen`` and ``dis``, whose initial weights come from
        a generator."""
        raise NotImplementedError

    def begin(self, networks):
        """Fills networks whose training begins with what they are to begin with."""

    def constrain(self, optimizers):
        """Adds hooks to the optimizers, ``gen`` and ``dis``."""

    def updater(self, iterator, optimizers, **options):
        """The updater, see :class:`chainer_foodgan.training.updaters.base.Updater`."""
        raise NotImplementedError

    def rows(self, gen):
        """What to show of a generator, the one in training or the average of its weights: rows
        (list of list of PIL.Image.Image), always of the same photos, and the titles of the columns.
        """
        raise NotImplementedError

    def evaluation(self, gen):
        """An extension that judges a generator meanwhile, or None."""

    def weights(self, gen, dis):
        """What to save of networks as they are to be used (dict): what the file's name ends in to
        ``(link, meta)``, see :func:`chainer_foodgan.weights.save`."""
        return {'G': (gen, self.meta()), 'D': (dis, self.meta())}

    def targets(self):
        """The categories that :meth:`translate` knows (tuple of str); none from noise."""
        return ()

    def translate(self, links, x, target):
        """Changes pictures, float32 (B, 3, H, W) in [-1, 1], into one of :meth:`targets`; ``links``
        are those that :meth:`weights` saves, by the names that the files end in."""
        raise NotImplementedError

    def meta(self, **more):
        """What the files of weights say of themselves."""
        return {'system': self.config.system, 'categories': list(self.categories),
                'image_size': self.config.image_size, **more}


class LabelSystem(System):
    """A system of one generator, which is told the target by a label vector."""

    shares_batches = True

    def targets(self):
        return self.categories

    def translate(self, links, x, target):
        c = numpy.zeros((len(x), len(self.categories)), numpy.float32)
        c[:, self.categories.index(target)] = 1
        return run(links['G'], x, c)

    def shown(self, gen, photo):
        """A photo (float32 (3, H, W)) as every category: float32 (c_dim, 3, H, W)."""
        c = numpy.eye(len(self.categories), dtype=numpy.float32)
        return run(gen, numpy.stack(len(c) * [photo]), c)


def open_photos(config):
    """The photos that the arguments name: a folder, a list, a manifest, or rendered bowls."""
    if config.images is None:
        return RenderedBowls(
            config.bowls, config.image_size, config.seed,
            **({'categories': config.categories} if config.categories else {}))
    crop = (config.random_resized_crop, 1.) if config.random_resized_crop else None
    return open_dataset(
        config.images, config.list, transforms.TrainTransform(config.image_size, config.crop_size,
                                                 random_resized_crop=crop),
        categories=config.categories, seed=config.seed, skip_bad=config.skip_bad, test=config.test)


def sample_indices(dataset):
    """Indices of a few photos of different categories, always the same ones."""
    labels = dataset.labels if dataset.labels.ndim == 1 else dataset.labels.argmax(axis=1)
    first = [numpy.flatnonzero(labels == label) for label in range(len(dataset.categories))]
    rounds = [indices[n] for n in range(SAMPLE_PHOTOS) for indices in first if n < len(indices)]
    return rounds[:SAMPLE_PHOTOS]


def run(link, *arrays):
    """What a network, on any device, makes of arrays as it is used, not trained (numpy.ndarray)."""
    return kernels.see(link, link, *arrays)


def pictures(batch):
    """A batch of arrays, float (B, 3, H, W) in [-1, 1], as a list of PIL images."""
    return [images.to_image(array) for array in batch]


def multiple_of(image_size, number, why):
    """Raises a FoodganError unless the image size is a multiple of a number."""
    if image_size % number:
        raise FoodganError(f'--image-size {image_size} is no multiple of {number}: {why}')
