"""The five dishes of noodles."""

import numpy

from chainer_foodgan.datasets.bowls import toppings
from chainer_foodgan.datasets.bowls.canvas import blob, ellipse, place, toward
from chainer_foodgan.datasets.bowls.toppings import combed, flecks, scatter, shreds, strands, tangle


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
