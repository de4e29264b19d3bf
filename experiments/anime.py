"""Drawings and stills into dishes: what becomes of lines and of flat colour.

Examples:
  python experiments/anime.py --out runs/anime
  python experiments/anime.py --weights photos_96 --photos stills --size 256 --out runs/stills

Without --photos, rendered bowls are made into drawings of a few flat colours with black outlines.
The weights have seen no drawing. A table says which share of the lines is kept and which is new,
how dark the ink and how flat the flat colour is before and after; a second sheet shows the lines
(kept black, lost red, new blue). Leaves the sheets and the table in OUT/results.
"""

import sys

import numpy
from PIL import Image, ImageFilter

import scripts
from chainer_foodgan import images
from chainer_foodgan.visualizations.grids import grid
from lib import results
from lib.inputs import Means, add_options, described, opened

INK = (20, 18, 24)


def draw(picture, line, colours=8):
    """Draws a picture as a cartoon.

    Args:
        picture (PIL.Image.Image): Mode RGB.
        line (int): Width of the outlines in pixels; what is not much larger is left out.
        colours (int): How many there are, outlines apart.

    Returns:
        PIL.Image.Image: Mode RGB, of the same size: ``colours`` colours at most, each region of one
        bordered by a black line where it meets another.
    """
    smooth = picture.filter(ImageFilter.MedianFilter(2 * line + 1))
    palette = smooth.quantize(colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    regions = palette.filter(ImageFilter.ModeFilter(2 * line + 1))
    number = numpy.asarray(regions)
    border = numpy.zeros(number.shape, bool)
    border[:, 1:] |= number[:, 1:] != number[:, :-1]
    border[1:] |= number[1:] != number[:-1]
    thick = Image.fromarray(border.astype(numpy.uint8) * 255).filter(
        ImageFilter.MaxFilter(line // 2 * 2 + 1))
    flat = regions.convert('RGB')
    flat.paste(INK, mask=thick)
    return flat


#: A pixel is on a line where the luma changes by more than this from pixel to pixel, of 255.
STEEP = 20
#: Ink is darker than this.
DARK = 64
#: Colour is flat where the levels in the square of :data:`AROUND` pixels have a smaller spread.
EVEN, AROUND = 2, 5

#: Key, title, how it is written.
COLUMNS = (
    ('kept', 'lines kept', '{:.1%}'),
    ('chance', 'by chance', '{:.1%}'),
    ('kept_outside', 'kept outside the food', '{:.1%}'),
    ('kept_inside', 'in the food', '{:.1%}'),
    ('added', 'lines that are new', '{:.1%}'),
    ('ink_before', 'luma of the ink', '{:.0f}/255'),
    ('ink_after', 'after', '{:.0f}/255'),
    ('spread_before', 'spread of flat colour', '{:.1f}/255'),
    ('spread_after', 'after', '{:.1f}/255'))


def measure(x, y, food=None):
    """Compares a drawing with its translation.

    Args:
        x, y (PIL.Image.Image): Both, RGB, of one size.
        food (numpy.ndarray): Where the food is, bool (H, W), or None.

    Returns:
        dict: Float, NaN where there is nothing of it:

        - ``kept``: share of the drawing's lines (pixels) that have a line of the translation at
          most a pixel away; ``kept_inside`` and ``kept_outside`` the food, where that is known;
          ``chance``: the share of all pixels that have, and so of lines that know nothing of it;
        - ``added``: share of the translation's lines that have none of the drawing so near;
        - ``ink_before``, ``ink_after``: mean luma of the drawing's dark pixels, 0 to 255;
        - ``spread_before``, ``spread_after``: standard deviation of the levels around a pixel,
          averaged over the pixels where the drawing is flat and over red, green and blue.
    """
    before, after = lines(x), lines(y)
    near_before, near_after = thicker(before), thicker(after)
    found = {'kept': _mean(near_after[before]), 'chance': _mean(near_after),
             'added': _mean(~near_before[after])}
    if food is not None:
        found['kept_inside'] = _mean(near_after[before & food])
        found['kept_outside'] = _mean(near_after[before & ~food])
    ink = _luma(x) < DARK
    spreads = spread(x), spread(y)
    flat = spreads[0] < EVEN
    found.update(ink_before=_mean(_luma(x)[ink]), ink_after=_mean(_luma(y)[ink]),
                 spread_before=_mean(spreads[0][flat]), spread_after=_mean(spreads[1][flat]))
    return found


def lines(picture):
    """Where the luma is steep, bool (H, W)."""
    return numpy.hypot(*numpy.gradient(_luma(picture))) > STEEP


def thicker(where):
    """The same and all pixels around it, bool (H, W)."""
    picture = Image.fromarray(where.astype(numpy.uint8))
    return numpy.asarray(picture.filter(ImageFilter.MaxFilter(3))) > 0


def spread(picture):
    """Standard deviation around each pixel, float64 (H - 4, W - 4): not of those at the border."""
    levels = numpy.asarray(picture, numpy.float64)
    around = numpy.lib.stride_tricks.sliding_window_view(levels, (AROUND, AROUND), (0, 1))
    return numpy.sqrt(around.var(axis=(3, 4)).mean(axis=2))


def overlay(x, y):
    """The lines of a drawing and of its translation: kept black, lost red, new blue."""
    before, after = lines(x), lines(y)
    sheet = numpy.full((*before.shape, 3), 238, numpy.uint8)  # not the white between pictures
    sheet[after & ~thicker(before)] = (40, 110, 220)
    sheet[before & ~thicker(after)] = (220, 50, 40)
    sheet[before & thicker(after)] = 0
    return Image.fromarray(sheet)


def _luma(picture):
    return numpy.asarray(picture.convert('L'), numpy.float64)


def _mean(values):
    return float(values.mean()) if values.size else float('nan')


LINE = 5  # pixels of an outline, of 512: at 128 pixels a little more than one


def parse():
    parser = scripts.parser_of('anime', __doc__, 'bowls')
    add_options(parser, 4)
    return scripts.parse(parser, 'anime')


def run(args):
    inputs, translator, dishes = opened(args)
    folder = results.Results(args.out, args)
    rows, overlays, found = [], [], Means(dishes, COLUMNS)
    for index in range(len(inputs)):
        drawing = inputs.image(index) if args.photos else draw(inputs.image(index), LINE)
        x = translator.prepare(drawing)
        small, made = images.to_image(x), list(translator.translate([x], dishes))
        rows.append([drawing, *made])
        overlays.append([overlay(small, picture) for picture in (small, *made)])
        for dish, picture in zip(dishes, made):
            found.add(dish, measure(small, picture, inputs.mask(index, translator.size)))
    cell = max(256, translator.size)
    folder.picture('anime.png', grid(rows, ['input', *dishes], cell))
    folder.picture('lines.png', grid(overlays, ['input', *dishes], cell))
    folder.figures('anime', found.record(), [found.table()], notes=[
        described(inputs, args, translator) + ('' if args.photos else ', made into drawings')])


if __name__ == '__main__':
    sys.exit(scripts.main(run, parse()))
