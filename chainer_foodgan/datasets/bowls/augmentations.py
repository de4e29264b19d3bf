"""What lies around a dish, and what a camera does to its picture.

Tables, mats and chopsticks are those of every rendered bowl; grounds, things, plates, other colours
and the marks of a camera make bowls as various as photos are.
"""

import io

import numpy
from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter

from chainer_foodgan.datasets.bowls.canvas import blob, ellipse, place, ribbon, value_noise

_WOODS = [(186, 138, 92), (132, 88, 56), (220, 188, 146), (98, 66, 46), (164, 120, 86)]
_CLOTHS = [((238, 232, 220), (196, 72, 62)), ((226, 230, 232), (76, 112, 158)),
           ((96, 122, 150), (226, 228, 224)), ((206, 196, 172), (128, 146, 104)),
           ((232, 222, 196), (212, 168, 70)), ((160, 76, 66), (236, 222, 200))]
_STONES = [(82, 84, 88), (120, 116, 110), (200, 198, 192), (54, 52, 56), (58, 74, 82)]
_MATS = [((72, 50, 38), (110, 80, 58)), ((206, 190, 150), (150, 124, 84)),
         ((150, 44, 40), (92, 24, 24)), ((58, 76, 104), (206, 212, 218)),
         ((110, 128, 92), (72, 90, 60)), ((230, 226, 216), (150, 150, 150)),
         ((40, 38, 40), (150, 116, 60))]
_LACQUERS = [(60, 36, 24), (150, 38, 34), (196, 150, 96), (34, 32, 34)]
_STEPS = 1024  # entries of a profile across the table


def _profile(rng, kind):
    """Brightness along a line across the table, float32 (_STEPS,), about -1 to 1."""
    at = numpy.arange(_STEPS)
    if kind == 'wood':
        knots = rng.uniform(-1, 1, 49)
        grain = numpy.interp(at, numpy.linspace(0, _STEPS, 49), knots)
        plank = at // (_STEPS // 4)
        return (grain + rng.uniform(-0.8, 0.8, 4)[plank]).astype(numpy.float32)
    if kind == 'gaps':
        return ((at % (_STEPS // 4)) < 7).astype(numpy.float32)
    if kind == 'tatami':
        return ((at // 9 % 2) * 1.6 - 0.8).astype(numpy.float32)
    period = _STEPS // int(rng.integers(7, 15))
    broad = rng.uniform(0.25, 0.6)
    return ((at % period) < broad * period).astype(numpy.float32)


def draw_table(rng, size):
    """The bare table, float32 (size, size, 3), 0 to 255."""
    kind = rng.choice(['wood', 'wood', 'wood', 'cloth', 'cloth', 'stone', 'tatami'])
    angle = rng.choice([0.0, numpy.pi / 2]) + rng.uniform(-0.3, 0.3)
    at = ((numpy.arange(size) + 0.5) / size - 0.5).astype(numpy.float32)
    cos, sin = (numpy.float32(numpy.rint(f(angle) * 4096) / 4096) for f in (numpy.cos, numpy.sin))
    along = at[None] * cos + at[:, None] * sin
    across = at[:, None] * cos - at[None] * sin
    rough = value_noise(rng, size, 5) + 0.5 * value_noise(rng, size, 24)

    def looked_up(profile, line):
        return profile[((line + numpy.float32(0.75)) * (_STEPS / 1.5)).astype(numpy.int32) % _STEPS]

    if kind == 'wood':
        base = numpy.array(_WOODS[rng.integers(len(_WOODS))], numpy.float32)
        bent = across + numpy.float32(0.010) * value_noise(rng, size, 5)
        tone = 1 + 0.085 * looked_up(_profile(rng, kind), bent) + 0.05 * rough
        tone = tone - 0.30 * looked_up(_profile(rng, 'gaps'), across)
        return tone[..., None] * base
    if kind == 'stone':
        base = numpy.array(_STONES[rng.integers(len(_STONES))], numpy.float32)
        tone = 1 + 0.12 * rough + 0.08 * value_noise(rng, size, 60)
        return tone[..., None] * base
    if kind == 'tatami':
        tone = 1 + 0.05 * looked_up(_profile(rng, kind), across) + 0.04 * rough
        return tone[..., None] * numpy.array((196, 190, 132), numpy.float32)
    base, other = (numpy.array(c, numpy.float32) for c in _CLOTHS[rng.integers(len(_CLOTHS))])
    part = looked_up(_profile(rng, kind), across)
    if rng.random() < 0.5:
        part = (part + looked_up(_profile(rng, kind), along)) / 2
    part = (part * numpy.float32(rng.uniform(0.35, 0.8)))[..., None]
    tone = 1 + 0.05 * rough + 0.04 * value_noise(rng, size, 60)
    return tone[..., None] * (base * (1 - part) + other * part)


def draw_mat(canvas, rng, centre):
    """Draws a mat under the bowl: round, with corners, or none."""
    kind = rng.random()
    colour, border = _MATS[rng.integers(len(_MATS))]
    angle = rng.uniform(-0.2, 0.2)
    if kind < 0.25:
        shape = ellipse(centre, rng.uniform(0.46, 0.54), 0.92, 0, 40)
    elif kind < 0.6:
        half = rng.uniform(0.44, 0.62), rng.uniform(0.38, 0.47)
        shape = place(numpy.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half, centre, angle)
    else:
        return
    middle = numpy.array(centre)
    canvas.fill(shape - canvas.light * 0.012, (10, 8, 6), 90)
    canvas.fill(shape, border)
    canvas.fill(middle + (shape - middle) * 0.955, colour)
    canvas.fill(middle + (shape - middle) * 0.925, border, 160)
    canvas.fill(middle + (shape - middle) * 0.915, colour)
    if kind >= 0.25 and rng.random() < 0.6:
        rows = numpy.linspace(-0.88, 0.88, 26)[:, None]
        lines = numpy.stack(numpy.broadcast_arrays((-0.9, 0.9), rows), -1) * half
        canvas.fill(ribbon(place(lines, centre, angle), 0.006), border, 90)


def draw_chopsticks(canvas, rng):
    """Draws a pair of chopsticks along an edge of the picture, or none."""
    if rng.random() < 0.45:
        return
    colour = numpy.array(_LACQUERS[rng.integers(len(_LACQUERS))], float)
    near = rng.uniform(0.93, 0.965)
    centre = [(0.5, near), (near, 0.5)][rng.integers(2)]
    angle = (0.0 if centre[0] == 0.5 else numpy.pi / 2) + rng.uniform(-0.06, 0.06)
    for shift in (-0.014, 0.014):
        stick = numpy.array([[-0.44, -0.005], [0.46, -0.009], [0.46, 0.009], [-0.44, 0.005]])
        tilt = angle + rng.uniform(-0.012, 0.012)
        stick = place(stick + (rng.uniform(-0.02, 0.02), shift), centre, tilt)
        canvas.fill(stick - canvas.light * 0.014, (10, 6, 4), 110)
        canvas.fill(stick, colour)
        canvas.fill(ribbon(((stick[:2] + stick[3:1:-1]) / 2 + canvas.light * 0.003)[None], 0.004),
                    colour * 0.6 + 102, 180)


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
    """Draws so many leaves, slices, cups and sticks at random places of a picture, the largest of a
    radius of ``reach`` picture widths; ``where`` (mode L) they show only there.
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
    """An RGB picture in other colours: saturation, contrast, and the weight of each channel;
    ``amount`` is 0 for none, 1 for strong ones.
    """
    image = ImageEnhance.Color(image).enhance(1 + amount * rng.uniform(-0.9, 0.8))
    image = ImageEnhance.Contrast(image).enhance(1 + amount * rng.uniform(-0.5, 0.4))
    bright = 1 + amount * rng.uniform(-0.45, 0.3)
    weights = bright * (1 + amount * rng.uniform(-0.3, 0.3, 3))
    values = numpy.arange(256)
    return image.point(sum((numpy.clip(values * weight, 0, 255).astype(int).tolist()
                            for weight in weights), []))


def photographed(image, rng):
    """An RGB picture as a photo of it might come out: light, blur, noise, JPEG."""
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
