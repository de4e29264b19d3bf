"""What lies on a dish: single things drawn at a place in a size, and noodles, grains and shreds."""

import numpy

from chainer_foodgan.datasets.bowls.canvas import blob, ellipse, place, ribbon, toward


def egg_half(canvas, rng, centre, radius, angle=0.0):
    """Half a boiled egg, the cut upwards."""
    canvas.solid(ellipse(centre, radius, 0.8, angle, 24), (250, 246, 234), 0.06, 0.8, 0)
    canvas.fill(ellipse(centre, radius * 0.58, 0.88, angle), (214, 122, 24))
    canvas.fill(ellipse(centre, radius * 0.5, 0.88, angle), (246, 160, 40))
    canvas.fill(ellipse(centre + canvas.light * radius * 0.16, radius * 0.24, 0.8, angle),
                (255, 206, 104), 200)


def yolk(canvas, rng, centre, radius):
    """A raw yolk in a little of its white."""
    canvas.fill(blob(rng, centre, radius * 1.5, 0.9), (255, 250, 235), 90)
    canvas.solid(ellipse(centre, radius, 0.96, 0, 24), (250, 170, 30), 0.05, 0.8, 0)
    canvas.fill(ellipse(centre + canvas.light * radius * 0.3, radius * 0.5), (255, 202, 70), 160)
    canvas.fill(ellipse(centre + canvas.light * radius * 0.45, radius * 0.2, 0.6, 0.8),
                (255, 255, 240), 230)


def chashu(canvas, rng, centre, radius, angle=0.0):
    """A slice of rolled pork."""
    shape = blob(rng, centre, radius, 0.86, angle, 0.07, 18)
    canvas.solid(shape, (126, 72, 44), 0.05, 0.7, 0)
    middle = shape.mean(0)
    canvas.fill(middle + (shape - middle) * 0.86, (214, 164, 134))
    t = numpy.linspace(0, 1, 14)
    turn = t * 8.5 + angle
    spiral = toward(turn) * (1, 0.86) * (radius * 0.72 * (1 - t * 0.8))[:, None]
    canvas.fill(ribbon(middle + spiral[None], radius * 0.17), (246, 226, 206), 210)
    canvas.fill(ribbon(middle + spiral[None] * 0.86, radius * 0.08), (168, 104, 76), 170)


def naruto(canvas, rng, centre, radius, angle=0.0):
    """A slice of fish cake with its pink spiral."""
    turn = numpy.arange(36) * (2 * numpy.pi / 36)
    reach = radius * (1 + 0.07 * numpy.cos(9 * turn))
    shape = place(toward(turn) * reach[:, None], centre, angle)
    canvas.solid(shape, (252, 248, 244), 0.05, 0.78, 0)
    t = numpy.linspace(0, 1, 18)
    turn = t * 10 + angle
    spiral = toward(turn) * (radius * (0.72 - 0.62 * t))[:, None]
    canvas.fill(ribbon(centre + spiral[None], radius * 0.2), (238, 98, 134))


def nori(canvas, rng, centre, width, height, angle=0.0):
    """A sheet of seaweed."""
    box = numpy.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * (width / 2, height / 2)
    sheet = place(box, centre, angle)
    canvas.fill(sheet - canvas.light * 0.05, (20, 10, 5), 110)
    canvas.fill(sheet, (24, 38, 32))
    for shift in (-0.28, 0.02, 0.3):
        stripe = place(box * (0.08, 0.94) + (shift * width, 0), centre, angle)
        canvas.fill(stripe, (70, 96, 80), 90)


def scallions(canvas, rng, at, radius):
    """Rings of scallion at the points (N, 2)."""
    count = len(at)
    green = numpy.array([[96, 158, 58], [132, 186, 78], [66, 128, 48], [176, 208, 120]])
    picked = green[rng.integers(0, 4, count)]
    tilt, angle = rng.uniform(0.55, 1, count), rng.uniform(0, 3.1, count)
    canvas.layered([
        (ellipse(at - canvas.light * radius * 0.4, radius, tilt, angle, 10), (20, 20, 5), 110),
        (ellipse(at, radius, tilt, angle, 10), picked, 255),
        (ellipse(at, radius * 0.5, tilt, angle, 10), picked * 0.45 + 128, 255)])


def kamaboko(canvas, rng, centre, radius, angle=0.0):
    """A slice of white fish cake with a pink back: a half moon."""
    turn = numpy.linspace(0, numpy.pi, 16)
    moon = toward(-turn) * (radius, radius * 1.05)
    canvas.solid(place(moon, centre, angle), (240, 128, 150), 0.05, 0.74, 0)
    canvas.fill(place(moon * 0.8, centre, angle), (252, 246, 240))


def heap(canvas, rng, centre, radius, colour, count=26, width=0.05):
    """A little heap of red ginger or the like: short strips over a shadow."""
    canvas.fill(blob(rng, centre - canvas.light * 0.05, radius * 1.2), (20, 8, 5), 100)
    canvas.fill(blob(rng, centre, radius * 1.05), numpy.array(colour) * 0.6)
    shreds(canvas, rng, scatter(rng, count, radius, centre), radius * 1.1, width, colour)


def gloss(canvas, rng, spots, opacity=70):
    """Wet light: soft streaks on the side of the light."""
    across = numpy.array([-canvas.light[1], canvas.light[0]])
    angle = numpy.arctan2(across[1], across[0])
    for _ in range(spots):
        at = canvas.light * rng.uniform(0.45, 0.8) + across * rng.uniform(-0.5, 0.5)
        long = rng.uniform(0.07, 0.16)
        canvas.fill(ellipse(at, long, 0.34, angle, 14), (255, 250, 235), opacity // 2)
        canvas.fill(ellipse(at, long * 0.66, 0.26, angle, 12), (255, 252, 244), opacity)


def tangle(rng, count, reach=1.0, curl=0.35, wave=0.0, waves=3.0, points=14):
    """Lines (count, points, 2) that cross a disc of radius ``reach`` in all directions."""
    t = numpy.linspace(-1, 1, points)[None]
    angle = rng.uniform(0, numpy.pi, (count, 1))
    offset = rng.uniform(-0.95, 0.95, (count, 1)) * reach
    half = numpy.sqrt(numpy.maximum(reach ** 2 - offset ** 2, 0.02))
    bend = rng.uniform(-curl, curl, (count, 1))
    phase = rng.uniform(0, 2 * numpy.pi, (count, 1))
    along = t * half
    across = offset + bend * (t * t - 0.4) * half
    across = across + wave * numpy.sin(waves * numpy.pi * along + phase)
    return _turned(along, across, angle)


def combed(rng, bundles, each, spacing, reach=1.0, wave=0.02, waves=6.0, points=22):
    """Lines (bundles * each, points, 2): bundles of parallel strands that lie over each other."""
    t = numpy.linspace(-1, 1, points)[None]
    count = bundles * each
    angle = rng.uniform(0, numpy.pi) + numpy.arange(bundles) * 2.4
    angle = numpy.repeat(angle + rng.uniform(-0.3, 0.3, bundles), each)[:, None]
    middle = numpy.repeat(rng.uniform(-0.55, 0.55, bundles) * reach, each)[:, None]
    bend = numpy.repeat(rng.uniform(-0.35, 0.35, bundles), each)[:, None]
    phase = numpy.repeat(rng.uniform(0, 6.28, bundles), each)[:, None]
    phase = phase + rng.uniform(-0.5, 0.5, (count, 1))
    place = numpy.tile(numpy.arange(each) - (each - 1) / 2, bundles)[:, None]
    offset = middle + (place + rng.uniform(-0.35, 0.35, (count, 1))) * spacing
    half = numpy.sqrt(numpy.maximum(reach ** 2 - offset ** 2, 0.05))
    along = t * half
    across = offset + bend * (t * t - 0.3) * half
    across = across + wave * numpy.sin(waves * numpy.pi * along + phase)
    return _turned(along, across, angle)


def _turned(along, across, angle):
    cos, sin = numpy.cos(angle), numpy.sin(angle)
    return numpy.stack([cos * along - sin * across, sin * along + cos * across], -1)


def strands(canvas, rng, lines, width, dark, mid, light, vary=0.08):
    """Draws lines as round strands: a dark edge, the core, a streak of light; the last lies on top.

    The first strands are the deepest, so they are darker.
    """
    count = len(lines)
    depth = 1 - numpy.arange(count)[:, None] / count
    tone = 1 + rng.uniform(-vary, vary, (count, 1)) - 0.30 * depth
    canvas.layered([
        (ribbon(lines - canvas.light * width * 0.18, width * 1.35), numpy.array(dark) * tone, 255),
        (ribbon(lines, width), numpy.array(mid) * tone, 255),
        (ribbon(lines + canvas.light * width * 0.2, width * 0.36), numpy.array(light) * tone, 255)])


def grains(canvas, rng, dark, light, spacing=0.088, inside=None, vary=0.06):
    """Covers the disc with grains; ``inside`` (points (N, 2) -> bool (N,)) leaves some out."""
    row = numpy.arange(-1.04, 1.04, spacing)
    u, v = numpy.meshgrid(row, row)
    u[::2] += spacing / 2
    at = numpy.stack([u.ravel(), v.ravel()], 1) + rng.uniform(-0.4, 0.4, (u.size, 2)) * spacing
    at = at[at[:, 0] ** 2 + at[:, 1] ** 2 < 1.1]
    if inside is not None:
        at = at[inside(at)]
    order = numpy.argsort(rng.random(len(at)), kind='stable')
    at = at[order]
    angle = rng.uniform(0, numpy.pi, len(at))
    tone = (1 + rng.uniform(-vary, vary, len(at)))[:, None]
    canvas.layered([
        (ellipse(at - canvas.light * spacing * 0.2, spacing * 0.74, 0.58, angle, 9),
         numpy.array(dark) * tone, 255),
        (ellipse(at, spacing * 0.65, 0.6, angle, 9), numpy.array(light) * tone, 255)])


def scatter(rng, count, reach, centre=(0, 0)):
    """Random points (count, 2) of a disc."""
    angle = rng.uniform(0, 2 * numpy.pi, count)
    return centre + toward(angle) * reach * numpy.sqrt(rng.random((count, 1)))


def flecks(canvas, rng, at, radius, colours, opacity=255):
    """Small uneven crumbs at the points (N, 2) in colours picked from ``colours`` (K, 3)."""
    count = len(at)
    turn = numpy.arange(6) * (numpy.pi / 3) + rng.uniform(0, 6.28, (count, 1))
    reach = radius * rng.uniform(0.5, 1.2, (count, 6))
    shapes = at[:, None] + toward(turn) * reach[..., None]
    picked = numpy.array(colours)[rng.integers(0, len(colours), count)]
    canvas.fill(shapes, picked, opacity)


def shreds(canvas, rng, at, length, width, colour, angle=None, vary=0.12, bend=0.15):
    """Short strips at the points (N, 2), turned any way or by ``angle`` (a number or (N,))."""
    count = len(at)
    if angle is None:
        angle = rng.uniform(0, 2 * numpy.pi, count)
    t = numpy.linspace(-1, 1, 5)[None]
    along = t * length / 2 * rng.uniform(0.75, 1.15, (count, 1))
    across = rng.uniform(-bend, bend, (count, 1)) * length * (1 - t * t)
    lines = at[:, None] + _turned(along, across, numpy.broadcast_to(angle, (count,))[:, None])
    tone = 1 + rng.uniform(-vary, vary, (count, 1))
    colour = numpy.array(colour)
    canvas.layered([
        (ribbon(lines - canvas.light * width * 0.3, width * 1.2), colour * 0.5 * tone, 255),
        (ribbon(lines, width), colour * tone, 255),
        (ribbon(lines + canvas.light * width * 0.2, width * 0.35),
         (colour * 0.7 + 255 * 0.3) * tone, 255)])
