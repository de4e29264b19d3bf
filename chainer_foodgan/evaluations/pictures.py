"""The pictures that a classifier is trained on, and those that it and generators are tested on."""

import pathlib

import numpy
from PIL import Image, ImageEnhance

from chainer_foodgan import images
from chainer_foodgan.datasets import transforms
from chainer_foodgan.datasets.base import ImageDataset, Photo
from chainer_foodgan.datasets.cache import Cache
from chainer_foodgan.datasets.sampling import EpochDataset
from chainer_foodgan.errors import FoodganError


class Pictures(EpochDataset):
    """Some pictures of a data set, seen through a transform, with one category each.

    Sampling is that of every data set of this package: an example is a function of
    ``(seed, epoch, index)`` alone, and ``self[i]`` is picture ``i % N`` in epoch ``i // N``.

    ===================  ===============  ========  =========================
    name                 shape            dtype     range
    ===================  ===============  ========  =========================
    ``x``                (3, S, S)        float32   [-1, 1]; RGB
    ``label``            scalar           int32     [0, len(categories) - 1]
    ===================  ===============  ========  =========================

    Args:
        dataset: Photos or rendered bowls; ``image(index)``, ``labels`` and ``categories`` are used.
        transform (callable): ``(PIL image, rng) -> PIL image``.
        indices (sequence of int): Which pictures; None: all.
        seed (int): Not negative.
        cache_size (int): Bytes for pictures that are held once they were asked for: a bowl takes
            longer to draw, and a photo to decode, than to look at.

    Attributes:
        categories (tuple of str): Names in label order.
        labels (numpy.ndarray): int32 (N,).

    Raises:
        FoodganError: A list file names no category, or several, for one of its photos.
    """

    def __init__(self, dataset, transform, indices=None, seed=0, cache_size=2 ** 30):
        self.categories = dataset.categories
        self._dataset, self._transform, self._seed = dataset, transform, seed
        self._indices = numpy.arange(len(dataset)) if indices is None else numpy.array(indices, int)
        self.labels = one_each(dataset)[self._indices]
        self._cache = Cache(cache_size)

    def __len__(self):
        return len(self._indices)

    def example(self, epoch, index):
        rng = numpy.random.default_rng((self._seed, epoch, index))
        number = int(self._indices[index])
        image = self._cache(number, lambda: numpy.asarray(self._dataset.image(number)))
        image = self._transform(Image.fromarray(image), rng)
        return images.to_array(image), self.labels[index]


class ClassifierTransform(transforms.TrainTransform):
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


def open_translations(root, categories, skip_bad=False):
    """Opens pictures that are translations already, in a sub-folder per target category.

    Args:
        root (str or os.PathLike): The folder of the sub-folders; not every category needs one.
        categories (sequence of str): Names in label order; None: those of the sub-folders, sorted.
        skip_bad (bool): See :class:`~chainer_foodgan.datasets.base.ImageDataset`.

    Returns:
        chainer_foodgan.datasets.base.ImageDataset: Without a transform.

    Raises:
        FoodganError: There is no such folder, it has no sub-folders or one that has no category's
            name, or no picture is in them.
    """
    root = pathlib.Path(root)
    if not root.is_dir():
        raise FoodganError('{}: it is {}; name the folder that holds a folder of translations for '
                           'every target'.format(root, 'a file' if root.exists() else 'not there'))
    folders = sorted(entry.name for entry in root.iterdir()
                     if entry.is_dir() and not entry.name.startswith('.'))
    categories = folders if categories is None else categories
    others = [name for name in folders if name not in categories]
    if others or not folders:
        raise FoodganError('{}: it has {}; put the translations into sub-folders with the names of '
                           'their targets: {}'.format(
                               root, 'the sub-folders ' + ', '.join(others) if others
                               else 'no sub-folders', ', '.join(categories)))
    photos = [Photo(str(file), label) for label, name in enumerate(categories) if name in folders
              for file in images.find_images(root / name, recursive=True)]
    return ImageDataset(photos, categories, root, skip_bad=skip_bad, every_category=False)


def one_each(dataset):
    """The labels of a data set as one category a picture, int32 (N,).

    Raises:
        FoodganError: A list file names no category, or several, for one of its photos.
    """
    if dataset.labels.ndim == 1:
        return dataset.labels
    counts = dataset.labels.sum(axis=1)
    if (counts != 1).any():
        index = int(numpy.argmax(counts != 1))
        raise FoodganError('{}: the list gives it {:.0f} of the categories; here every photo needs '
                           'exactly one: choose other --categories or another list'.format(
                               dataset.photos[index].file, counts[index]))
    return dataset.labels.argmax(axis=1).astype(numpy.int32)


def hold_out(labels, share, seed):
    """Splits pictures in two, each category alike.

    Args:
        labels (numpy.ndarray): int (N,).
        share (float): Share of each category that is held out, in (0, 1), rounded, at least one.
        seed (int): Another seed holds out others.

    Returns:
        tuple: Indices of the pictures to train on and of those held out, both in order.
    """
    rng = numpy.random.default_rng(seed)
    held = []
    for label in numpy.unique(labels):
        indices = rng.permutation(numpy.flatnonzero(labels == label))
        held.append(indices[:max(1, round(share * len(indices)))])
    held = numpy.sort(numpy.concatenate(held))
    return numpy.setdiff1d(numpy.arange(len(labels)), held), held
