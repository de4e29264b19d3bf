"""Photos whose translations by a teacher are known, to measure translations by."""

import numpy
from PIL import Image, ImageOps

from chainer_foodgan import images
from chainer_foodgan.datasets.pairs import read_teacher_pairs
from chainer_foodgan.evaluations.controls import palette


class TaughtPictures:
    """A teacher's photos as a data set that knows the true translations.

    ===================  ===============  ========  ==========================
    name                 shape            dtype     range
    ===================  ===============  ========  ==========================
    ``x``                (3, S, S)        float32   [-1, 1]; RGB, the photo
    ``label``            scalar           int32     [-1, len(categories) - 1]
    ===================  ===============  ========  ==========================

    Pictures are whole, scaled by Lanczos; of those that are no squares the largest centred square.
    A photo of a dish that is none of the categories has the label -1.

    Args:
        photos (list of TaughtPhoto): Of
            :func:`~chainer_foodgan.datasets.pairs.read_teacher_pairs`.
        categories (sequence of str): Targets in label order.
        size (int): Pixels along a side.

    Attributes:
        categories (tuple of str): As given.
        labels (numpy.ndarray): int32 (N,).
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


def open_taught(root, hold_out, categories, size):
    """The photos to judge on, and those whose results say what colours a dish has.

    The latter are all others, so that a control knows no more than a pupil does; they are the same
    photos where none are left, as without anything held out.

    Args:
        root (str or os.PathLike): See
            :func:`~chainer_foodgan.datasets.pairs.read_teacher_pairs`.
        hold_out (int): Photos of each source dish, the last ones; 0: all photos.
        categories (sequence of str): Targets in label order.
        size (int): Pixels along a side.

    Returns:
        tuple: TaughtPictures and TaughtPictures.

    Raises:
        FoodganError: The folder cannot be used.
    """
    everything, _ = read_teacher_pairs(root, categories=categories)
    judged = (read_teacher_pairs(root, 'test', hold_out, categories)[0] if hold_out
              else everything)
    files = {photo.file for photo in judged}
    others = [photo for photo in everything if photo.file not in files]
    return (TaughtPictures(judged, categories, size),
            TaughtPictures(others or judged, categories, size))
