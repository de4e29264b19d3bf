"""How large a photo is read."""

import numpy
import pytest
from PIL import Image

from chainer_foodgan.datasets import transforms
from chainer_foodgan.datasets.base import ImageDataset, Photo

BOX = (0.25, 0.25, 1., 0.75)


@pytest.fixture
def make(tmp_path):
    """Makes a data set of two photos of 800 x 600 pixels, the second with a box."""
    rows, columns = numpy.mgrid[:600, :800].astype(float)
    waves = 100 + 50 * numpy.sin(rows / 20) + 40 * numpy.cos(columns / 9 + rows / 30)
    pixels = numpy.stack([waves, columns / 4, rows / 3], axis=2).astype(numpy.uint8)
    Image.fromarray(pixels).save(str(tmp_path / 'photo.jpg'), quality=95)
    photos = [Photo(str(tmp_path / 'photo.jpg'), label, box)
              for label, box in enumerate((None, BOX))]
    return lambda transform: ImageDataset(photos, ('pho', 'soba'), tmp_path, transform, seed=3)


@pytest.mark.parametrize('index, enough, size', [
    (0, 300, (800, 600)), (0, 151, (800, 600)), (0, 150, (400, 300)), (0, 75, (200, 150)),
    # The box is 600 x 300: half of the height is the smaller share.
    (1, 100, (600, 300)), (1, 76, (600, 300)), (1, 75, (300, 150)), (1, 37, (150, 75)),
    (1, 1, (75, 37))])
def test_enough_is_of_the_dish(make, index, enough, size):
    image = make(None).image(index, enough)
    assert image.size == pytest.approx(size, abs=1)
    whole = make(None).image(index).resize(image.size, Image.Resampling.BOX)
    assert abs(numpy.asarray(image).astype(int) - numpy.asarray(whole)).mean() < 3


def test_the_transform_says_what_is_enough(make):
    """A random crop of at least half of 600 x 600 or 300 x 300 pixels, scaled to 32 x 32."""
    transform = transforms.TrainTransform(32, random_resized_crop=(0.5, 1.))
    seen = []

    def spy(image, rng):
        seen.append(image.size)
        return transform(image, rng)

    spy.enough = transform.enough
    for index in (0, 1):
        whole = make(lambda image, rng: transform(image, rng))[index][0]
        small = make(spy)[index][0]
        # At least 2 * 32 / sqrt(0.5) = 91 pixels are left of the shorter side.
        assert abs(small - whole).mean() * 127.5 < 3
    assert seen == [(200, 150), (300, 150)]


def test_the_originals_crop_counts_the_pixels_of_the_file(make):
    flips = 0
    for epoch in range(20):
        example, label = make(transforms.TrainTransform(96))[2 * epoch]
        with Image.open(make(None).photos[0].file) as photo:
            square = photo.crop((272, 172, 528, 428)).resize((96, 96), Image.Resampling.BILINEAR)
        expected = numpy.asarray(square).transpose(2, 0, 1).astype(numpy.float32) / 127.5 - 1
        mirrored = (example == expected[:, :, ::-1]).all()
        assert mirrored or (example == expected).all()
        flips += mirrored
    assert 0 < flips < 20
