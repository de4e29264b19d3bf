"""Pictures made into drawings: flat colours, black outlines."""

import numpy
from PIL import Image, ImageFilter

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
