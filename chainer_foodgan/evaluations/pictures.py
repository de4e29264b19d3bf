"""The pictures that classifiers and generators are trained and tested on."""

import pathlib

import numpy
from PIL import Image, ImageOps

from chainer_foodgan import images
from chainer_foodgan.datasets.base import ImageDataset, Photo
from chainer_foodgan.datasets.pairs import read_teacher_pairs
from chainer_foodgan.datasets.sampling import Cache, EpochDataset, one_each
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.evaluations.controls import palette


class Pictures(EpochDataset):
    """Some pictures of a data set (those at ``indices``, or all), seen through a transform ``(PIL
    image, rng) -> PIL image``, with one category each.

    Sampling is that of every data set of this package: an example is a function of ``(seed, epoch,
    index)`` alone.

    ===================  ===============  ========  =========================
    name                 shape            dtype     range
    ===================  ===============  ========  =========================
    ``x``                (3, S, S)        float32   [-1, 1]; RGB
    ``label``            scalar           int32     [0, len(categories) - 1]
    ===================  ===============  ========  =========================

    Pictures are held once they were asked for, in ``cache_size`` bytes: a bowl takes longer to
    draw, and a photo to decode, than to look at. ``categories`` are those of the data set,
    ``labels`` int32 (N,); a FoodganError says that a list file names no category, or several, for a
    photo.
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


def open_translations(root, categories, skip_bad=False):
    """Opens pictures that are translations already, in a sub-folder per target category.

    Not every category, of names in label order, needs a folder; without names they are those of the
    sub-folders, sorted. Returns an ImageDataset without a transform; a FoodganError says that there
    is no such folder, that a sub-folder has no category's name, or that no picture is in them.
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


class TeacherPictures:
    """A teacher's photos (list of TeacherPhoto) as a data set that knows the true translations.

    ===================  ===============  ========  ==========================
    name                 shape            dtype     range
    ===================  ===============  ========  ==========================
    ``x``                (3, S, S)        float32   [-1, 1]; RGB, the photo
    ``label``            scalar           int32     [-1, len(categories) - 1]
    ===================  ===============  ========  ==========================

    Pictures are whole, scaled by Lanczos to so many pixels along a side; of those that are no
    squares the largest centred square. A photo of a dish that is none of the categories has the
    label -1.
    """

    def __init__(self, photos, categories, size):
        self.photos, self.categories, self.size = photos, tuple(categories), size
        self.labels = numpy.array([
            self.categories.index(photo.source) if photo.source in self.categories else -1
            for photo in photos], numpy.int32)

    def __len__(self):
        return len(self.photos)

    def __getitem__(self, index):
        return images.to_array(self._read(self.photos[index].file)), self.labels[index]

    def render(self, index, category):
        """The teacher's picture of a photo as a dish (str), a PIL image (RGB, size x size)."""
        return self._read(self.photos[index].results[category])

    def mask(self, index):
        """Where the food is: nobody knows, so None."""

    def palettes(self):
        """The colours of the teacher's pictures of each category, name to Palette."""
        return {name: palette(images.to_array(self.render(index, name))
                              for index in range(len(self))) for name in self.categories}

    def _read(self, path):
        return ImageOps.fit(images.read_image(path), (self.size, self.size),
                            Image.Resampling.LANCZOS)


def open_teacher_pictures(root, hold_out, categories, size):
    """The photos to judge on, and those whose results say what colours a dish has: two
    TeacherPictures of so many pixels along a side.

    The former are the last ``hold_out`` photos of each source dish, or all. The latter are all
    others, so that a control knows no more than a pupil does; they are the same photos where none
    are left.
    """
    everything, _ = read_teacher_pairs(root, categories=categories)
    judged = (read_teacher_pairs(root, 'test', hold_out, categories)[0] if hold_out
              else everything)
    files = {photo.file for photo in judged}
    others = [photo for photo in everything if photo.file not in files]
    return (TeacherPictures(judged, categories, size),
            TeacherPictures(others or judged, categories, size))
