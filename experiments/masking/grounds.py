"""What may lie around a dish (grounds, things on them, plates), and what a camera does to it."""

import io

import numpy
from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter

from chainer_foodgan.datasets.bowls.canvas import blob, value_noise
from chainer_foodgan.datasets.bowls.scene import draw_table


def colour(rng):
    """A colour (three ints): pale, dark and grey ones as often as strong ones."""
    grey, strength = rng.uniform(10, 250), rng.choice([12, 40, 110])
    channels = grey + rng.uniform(-strength, strength, 3)
    return tuple(numpy.clip(channels, 0, 255).astype(int).tolist())


def ground(rng, size):
    """A picture without food, RGB, size x size: a table, a gradient, a pattern, or clouds."""
    kind = rng.random()
    if kind < 0.3:
        picture = draw_table(rng, size)
    else:
        at = numpy.arange(size) / size
        angle = rng.uniform(0, 2 * numpy.pi)
        along = at * numpy.cos(angle) + at[:, None] * numpy.sin(angle)
        if kind < 0.6:
            part = along / 2 + 0.5
        elif kind < 0.75:
            part = (along * rng.integers(3, 24) % 1 < rng.uniform(0.1, 0.6)).astype(float)
        else:
            part = 0.5 + 0.7 * value_noise(rng, size, int(rng.choice([3, 7, 18, 40])))
        ends = numpy.array(colour(rng), float), numpy.array(colour(rng), float)
        picture = ends[0] + numpy.clip(part, 0, 1)[..., None] * (ends[1] - ends[0])
    picture = picture + (rng.choice([2, 8, 20]) * value_noise(rng, size, 50))[..., None]
    image = Image.fromarray(numpy.clip(picture, 0, 255).astype(numpy.uint8))
    things(image, rng, int(rng.integers(0, 9)), rng.uniform(0.05, 0.4))
    return image


def things(image, rng, count, reach, where=None):
    """Draws leaves, slices, cups and sticks at random places.

    Args:
        image (PIL.Image.Image): Is drawn on.
        rng (numpy.random.Generator): What, where, and in which colours.
        count (int): How many.
        reach (float): The radius of the largest, in picture widths.
        where (PIL.Image.Image): Mode L; they show only there.
    """
    layer = image if where is None else image.copy()
    draw, side = ImageDraw.Draw(layer), image.width
    for _ in range(count):
        centre, radius = rng.uniform(0, side, 2), reach * side * rng.uniform(0.3, 1)
        fill, kind = colour(rng), rng.random()
        ratio, angle = (0.06, 0.3, 0.7, 0.95)[int(4 * kind)], rng.uniform(0, 2 * numpy.pi)
        outline = blob(rng, centre, radius, ratio, angle, 0.1 if kind < 0.5 else 0.02)
        draw.polygon([tuple(corner) for corner in outline.tolist()], fill)
        if kind > 0.6:  # a rim, or the slice's inside
            inner = centre + (outline - centre) * rng.uniform(0.5, 0.9)
            draw.polygon([tuple(corner) for corner in inner.tolist()], colour(rng))
    if where is not None:
        image.paste(layer, mask=where)


def plate(rng, size):
    """An empty plate: RGB, and its outline, mode L, both size x size."""
    shape, image = Image.new('L', (size, size)), Image.new('RGB', (size, size), colour(rng))
    if rng.random() < 0.6:  # most are of white china
        image.paste(tuple(rng.integers(205, 256, 3).tolist()), (0, 0, size, size))
    box = (0.02 * size, 0.02 * size, 0.98 * size, 0.98 * size)
    square = rng.random() < 0.15
    draw = ImageDraw.Draw(shape)
    if square:
        draw.rounded_rectangle(box, 0.15 * size, fill=255)
    else:
        draw.ellipse(box, fill=255)
    inset = rng.uniform(0.05, 0.15) * size
    ring = ImageDraw.Draw(image)
    (ring.rectangle if square else ring.ellipse)(
        (box[0] + inset, box[1] + inset, box[2] - inset, box[3] - inset),
        outline=colour(rng) if rng.random() < 0.4 else (180, 180, 178),
        width=int(rng.integers(1, 4)))
    return image, shape


def lay(image, layer, shape, rng):
    """Lays a thing of some outline on a picture, with its shadow."""
    offset = rng.integers(-5, 6, 2).tolist()
    shadow = ImageChops.offset(shape, *offset).filter(ImageFilter.BoxBlur(4))
    depth = rng.uniform(0.2, 0.7)
    image.paste((15, 12, 10), mask=shadow.point(lambda value: int(value * depth)))
    image.paste(layer, mask=shape)


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
