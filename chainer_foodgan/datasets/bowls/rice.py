"""The five dishes of rice."""

import numpy

from chainer_foodgan.datasets.bowls import toppings
from chainer_foodgan.datasets.bowls.canvas import blob, ellipse, place, ribbon, toward
from chainer_foodgan.datasets.bowls.toppings import flecks, grains, scatter

_WHITE = (200, 196, 187), (255, 254, 250)


def rice(canvas, rng):
    """Plain white rice."""
    canvas.ground((226, 222, 213), rng, 0.03)
    grains(canvas, rng, *_WHITE, spacing=0.092)


def fried_rice(canvas, rng):
    """Golden grains with egg, peas, carrot and ham."""
    canvas.ground((172, 112, 42), rng, 0.10)
    grains(canvas, rng, (150, 92, 28), (234, 186, 98), 0.086, vary=0.12)
    egg = blob(rng, scatter(rng, 22, 0.92), rng.uniform(0.07, 0.13, 22), 0.7,
               rng.uniform(0, 3, 22), 0.35)
    canvas.solid(egg, (252, 212, 84), 0.02, 0.78, 60)
    square = numpy.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    ham = place(square * 0.055, scatter(rng, 13, 0.9), rng.uniform(0, 1.6, 13))
    canvas.solid(ham, (238, 128, 110), 0.025, 0.7, 40)
    carrot = place(square * 0.045, scatter(rng, 12, 0.9), rng.uniform(0, 1.6, 12))
    canvas.solid(carrot, (240, 120, 30), 0.025, 0.7, 50)
    canvas.solid(ellipse(scatter(rng, 18, 0.9), 0.058, 1, 0, 10), (104, 170, 58), 0.025, 0.6, 120)
    toppings.scallions(canvas, rng, scatter(rng, 14, 0.8), 0.03)
    grains(canvas, rng, (160, 100, 34), (240, 194, 108), 0.086,
           lambda at: rng.random(len(at)) < 0.16)


def curry(canvas, rng):
    """White rice on the left, brown sauce with potato, carrot and meat on the right."""
    canvas.ground((226, 222, 213), rng, 0.03)
    angle = rng.uniform(-0.35, 0.35)
    line = rng.uniform(-0.16, 0.02)
    across = toward(angle)
    grains(canvas, rng, *_WHITE, spacing=0.092, inside=lambda at: at @ across < line + 0.2)
    v = numpy.linspace(-1.2, 1.2, 18)
    edge = line + 0.07 * numpy.sin(v * 5 + rng.uniform(0, 6)) + rng.uniform(-0.03, 0.03, 18)
    sauce = numpy.concatenate([numpy.stack([edge, v], 1), [(1.3, 1.3), (1.3, -1.3)]])
    canvas.fill(place(sauce - (0.05, 0), (0, 0), angle), (120, 74, 30), 110)
    canvas.fill(place(sauce, (0, 0), angle), (126, 70, 24))
    canvas.fill(place(sauce + (0.05, 0), (0, 0), angle), (150, 86, 30))
    canvas.fill(place(sauce + (0.12, 0), (0, 0), angle), (158, 94, 34), 160)
    swirls = numpy.linspace(-1, 1, 12)
    swirls = numpy.stack([0.10 * numpy.sin(swirls * 3 + rng.uniform(0, 6, (5, 1))),
                          swirls * rng.uniform(0.2, 0.5, (5, 1))], -1)
    swirls = swirls + rng.uniform((0.2, -0.6), (0.8, 0.6), (5, 1, 2))
    canvas.fill(ribbon(place(swirls, (0, 0), angle), 0.09), (178, 112, 46), 70)
    canvas.fill(ribbon(place(swirls + (0.06, 0), (0, 0), angle), 0.05), (116, 62, 20), 70)
    specks = scatter(rng, 60, 0.62, place(numpy.array([[0.5, 0.0]]), (0, 0), angle)[0])
    flecks(canvas, rng, specks[specks @ across > line + 0.16], 0.016,
           [(96, 48, 14), (206, 140, 62), (84, 44, 18)], 150)
    spots = [(0.28, -0.45), (0.62, -0.25), (0.34, 0.02), (0.66, 0.22), (0.30, 0.46),
             (0.52, 0.56), (0.42, -0.70), (0.82, 0.0)]
    spots = place(numpy.array(spots), (0, 0), angle)
    spots = spots + rng.uniform(-0.06, 0.06, spots.shape)
    potato, carrot, meat = (236, 190, 84), (234, 112, 26), (118, 62, 32)
    for at, colour in zip(spots, [potato, carrot, meat] * 3):
        radius = rng.uniform(0.12, 0.17)
        chunk = blob(rng, at, radius, rng.uniform(0.7, 0.9), rng.uniform(0, 3), 0.16, 7)
        canvas.fill(blob(rng, at, radius * 1.3), (186, 118, 50), 90)
        canvas.solid(chunk, colour, 0.04, 0.62, 90)
        canvas.fill(blob(rng, at - canvas.light * radius * 0.8, radius * 0.75, 0.5,
                         numpy.arctan2(-canvas.light[0], canvas.light[1])), (146, 82, 28), 200)
    toppings.gloss(canvas, rng, 2, 50)


def gyudon(canvas, rng):
    """Thin brown slices of beef and onion over rice; red ginger and a yolk."""
    canvas.ground((150, 108, 74), rng, 0.06)
    grains(canvas, rng, (170, 154, 130), (248, 240, 222), 0.092,
           lambda at: (at ** 2).sum(1) > 0.40)
    _beef(canvas, rng, _spread(rng, 34, 0.80))
    _onion(canvas, rng, scatter(rng, 12, 0.74))
    _beef(canvas, rng, _spread(rng, 18, 0.66))
    _onion(canvas, rng, scatter(rng, 6, 0.6))
    spot = place(numpy.array([[0.42, 0.32], [-0.24, -0.14]]), (0, 0), rng.uniform(-0.4, 0.4))
    toppings.heap(canvas, rng, spot[0], 0.2, (220, 36, 50), 24)
    toppings.yolk(canvas, rng, spot[1], 0.22)
    toppings.scallions(canvas, rng, scatter(rng, 12, 0.6), 0.036)
    toppings.gloss(canvas, rng, 2, 40)


def _spread(rng, count, reach):
    """Points (count, 2) that cover a disc evenly (a sunflower's order), each a little off."""
    number = rng.permutation(count)
    radius = numpy.sqrt((number + 0.5) / count) * reach
    turn = number * 2.39996 + rng.uniform(0, 6.28)
    spots = toward(turn) * radius[:, None]
    return spots + rng.uniform(-0.07, 0.07, spots.shape)


def _beef(canvas, rng, spots):
    """Wide thin slices: curled ribbons with dark folds and streaks of fat."""
    count = len(spots)
    t = numpy.linspace(-1, 1, 8)
    long, bend = rng.uniform(0.15, 0.24, (count, 1)), rng.uniform(-0.12, 0.12, (count, 1))
    wave = rng.uniform(-0.025, 0.025, (count, 8))
    lines = place(numpy.stack([t * long, bend * (t * t - 0.5) + wave], -1), spots,
                  rng.uniform(0, 2 * numpy.pi, count))
    wide = rng.uniform(0.20, 0.30, (count, 1, 1))
    side = ribbon(lines, 2.0)[:, :8] - lines  # unit vectors across the slices
    tones = numpy.array([(138, 86, 52), (158, 104, 68), (118, 70, 42), (176, 124, 86)])
    tone = tones[rng.integers(0, 4, count)] * rng.uniform(0.9, 1.1, (count, 1))
    uneven = 1 + rng.uniform(-0.28, 0.28, (count, 8, 1))
    middle = lines.mean(1, keepdims=True)
    light = canvas.light
    canvas.layered([
        (ribbon(lines - light * 0.035, wide), (30, 12, 4), 120),
        (ribbon(lines, wide * uneven), tone * 0.55, 255),
        (ribbon(lines + light * 0.012, wide * uneven * 0.84), tone, 255),
        (ribbon(lines + light * 0.012 + side * wide * 0.2, wide * uneven * 0.30),
         tone * 1.22 + 6, 200),
        (ribbon(lines - side * wide * 0.04, wide * 0.09), tone * 0.62, 170),
        (ribbon((lines + middle) / 2 - side * wide * 0.24, wide * 0.12), (222, 180, 140), 170)])


def _onion(canvas, rng, spots):
    count = len(spots)
    turn = numpy.linspace(0, 1, 8) * rng.uniform(1.6, 2.6, (count, 1))
    turn = turn + rng.uniform(0, 6.28, (count, 1))
    arcs = spots[:, None] + toward(turn) * rng.uniform(0.14, 0.22, (count, 1, 1))
    canvas.layered([(ribbon(arcs - canvas.light * 0.02, 0.06), (90, 56, 24), 150),
                    (ribbon(arcs, 0.055), (232, 206, 150), 235),
                    (ribbon(arcs + canvas.light * 0.012, 0.018), (255, 244, 214), 220)])


def unagi(canvas, rng):
    """Dark glazed fillets of eel side by side over rice."""
    canvas.ground((220, 208, 188), rng, 0.03)
    grains(canvas, rng, (164, 140, 110), (246, 234, 210), 0.092,
           lambda at: (at ** 2).sum(1) > 0.40)
    angle = rng.uniform(-0.35, 0.35)
    for middle in (-0.38, 0.38):
        shift = rng.uniform(-0.04, 0.04)
        at = place(numpy.array([[shift, middle]]), (0, 0), angle)[0]
        _fillet(canvas, rng, at, angle, 0.78 + shift)
    flecks(canvas, rng, scatter(rng, 16, 0.6), 0.016, [(120, 150, 70)], 220)


def _fillet(canvas, rng, at, angle, long):
    half = 0.355
    t = -numpy.cos(numpy.linspace(0, numpy.pi, 15))  # closer together at the round ends
    swell = numpy.sqrt(numpy.clip(1.02 - t ** 14, 0, 1)) * (1 + rng.uniform(-0.04, 0.04, 15))
    outline = numpy.concatenate([numpy.stack([t * long, -half * swell], 1),
                                 numpy.stack([t * long, half * swell], 1)[::-1]])

    def lay(shape, colour, opacity=255, by=0.0):
        canvas.fill(place(shape, at, angle) + canvas.light * by, colour, opacity)

    lay(outline, (20, 8, 2), 140, -0.08)
    lay(outline, (50, 20, 8))
    lay(outline * 0.95, (112, 50, 15))
    lay(outline * (0.92, 0.86), (138, 66, 20), 200, 0.012)
    for side in (-1, 1):
        lay(outline * (0.86, 0.26) + (0, side * half * 0.46), (172, 90, 30), 170, 0.02)
    for row in numpy.linspace(-0.72, 0.72, 7) + rng.uniform(-0.05, 0.05, 7):
        line = numpy.stack([t * long * 0.88, row * half + rng.uniform(-0.012, 0.012, 15)], 1)
        lay(ribbon(line[None], 0.020)[0], (86, 38, 10), 130)
    lay(outline * (0.93, 0.035), (66, 28, 8), 200)
    for x in numpy.arange(-0.8, 0.81, 0.2):
        u = x * long + rng.uniform(-0.03, 0.03)
        line = numpy.array([[[u - 0.04, -half * 0.86], [u, 0], [u - 0.04, half * 0.86]]])
        lay(ribbon(line, 0.024)[0], (66, 28, 8), 120)
    for x in rng.uniform(-0.7, 0.7, 3):
        spot = numpy.array([x * long, rng.uniform(-0.5, 0.5) * half])
        lay(blob(rng, spot, 0.13, 0.5, rng.uniform(-0.4, 0.4), 0.4), (30, 12, 4), 100)
    for side in (-1, 1):
        x = rng.uniform(-0.35, 0.35) * long
        lay(ellipse((x, side * half * 0.5), 0.24, 0.15), (255, 214, 160), 80, 0.05)
        lay(ellipse((x + 0.03, side * half * 0.5), 0.13, 0.13), (255, 244, 222), 130, 0.055)
