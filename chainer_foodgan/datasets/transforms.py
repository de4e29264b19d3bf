"""From a photo of any size to the square that the networks see.

A transform is called with a PIL RGB image and a ``numpy.random.Generator`` and returns a PIL RGB
image of ``image_size`` x ``image_size``. Its ``enough`` is how many pixels along the shorter side
of a photo it has a use for (see :func:`chainer_foodgan.images.read_image`), or None where it counts
the photo's own pixels, as a crop of so many does.
"""

import math

from PIL import Image


class EvalTransform:
    """Centre crop and resize, as the original prepares its test photos.

    Args:
        image_size (int): Side of the result, in pixels.
        crop_size (int): Side of the centre crop. A photo whose short side is smaller is cropped to
            its own short side.

    Source: ``data_loader.py`` of the original (``CenterCrop``, ``Scale``), which pads photos that
    are smaller than the crop with black instead.
    """

    enough = None

    def __init__(self, image_size, crop_size=256):
        self.image_size = image_size
        self.crop_size = crop_size

    def __call__(self, image, rng=None):
        return _resize(_centre(image, min(self.crop_size, *image.size)), self.image_size)


class TrainTransform:
    """Centre crop, resize and horizontal flip, as the original prepares its training photos.

    Args:
        image_size (int): Side of the result, in pixels.
        crop_size (int): As in :class:`EvalTransform`.
        flip (bool): Mirror every second photo, by chance.
        random_resized_crop (tuple of float): ``(low, high)`` takes the place of the centre crop
            (``crop_size`` is then not used): a square at a random place within the largest centred
            square of the photo, with a share of its area drawn evenly from that range, which is
            within (0, 1]. For small data sets; not part of the original.

    Raises:
        ValueError: ``random_resized_crop`` is not such a range.
    """

    def __init__(self, image_size, crop_size=256, flip=True, random_resized_crop=None):
        if random_resized_crop is not None:
            low, high = random_resized_crop
            if not 0 < low <= high <= 1:
                raise ValueError(f'random_resized_crop {random_resized_crop} is no range within '
                                 '(0, 1]')
        self.image_size = image_size
        self.crop_size = crop_size
        self.flip = flip
        self.random_resized_crop = random_resized_crop

    @property
    def enough(self):
        """What leaves ``image_size`` pixels along the side of the smallest crop."""
        if self.random_resized_crop is None:
            return None
        return math.ceil(self.image_size / math.sqrt(self.random_resized_crop[0]))

    def __call__(self, image, rng):
        if self.random_resized_crop is None:
            square = _centre(image, min(self.crop_size, *image.size))
        else:
            square = _random_square(
                _centre(image, min(image.size)), self.random_resized_crop, rng)
        square = _resize(square, self.image_size)
        if self.flip and rng.random() < 0.5:
            square = square.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        return square


def _centre(image, side):
    # torchvision's rounding: round() of Python, halves to even.
    left = round((image.width - side) / 2)
    top = round((image.height - side) / 2)
    return image.crop((left, top, left + side, top + side))


def _random_square(square, share, rng):
    largest = square.width
    side = max(1, round(largest * math.sqrt(rng.uniform(*share))))
    left, top = rng.integers(0, largest - side, size=2, endpoint=True).tolist()
    return square.crop((left, top, left + side, top + side))


def _resize(square, size):
    return square.resize((size, size), Image.Resampling.BILINEAR)
