"""Single things that lie on a dish. Each takes the canvas, the generator, a place and a size."""

import numpy

from chainer_foodgan.datasets.bowls.canvas import blob, ellipse, place, ribbon, toward
from chainer_foodgan.datasets.bowls.strands import scatter, shreds


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
