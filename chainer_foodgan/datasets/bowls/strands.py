"""Noodles, grains and shreds: the textures that most dishes are made of."""

import numpy

from chainer_foodgan.datasets.bowls.canvas import ellipse, ribbon, toward


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
