"""What becomes of the lines and the flat colour of a drawing."""

import numpy
from PIL import Image, ImageFilter

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
