"""One bowl on its table under its light: all of a picture but the food."""

import numpy

from chainer_foodgan.datasets.bowls.canvas import Canvas, toward
from chainer_foodgan.datasets.bowls.table import draw_chopsticks, draw_mat, draw_table
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
