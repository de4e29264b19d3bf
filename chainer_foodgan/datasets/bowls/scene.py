"""One bowl on its table under its light: all of a picture but the food."""

import numpy

from chainer_foodgan.datasets.bowls.augmentations import draw_chopsticks, draw_mat, draw_table
from chainer_foodgan.datasets.bowls.canvas import Canvas, ellipse, ribbon, toward

_PURPOSES = ('layout', 'table', 'props', 'grain', 'dish', 'shape')


class Scene:
    """What (seed, index) says about a bowl's surroundings.

    Args:
        seed, index (int): Which bowl.
        shapes (sequence of str): Of :data:`SHAPES`, what the vessel's shape is drawn from.

    Attributes:
        light (numpy.ndarray): Unit vector (2,) in the picture towards the light.
        vessel (Vessel): The bowl.
    """

    def __init__(self, seed, index, shapes=('round',)):
        self._key = seed, index
        rng = self.rng('layout')
        angle = -2.2 + rng.uniform(-0.8, 0.8)  # mostly from the upper left
        self.light = numpy.rint(toward(angle) * 1024) / 1024
        self._warmth = rng.uniform(-0.04, 0.06)
        self._bright = rng.uniform(1.0, 1.12)
        self._slope = rng.uniform(0.10, 0.28)
        self._vignette = rng.uniform(0.15, 0.45)
        self.vessel = Vessel(rng, self.rng('shape').choice(shapes))

    def rng(self, purpose, number=0):
        """A generator of its own for every purpose, so that none shifts another's numbers."""
        return numpy.random.default_rng(self._key + (_PURPOSES.index(purpose), number))

    def compose(self, size, food, heap):
        """The finished picture, uint8 (size, size, 3): a dish, drawn over a whole canvas, lies in
        the bowl, from a flat soup (``heap`` 0) to a round heap (1).
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


# Colours of the outside, the rim, the inside and the pattern.
_GLAZES = [((236, 236, 232), (246, 246, 242), (240, 240, 236), (52, 84, 150)),
           ((240, 236, 226), (250, 247, 238), (244, 240, 230), (176, 44, 40)),
           ((58, 40, 34), (78, 54, 44), (92, 64, 50), (196, 168, 120)),
           ((34, 32, 36), (52, 48, 52), (150, 36, 32), (198, 160, 72)),
           ((52, 80, 120), (70, 100, 142), (206, 214, 220), (226, 230, 234)),
           ((126, 150, 128), (160, 182, 156), (176, 196, 170), (92, 118, 98)),
           ((150, 38, 34), (178, 50, 42), (60, 34, 30), (230, 190, 90)),
           ((196, 168, 128), (214, 188, 148), (222, 200, 164), (120, 84, 54)),
           ((96, 92, 90), (124, 118, 114), (142, 136, 130), (220, 214, 204))]


#: Shapes of vessels: the short axis, a share of the round one's, and the exponent of the outline
#: |x|^p + |y|^p = 1, which is an ellipse for 2 and nearly a rectangle for 8.
SHAPES = {'round': (1, 2), 'oval': (0.6, 2), 'square': (1, 8), 'box': (0.7, 8)}


class Vessel:
    """A bowl seen from above and a little from the front, in picture widths.

    Args:
        rng (numpy.random.Generator): Draws everything but the shape.
        shape (str): Of :data:`SHAPES`.

    Attributes:
        centre, radii: Of the lip's outer border, (x, y) and (long half axis, short half axis).
        food_centre, food_radii: The same of the surface of the food.
        plane_radii: Of the disc on which dishes are drawn, which holds the food.
    """

    def __init__(self, rng, shape='round'):
        flat, self._power = SHAPES[shape]
        radius = rng.uniform(0.37, 0.45)
        ratio = rng.uniform(0.84, 1.0)
        room = 0.485 - radius
        self.centre = numpy.array([0.5 + rng.uniform(-1, 1) * min(room, 0.05),
                                   0.49 + rng.uniform(-1, 1) * min(room, 0.04)])
        self.radii = numpy.array([radius, radius * ratio * flat])
        self._rim = rng.uniform(0.035, 0.13)
        fullness = rng.uniform(0.90, 0.96)
        self._inner = self.radii * (1 - self._rim)
        self.food_radii = self._inner * fullness
        self.plane_radii = self.food_radii * 2 ** (0.5 - 1 / self._power)
        sight = numpy.sqrt(1 - ratio * ratio)  # 0 straight from above
        room = self._inner[1] - self.food_radii[1]
        self.food_centre = self.centre + (0, room * min(sight * 1.5, 0.9))
        self._height = radius * sight * rng.uniform(0.35, 0.6)
        self._foot = rng.uniform(0.5, 0.75)
        self._glaze = [numpy.array(c, float) for c in _GLAZES[rng.integers(len(_GLAZES))]]
        self._pattern = rng.choice(['none', 'line', 'lines', 'dots', 'dashes', 'waves'])
        self._marks = int(rng.integers(14, 34))
        self._turn = rng.uniform(0, 6.28)

    def shadow(self, size, light):
        """How much light the bowl leaves to the table, float32 (size, size), 0 to 1."""
        at = ((numpy.arange(size) + 0.5) / size).astype(numpy.float32)
        base = self.centre + (0, self._height * 0.7)
        shade = numpy.ones((size, size), numpy.float32)
        for shift, soft, dark in ((0.055, 0.42, 0.42), (0.02, 0.14, 0.35)):
            x, y = base - light * shift
            u = (at - numpy.float32(x)) / numpy.float32(self.radii[0])
            v = (at - numpy.float32(y)) / numpy.float32(self.radii[1])
            radius = numpy.sqrt(u[None] ** 2 + v[:, None] ** 2)
            part = numpy.clip((1 + numpy.float32(soft) - radius) / numpy.float32(2 * soft), 0, 1)
            shade *= 1 - numpy.float32(dark) * part * part * (3 - 2 * part)
        return shade

    def draw(self, canvas):
        """Draws the bowl, empty, onto the table."""
        outside, rim, inside, mark = self._glaze
        steps = 7
        for k in range(steps):
            part = k / (steps - 1)  # from the foot up to the lip
            wide = self._foot + (1 - self._foot) * numpy.sqrt(part * (2 - part))
            at = self.centre + (0, self._height * (1 - part))
            canvas.fill(self._outline(at, self.radii * wide), outside * (0.45 + 0.45 * part))
        canvas.fill(self._outline(self.centre, self.radii), rim * 0.8)
        canvas.fill(self._outline(self.centre, self.radii * 0.985), rim)
        self._shade(canvas, self.radii * (1 - self._rim / 2), rim, self._rim * 0.86)
        self._decorate(canvas, mark)
        canvas.fill(self._outline(self.centre, self._inner * 1.015), rim * 0.62)
        steps = 6
        for k in range(steps):
            part = k / (steps - 1)
            at = self.centre + (self.food_centre - self.centre) * part
            radii = self._inner + (self.food_radii - self._inner) * part
            canvas.fill(self._outline(at, radii), inside * (0.92 - 0.28 * part))

    def outline(self):
        """The border of the food, float64 (P, 2)."""
        return self._outline(self.food_centre, self.food_radii)

    def _toward(self, angle):
        """Points of the outline (of half axes of 1) in these directions, float64 (..., 2)."""
        way = toward(angle)
        if self._power == 2:
            return way
        return way / (abs(way) ** self._power).sum(-1, keepdims=True) ** (1 / self._power)

    def _outline(self, centre, radii):
        return self._toward(numpy.arange(72) * (2 * numpy.pi / 72)) * radii + centre

    def _arc(self, radii):
        return (self._toward(numpy.linspace(0, 2 * numpy.pi, 73)) * radii + self.centre)[None]

    def _shade(self, canvas, radii, colour, width):
        """A ring of small pieces, the brighter the more they face the light."""
        pieces = 60
        turn = numpy.arange(pieces)[:, None] * (2 * numpy.pi / pieces)
        lines = self._toward(turn + (-0.07, 0, 0.07))
        facing = (lines[:, 1] * canvas.light).sum(1, keepdims=True)
        tone = 1 + 0.10 * facing + 0.16 * numpy.clip(facing, 0, 1) ** 6
        canvas.fill(ribbon(lines * radii + self.centre, width * self.radii[0]), colour * tone)

    def _decorate(self, canvas, colour):
        band = self._rim
        at = 1 - band / 2
        thick = band * self.radii[0]

        def circle(part, width, opacity):
            line = self._arc(self.radii * (1 - band * part))
            canvas.fill(ribbon(line, thick * width), colour, opacity)

        if self._pattern in ('line', 'lines'):
            circle(0.3, 0.18, 230)
        if self._pattern == 'lines':
            circle(0.7, 0.26, 200)
        turn = self._turn + numpy.arange(self._marks) * (2 * numpy.pi / self._marks)
        if self._pattern == 'dots':
            spots = self._toward(turn) * self.radii * at + self.centre
            dot = ellipse((0, 0), thick * 0.26, 1, 0, 10)
            canvas.fill(spots[:, None] + dot, colour, 230)
        if self._pattern == 'dashes':
            span = numpy.linspace(-0.28, 0.28, 4) * (2 * numpy.pi / self._marks)
            lines = self._toward(turn[:, None] + span) * self.radii * at + self.centre
            canvas.fill(ribbon(lines, thick * 0.42), colour, 230)
        if self._pattern == 'waves':
            fine = numpy.linspace(0, 2 * numpy.pi, 145)
            reach = at + 0.28 * band * numpy.sin(fine * (self._marks // 2))
            wave = self._toward(fine) * reach[:, None] * self.radii
            canvas.fill(ribbon((wave + self.centre)[None], thick * 0.2), colour, 220)
