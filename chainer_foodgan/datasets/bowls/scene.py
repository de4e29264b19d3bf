"""One bowl on its table under its light: all of a picture but the food."""

import numpy

from chainer_foodgan.datasets.bowls.canvas import (
    Canvas,
    ellipse,
    place,
    ribbon,
    toward,
    value_noise,
)
from chainer_foodgan.datasets.bowls.vessel import Vessel

_PURPOSES = ('layout', 'table', 'props', 'grain', 'dish')


class Scene:
    """What (seed, index) says about a bowl's surroundings.

    Attributes:
        light (numpy.ndarray): Unit vector (2,) in the picture towards the light.
        vessel (Vessel): The bowl.
    """

    def __init__(self, seed, index):
        self._key = seed, index
        rng = self.rng('layout')
        angle = -2.2 + rng.uniform(-0.8, 0.8)  # mostly from the upper left
        self.light = numpy.rint(toward(angle) * 1024) / 1024
        self._warmth = rng.uniform(-0.04, 0.06)
        self._bright = rng.uniform(1.0, 1.12)
        self._slope = rng.uniform(0.10, 0.28)
        self._vignette = rng.uniform(0.15, 0.45)
        self.vessel = Vessel(rng)

    def rng(self, purpose, number=0):
        """A generator of its own for every purpose, so that none shifts another's numbers."""
        return numpy.random.default_rng(self._key + (_PURPOSES.index(purpose), number))

    def compose(self, size, food, heap):
        """Puts a dish in the bowl.

        Args:
            size (int): Pixels along a side.
            food (Canvas): The dish, drawn over the whole picture; what lies in the bowl is used.
            heap (float): 0 a flat soup, 1 a round heap.

        Returns:
            numpy.ndarray: The finished picture, uint8 (size, size, 3).
        """
        canvas = Canvas(size, light=self.light)
        canvas.put(draw_table(self.rng('table'), size))
        rng = self.rng('props')
        draw_mat(canvas, rng, self.vessel.centre + (0, 0.02))
        draw_chopsticks(canvas, rng)
        canvas.put(canvas.array() * self.vessel.shadow(size, self.light)[..., None])
        self.vessel.draw(canvas)
        cover = self.cover(size)[..., None].astype(numpy.float32) / 255
        picture = canvas.array() * (1 - cover) + self._shaded(food, heap) * cover
        return self._lit(picture, size)

    def cover(self, size):
        """How much of each pixel is food, uint8 (size, size)."""
        canvas = Canvas(size)
        canvas.fill(self.vessel.outline(), (255, 255, 255))
        return canvas.array()[..., 0]

    def _shaded(self, food, heap):
        """The food with the shade of the wall, and round where it is heaped."""
        u, v = food.plane()
        light_u, light_v = self.light.astype(numpy.float32)
        radius = u * u + v * v
        shifted = radius + numpy.float32(0.3) * (u * light_u + v * light_v)  # the wall's shadow
        wall = numpy.clip((shifted - numpy.float32(0.72)) / numpy.float32(0.6), 0, 1)
        edge = numpy.clip((radius - numpy.float32(0.5)) / numpy.float32(0.55), 0, 1)
        slope = (u * light_u + v * light_v) * numpy.float32(0.20 * heap)
        tone = (1 + slope) * (1 - numpy.float32(0.30) * edge * edge)
        tone = tone * (1 - numpy.float32(0.42 * (1 - 0.55 * heap)) * wall)
        return food.array() * tone[..., None]

    def _lit(self, picture, size):
        """Light from its side, darker corners, its warmth, and the grain of a photo."""
        at = ((numpy.arange(size) + 0.5) / size - 0.5).astype(numpy.float32)
        x, y = at[None], at[:, None]
        light_x, light_y = self.light.astype(numpy.float32)
        tone = x * light_x + y * light_y
        tone = numpy.float32(self._bright) + numpy.float32(self._slope) * tone
        tone = tone * (1 - numpy.float32(self._vignette) * (x * x + y * y))
        warmth = numpy.array([1 + self._warmth, 1, 1 - 1.3 * self._warmth], numpy.float32)
        grain = self.rng('grain').integers(-3, 4, (size, size, 1), numpy.int8)
        lit = picture * (tone[..., None] * warmth) + grain + numpy.float32(0.5)
        return numpy.clip(lit, 0, 255).astype(numpy.uint8)


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
    """Draws the bare table.

    Returns:
        numpy.ndarray: float32 (size, size, 3), 0 to 255.
    """
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
