"""The ten dishes: five of rice, five of noodles."""

import numpy

from chainer_foodgan.datasets.bowls import toppings
from chainer_foodgan.datasets.bowls.canvas import blob, ellipse, place, ribbon, toward
from chainer_foodgan.datasets.bowls.toppings import (
    combed,
    flecks,
    grains,
    scatter,
    shreds,
    strands,
    tangle,
)

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


def _around(rng, spots, turn=0.35, shift=0.05):
    """The usual places of the toppings, a little turned and moved, (N, 2)."""
    spots = place(numpy.array(spots, float), (0, 0), rng.uniform(-turn, turn))
    return spots + rng.uniform(-shift, shift, spots.shape)


def ramen(canvas, rng):
    """Yellow wavy noodles in a brown broth; egg, pork, seaweed, fish cake, scallion."""
    canvas.ground((178, 108, 46), rng, 0.10)
    at, radius = scatter(rng, 22, 0.95), rng.uniform(0.02, 0.06, 22)
    canvas.layered([(ellipse(at, radius, 0.95, 0, 12), (238, 178, 84), 110),
                    (ellipse(at, radius * 0.7, 0.95, 0, 12), (190, 120, 50), 120)])
    lines = combed(rng, 5, 9, 0.075, 0.84, 0.032, 3.4)
    strands(canvas, rng, lines, 0.062, (150, 88, 26), (240, 200, 104), (255, 236, 160))
    canvas.sink((172, 104, 44), 0.55, 1.0)
    spots = _around(rng, [(-0.46, 0.30), (0.40, 0.24), (0.16, 0.50), (0.36, -0.52), (-0.36, -0.44)])
    toppings.nori(canvas, rng, spots[3], 0.40, 0.56, rng.uniform(0.2, 0.6))
    toppings.chashu(canvas, rng, spots[1], 0.30, rng.uniform(0, 3))
    toppings.chashu(canvas, rng, spots[2], 0.30, rng.uniform(0, 3))
    toppings.egg_half(canvas, rng, spots[0], 0.27, rng.uniform(-0.6, 0.6))
    toppings.naruto(canvas, rng, spots[4], 0.21, rng.uniform(0, 3))
    toppings.scallions(canvas, rng, scatter(rng, 20, 0.30, (-0.02, -0.08)), 0.04)
    toppings.gloss(canvas, rng, 3, 60)


def soba(canvas, rng):
    """Thin grey-brown noodles in a dark broth; seaweed strips, fish cake, scallion."""
    canvas.ground((66, 38, 22), rng, 0.12)
    lines = combed(rng, 7, 15, 0.047, 0.90, 0.008, 1.5, 14)
    strands(canvas, rng, lines, 0.044, (64, 48, 38), (172, 148, 122), (214, 196, 168))
    canvas.sink((62, 36, 22), 0.62, 1.0)
    spots = _around(rng, [(0.22, -0.30), (-0.40, -0.06), (0.14, 0.42), (0.40, 0.28)])
    shreds(canvas, rng, scatter(rng, 24, 0.27, spots[0]), 0.30, 0.036, (30, 44, 38))
    tilt = rng.uniform(-0.5, 0.1)
    toppings.kamaboko(canvas, rng, spots[2], 0.21, tilt)
    toppings.kamaboko(canvas, rng, spots[3], 0.21, tilt - 0.25)
    toppings.scallions(canvas, rng, scatter(rng, 30, 0.23, spots[1]), 0.045)
    toppings.gloss(canvas, rng, 4, 60)


def yakisoba(canvas, rng):
    """Thick brown glossy noodles; cabbage, carrot, pork, red ginger, green aonori."""
    canvas.ground((92, 50, 20), rng, 0.10)
    lines = tangle(rng, 66, 1.05, 0.75, 0.03, 2.5)
    half = len(lines) // 2
    colours = (74, 36, 12), (172, 104, 44), (240, 190, 116)
    strands(canvas, rng, lines[:half], 0.080, *colours)
    _cabbage(canvas, rng, scatter(rng, 7, 0.85))
    strands(canvas, rng, lines[half:], 0.080, *colours)
    _cabbage(canvas, rng, scatter(rng, 7, 0.8))
    pork = blob(rng, scatter(rng, 4, 0.7), 0.14, 0.55, rng.uniform(0, 3, 4), 0.25)
    canvas.solid(pork, (196, 142, 112), 0.03)
    shreds(canvas, rng, scatter(rng, 7, 0.8), 0.26, 0.05, (232, 126, 40))
    toppings.heap(canvas, rng, _around(rng, [(0.30, 0.30)])[0], 0.19, (214, 30, 44))
    flecks(canvas, rng, scatter(rng, 90, 0.55), 0.026, [(52, 96, 40), (74, 122, 50), (38, 76, 36)])
    toppings.gloss(canvas, rng, 4, 50)


def _cabbage(canvas, rng, spots):
    count = len(spots)
    leaves = blob(rng, spots, rng.uniform(0.12, 0.2, count), 0.6, rng.uniform(0, 3.1, count), 0.35)
    canvas.solid(leaves, (188, 204, 122), 0.03, 0.62, 50)


def hiyashi(canvas, rng):
    """Pale chilled noodles under stripes of cucumber, egg, ham and tomato, laid like rays."""
    canvas.ground((206, 166, 100), rng, 0.08)
    lines = numpy.concatenate([combed(rng, 3, 10, 0.12, 1.02, 0.022, 2.6, 18),
                               combed(rng, 6, 10, 0.064, 1.02, 0.022, 2.6, 18)])
    strands(canvas, rng, lines, 0.060, (176, 132, 66), (248, 226, 160), (255, 246, 208))
    turn = rng.uniform(-0.3, 0.3)
    cucumber, egg, ham, tomato = (96, 160, 70), (250, 204, 64), (240, 150, 158), (216, 44, 34)
    for k, colour in enumerate([cucumber, egg, ham, tomato, cucumber, egg, ham]):
        middle = turn + k * 2 * numpy.pi / 7
        if colour == tomato:
            for shift in (-0.2, 0.2):
                at = toward(middle + shift) * 0.52
                canvas.solid(blob(rng, at, 0.23, 0.42, middle + shift, 0.06), colour, 0.05, 0.7, 90)
            continue
        angle = middle + rng.uniform(-0.27, 0.27, 14)
        reach = rng.uniform(0.40, 0.56, 14)
        at = toward(angle) * reach[:, None]
        shreds(canvas, rng, at, 0.50, 0.055, colour, angle, 0.10, 0.05)
    toppings.egg_half(canvas, rng, rng.uniform(-0.04, 0.04, 2), 0.21, rng.uniform(0, 3))
    flecks(canvas, rng, scatter(rng, 30, 0.8), 0.014, [(250, 244, 220), (230, 214, 170)])


def meat_spaghetti(canvas, rng):
    """Thick yellow noodles under a heap of red-brown meat sauce, with parsley."""
    canvas.ground((188, 136, 52), rng, 0.08)
    lines = tangle(rng, 96, 1.05, 0.8, 0.0)
    strands(canvas, rng, lines, 0.066, (156, 96, 24), (244, 202, 98), (255, 238, 164))
    middle = rng.uniform(-0.07, 0.07, 2)
    canvas.fill(blob(rng, middle - canvas.light * 0.07, 0.64, 0.92, 0, 0.16, 22), (70, 20, 6), 130)
    canvas.fill(blob(rng, middle, 0.62, 0.92, 0, 0.18, 22), (146, 42, 18))
    canvas.fill(blob(rng, middle + canvas.light * 0.08, 0.46, 0.92, 0, 0.2, 18), (178, 58, 26), 150)
    at = scatter(rng, 110, 0.56, middle)
    flecks(canvas, rng, at - canvas.light * 0.025, 0.062, [(76, 22, 10), (92, 30, 14)], 210)
    flecks(canvas, rng, at, 0.052, [(150, 66, 38), (170, 80, 46), (132, 50, 28), (190, 70, 36)])
    flecks(canvas, rng, at[::3] + canvas.light * 0.018, 0.022, [(230, 150, 100)], 190)
    flecks(canvas, rng, scatter(rng, 26, 0.45, middle), 0.032, [(70, 134, 46), (96, 160, 60)])
    toppings.gloss(canvas, rng, 2, 50)


#: name -> (function of (canvas, generator), heap: 0 a flat soup, 1 a round heap)
DISHES = {
    'curry': (curry, 0.4),
    'fried_rice': (fried_rice, 1.0),
    'gyudon': (gyudon, 0.7),
    'hiyashi': (hiyashi, 0.5),
    'meat_spaghetti': (meat_spaghetti, 0.8),
    'ramen': (ramen, 0.1),
    'rice': (rice, 1.0),
    'soba': (soba, 0.1),
    'unagi': (unagi, 0.4),
    'yakisoba': (yakisoba, 0.8),
}
