"""Drawing in the plane of the food: a disc of radius 1, u to the right, v downwards.

The canvas fills polygons and nothing else. Their corners are rounded to 1/2048 of the picture, so
a sine that differs in its last digit on another machine draws the same pixels. (aggdraw lets a
filled outline grow by a quarter of a pixel on each side.)
"""

import functools

import aggdraw
import numpy

_GRID = 2048


def toward(angle):
    """Vectors of length 1 in the directions ``angle`` (...) radians, float64 (..., 2)."""
    return numpy.stack([numpy.cos(angle), numpy.sin(angle)], -1)


def ellipse(centre, radius, ratio=1.0, angle=0.0, corners=20):
    """Outlines of ellipses, float64 (..., corners, 2).

    ``centre`` (..., 2), ``radius`` (half the long axis), ``ratio`` (short axis to long axis) and
    ``angle`` (radians) are one ellipse's or, as arrays, many ellipses'.
    """
    return _round(centre, radius, ratio, angle, corners, 1)


def blob(rng, centre, radius, ratio=1.0, angle=0.0, wobble=0.12, corners=14):
    """Outlines like :func:`ellipse`, uneven by up to ``wobble`` of the radius."""
    many = numpy.asarray(centre).shape[:-1]
    uneven = rng.uniform(-1, 1, many + (corners,))
    uneven = 1 + wobble * (uneven + numpy.roll(uneven, 1, -1)) / 2
    return _round(centre, radius, ratio, angle, corners, uneven)


def _round(centre, radius, ratio, angle, corners, uneven):
    turn = numpy.arange(corners) * (2 * numpy.pi / corners)
    reach = numpy.asarray(radius)[..., None] * uneven
    ratio = numpy.asarray(ratio)[..., None]
    outline = toward(turn) * numpy.stack(numpy.broadcast_arrays(reach, reach * ratio), -1)
    return place(outline, centre, angle)


def place(points, centre, angle=0.0):
    """Shapes (..., P, 2) turned by ``angle`` (...) radians and moved to ``centre`` (..., 2)."""
    centre, angle = numpy.asarray(centre), numpy.asarray(angle)[..., None]
    cos, sin = numpy.cos(angle), numpy.sin(angle)
    u, v = points[..., 0], points[..., 1]
    turned = numpy.stack([cos * u - sin * v, sin * u + cos * v], -1)
    return turned + centre[..., None, :]


def ribbon(lines, width):
    """Outlines (S, 2P, 2) of lines (S, P, 2) drawn ``width`` wide (a number or (S, 1, 1))."""
    step = numpy.empty_like(lines)
    step[:, 1:-1] = lines[:, 2:] - lines[:, :-2]
    step[:, 0] = lines[:, 1] - lines[:, 0]
    step[:, -1] = lines[:, -1] - lines[:, -2]
    length = numpy.sqrt(step[..., :1] ** 2 + step[..., 1:] ** 2) + 1e-9
    side = numpy.concatenate([-step[..., 1:], step[..., :1]], -1) / length * (width / 2)
    return numpy.concatenate([lines + side, (lines - side)[:, ::-1]], 1)


class Canvas:
    """An RGB picture of ``size`` x ``size`` pixels that takes polygons in a plane's coordinates.

    Args:
        size (int): Pixels along a side.
        colour (tuple): RGB, 0 to 255, of the ground.
        centre (tuple): Where the plane's (0, 0) lies in the picture, 0 to 1.
        radii (tuple): How long the plane's u and v units are, in picture widths.
        light (tuple): A vector of length 1 that points to where the light comes from.
    """

    def __init__(self, size, colour=(0, 0, 0), centre=(0.0, 0.0), radii=(1.0, 1.0),
                 light=(-0.6, -0.8)):
        self.size = size
        self.light = numpy.array(light)
        self._centre = numpy.array(centre) * _GRID
        self._radii = numpy.array(radii) * _GRID
        self._draw = aggdraw.Draw('RGB', (size, size), tuple(colour))

    def fill(self, shapes, colours, opacity=255):
        """Fills outlines (..., P, 2), one after the other, in colours, RGB, 0 to 255, of all (3,)
        or of each (..., 3); a fourth number takes the place of ``opacity`` (0 to 255).
        """
        grid = numpy.rint(shapes * self._radii + self._centre) * (self.size / _GRID)
        outlines = grid.reshape(-1, 2 * shapes.shape[-2]).tolist()
        colours = numpy.clip(numpy.rint(colours), 0, 255).astype(int)
        paints = [aggdraw.Brush(tuple(paint[:3]), *(paint[3:] or [opacity]))
                  for paint in colours.reshape(-1, colours.shape[-1]).tolist()]
        if len(paints) == 1:
            paints *= len(outlines)
        for outline, paint in zip(outlines, paints):
            self._draw.polygon(outline, None, paint)

    def solid(self, shapes, colours, height=0.04, edge=0.72, gloss=40):
        """Draws things that lie on the food, outlines (..., P, 2) in colours (3,) or (..., 3), each
        with its shadow, which falls so far (``height``), a dark edge of a share of the body's
        brightness, its body, and a glint of that opacity (``gloss``).
        """
        colours = numpy.broadcast_to(colours, shapes.shape[:-2] + (3,))
        middle = shapes.mean(-2, keepdims=True)
        layers = [(shapes - self.light * height, (20, 10, 5), 90),
                  (shapes, colours * edge, 255),
                  (middle + (shapes - middle) * 0.88 + self.light * height * 0.25, colours, 255),
                  (middle + (shapes - middle) * 0.42 + self.light * height * 1.2,
                   (255, 255, 250), gloss)]
        self.layered(layers[:4 if gloss else 3])

    def layered(self, layers):
        """Fills many things in layers, a list of (outlines (..., P, 2), RGB (3,) or (..., 3),
        opacity), each thing whole before the next one.
        """
        shapes = numpy.stack([shape for shape, _, _ in layers], -3)
        paints = numpy.empty(shapes.shape[:-2] + (4,))
        for k, (_, colour, opacity) in enumerate(layers):
            paints[..., k, :3] = colour
            paints[..., k, 3] = opacity
        self.fill(shapes, paints)

    def ground(self, colour, rng, amount):
        """Fills the picture with a colour, lighter and darker by up to ``amount`` (0 to 1)."""
        soft = 1 + amount * (value_noise(rng, self.size, 4) + value_noise(rng, self.size, 11))
        self.put(soft[..., None] * numpy.array(colour, numpy.float32))

    def sink(self, colour, start, full):
        """Lets the picture go under in a soup, from radius ``start`` on, wholly at ``full``."""
        u, v = self.plane()
        part = numpy.clip((numpy.sqrt(u * u + v * v) - start) / (full - start), 0, 1)[..., None]
        self.put(self.array() * (1 - part) + part * numpy.array(colour, numpy.float32))

    def array(self):
        """The picture as it stands, uint8 (size, size, 3)."""
        return numpy.frombuffer(self._draw.tobytes(), numpy.uint8).reshape(self.size, self.size, 3)

    def put(self, array):
        """Replaces the picture by an array, float or integer (size, size, 3), 0 to 255."""
        self._draw.frombytes(numpy.clip(array + 0.5, 0, 255).astype(numpy.uint8).tobytes())

    def plane(self):
        """Each pixel's u and v, two float32 arrays (1, size) and (size, 1)."""
        at = (numpy.arange(self.size) + 0.5) / self.size
        u = (at - self._centre[0] / _GRID) / (self._radii[0] / _GRID)
        v = (at - self._centre[1] / _GRID) / (self._radii[1] / _GRID)
        return u.astype(numpy.float32)[None], v.astype(numpy.float32)[:, None]


@functools.lru_cache(maxsize=64)
def _weights(size, cells):
    """How much each of cells + 1 knots counts at each pixel, in 1/256, int32 (size, cells + 1)."""
    at = (numpy.arange(size) + 0.5) / size * cells
    left = at.astype(int)
    part = at - left
    part = numpy.rint(part * part * (3 - 2 * part) * 256).astype(numpy.int32)
    weights = numpy.zeros((size, cells + 1), numpy.int32)
    weights[numpy.arange(size), left] = 256 - part
    weights[numpy.arange(size), left + 1] = part
    return weights


def value_noise(rng, size, cells):
    """Smooth noise, float32 (size, size), -1 to 1, with ``cells`` hills along a side.

    It is computed in integers, so that it is the same on every machine.
    """
    knots = rng.integers(-64, 65, (cells + 1, cells + 1)).astype(numpy.int32)
    weights = _weights(size, cells)
    return (weights @ (knots @ weights.T)).astype(numpy.float32) / numpy.float32(2 ** 22)
