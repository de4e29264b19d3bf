"""What a camera does to a picture: its light, its colours, its sharpness, its files."""

import io

import numpy
from PIL import Image, ImageEnhance, ImageFilter


def recoloured(image, rng, amount):
    """Other colours: saturation, contrast, and the weight of each channel.

    Args:
        image (PIL.Image.Image): Mode RGB.
        rng (numpy.random.Generator): Which.
        amount (float): 0 for none, 1 for strong ones.

    Returns:
        PIL.Image.Image: Mode RGB.
    """
    image = ImageEnhance.Color(image).enhance(1 + amount * rng.uniform(-0.9, 0.8))
    image = ImageEnhance.Contrast(image).enhance(1 + amount * rng.uniform(-0.5, 0.4))
    bright = 1 + amount * rng.uniform(-0.45, 0.3)
    weights = bright * (1 + amount * rng.uniform(-0.3, 0.3, 3))
    values = numpy.arange(256)
    return image.point(sum((numpy.clip(values * weight, 0, 255).astype(int).tolist()
                            for weight in weights), []))


def photographed(image, rng):
    """A picture as a photo of it might come out: light, blur, noise, JPEG.

    Args:
        image (PIL.Image.Image): Mode RGB.
        rng (numpy.random.Generator): How.

    Returns:
        PIL.Image.Image: Mode RGB.
    """
    image = recoloured(image, rng, 0.6)
    if rng.random() < 0.6:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.2, 1.6)))
    side = image.width
    at = numpy.arange(side, dtype=numpy.float32) / side - 0.5
    slope = rng.uniform(-0.4, 0.4, 2).astype(numpy.float32)
    light = 1 + slope[0] * at + slope[1] * at[:, None]
    grain = numpy.float32(rng.choice([0, 3, 10]))
    pixels = numpy.asarray(image, numpy.float32) * light[..., None]
    pixels += grain * rng.standard_normal((side, side, 1), numpy.float32)
    image = Image.fromarray(numpy.clip(pixels, 0, 255).astype(numpy.uint8))
    if rng.random() < 0.5:
        file = io.BytesIO()
        image.save(file, 'JPEG', quality=int(rng.integers(25, 95)))
        image = Image.open(file)
        image.load()
    return image
