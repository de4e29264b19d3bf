"""From a photo to the square that networks see, and how large the photo is read for it."""

import numpy
import pytest
from PIL import Image

from chainer_foodgan.datasets import transforms
from chainer_foodgan.datasets.base import ImageDataset, Photo


def ramp(width, height):
    """Red is the column, green the row of a pixel."""
    rows, columns = numpy.mgrid[:height, :width]
    return Image.fromarray(numpy.stack([columns, rows, 0 * rows], axis=2).astype(numpy.uint8))


def corners(image):
    """(left, top, right, bottom) columns and rows of a ramp that was cropped."""
    array = numpy.asarray(image)
    return array[0, 0, :2].tolist() + array[-1, -1, :2].tolist()


class Flips:
    """A random generator that always, or never, flips."""

    def __init__(self, flip):
        self.random = lambda: 0. if flip else 0.999


@pytest.mark.parametrize('size, expected', [
    ((100, 60), [30, 10, 69, 49]),
    ((60, 100), [10, 30, 49, 69]),
    ((40, 40), [0, 0, 39, 39]),
    # Halves go to the even number, as torchvision's round() does: 30.5 -> 30, 31.5 -> 32.
    ((101, 103), [30, 32, 69, 71]),
    ((103, 101), [32, 30, 71, 69]),
])
def test_centre_crop(size, expected):
    for transform in (transforms.EvalTransform(40, 40),
                      transforms.TrainTransform(40, 40, flip=False)):
        image = transform(ramp(*size), numpy.random.default_rng(0))
        assert image.size == (40, 40) and corners(image) == expected


@pytest.mark.parametrize('size, expected', [
    ((200, 30), [85, 0, 114, 29]), ((30, 50), [0, 10, 29, 39])])
def test_small_photos_are_cropped_to_their_short_side(size, expected):
    assert corners(transforms.EvalTransform(30, 256)(ramp(*size))) == expected


def test_the_defaults_are_the_originals():
    assert corners(transforms.EvalTransform(256)(Image.new('RGB', (256, 256)))) == [0, 0, 0, 0]
    image = ramp(256, 256).resize((512, 512), Image.Resampling.NEAREST)
    assert corners(transforms.EvalTransform(256)(image)) == [64, 64, 191, 191]


def test_resize_down_is_an_area_weighted_mean():
    # Bilinear at half the size: weights 1/8, 3/8, 3/8, 1/8 along each side, so a ramp stays one.
    image = numpy.asarray(transforms.EvalTransform(64, 128)(ramp(128, 128))).astype(float)
    expected = 2 * numpy.arange(64) + 0.5
    assert abs(image[:, 1:-1, 0] - expected[1:-1]).max() <= 0.5
    assert abs(image[1:-1, :, 1] - expected[1:-1, None]).max() <= 0.5
    # A nearest or plain two-pixel resize would keep stripes; the weighted mean of these is grey.
    stripes = numpy.zeros((128, 128, 3), numpy.uint8)
    stripes[:, ::2] = 200
    small = numpy.asarray(transforms.EvalTransform(32, 128)(Image.fromarray(stripes)))
    assert abs(small[:, 1:-1].astype(int) - 100).max() <= 1


def test_resize_up():
    image = numpy.asarray(transforms.EvalTransform(80, 20)(ramp(60, 20))).astype(float)
    expected = 20 + (numpy.arange(80) + 0.5) / 4 - 0.5
    assert abs(image[5, 2:-2, 0] - expected[2:-2]).max() <= 0.5
    # A straight line between the two sides of an edge: no overshoot, as bicubic would give.
    edge = numpy.full((20, 20, 3), 50, numpy.uint8)
    edge[:, 10:] = 200
    row = numpy.asarray(transforms.EvalTransform(80, 20)(Image.fromarray(edge)))[5, :, 0]
    assert row[36:44].tolist() == [50, 50, 69, 106, 144, 181, 200, 200]


def test_flip():
    straight = transforms.TrainTransform(40, 40)(ramp(100, 60), Flips(False))
    flipped = transforms.TrainTransform(40, 40)(ramp(100, 60), Flips(True))
    assert (numpy.asarray(flipped) == numpy.asarray(straight)[:, ::-1]).all()
    never = transforms.TrainTransform(40, 40, flip=False)(ramp(100, 60), Flips(True))
    assert (numpy.asarray(never) == numpy.asarray(straight)).all()


def test_random_resized_crop():
    # Columns and rows tell where a crop came from; size 100 is the largest square of 160 x 100.
    transform = transforms.TrainTransform(50, flip=False, random_resized_crop=(0.25, 1.))
    rng = numpy.random.default_rng(0)
    boxes = []
    for _ in range(400):
        image = numpy.asarray(transform(ramp(160, 100), rng)).astype(float)
        assert image.shape == (50, 50, 3)
        # The slope of the ramp is how much it was scaled down.
        side = (image[25, 40, 0] - image[25, 10, 0]) / 30 * 50
        boxes.append((side, image[25, 25, 0] - side / 2, image[25, 25, 1] - side / 2))
    side, left, top = numpy.transpose(boxes)
    assert 48 <= side.min() < 55 and 97 < side.max() <= 102
    # Shares of the area are even in [0.25, 1], with the mean 0.625.
    assert abs((side ** 2).mean() / 100 ** 2 - 0.625) < 0.03
    # Within the centred square, columns 30 to 129, and all over it.
    assert left.min() >= 29 and (left + side).max() <= 131
    assert top.min() >= -1 and (top + side).max() <= 101
    small = side < 75
    assert left[small].min() < 36 and (left + side)[small].max() > 124


def test_random_resized_crop_of_one_share_is_the_largest_square():
    transform = transforms.TrainTransform(40, flip=False, random_resized_crop=(1., 1.))
    assert corners(transform(ramp(80, 40), numpy.random.default_rng(0))) == [20, 0, 59, 39]
    tiny = transforms.TrainTransform(4, flip=False, random_resized_crop=(0.01, 0.02))
    assert tiny(ramp(3, 1), numpy.random.default_rng(0)).size == (4, 4)


@pytest.mark.parametrize('share', [(0, 1), (0.8, 1.1), (0.9, 0.8)])
def test_random_resized_crop_checks_its_range(share):
    with pytest.raises(ValueError):
        transforms.TrainTransform(40, random_resized_crop=share)


def test_a_crop_of_so_many_pixels_needs_the_whole_photo():
    assert transforms.EvalTransform(96).enough is None
    assert transforms.TrainTransform(96).enough is None


@pytest.mark.parametrize('low, enough', [(0.25, 192), (0.7, 115), (1, 96)])
def test_enough_for_the_smallest_random_crop(low, enough):
    transform = transforms.TrainTransform(96, flip=False, random_resized_crop=(low, 1.))
    assert transform.enough == enough  # 96 / sqrt(0.7) is 114.7
    # The smallest crop of a photo of that size is not enlarged.
    transform.random_resized_crop = low, low
    left, top, right, bottom = corners(
        transform(ramp(enough, enough), numpy.random.default_rng(0)))
    assert right - left == bottom - top == 95


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
