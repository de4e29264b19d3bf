"""Words on sheets of pictures: a font, and lines that fit a width."""

import functools
import pathlib

from PIL import ImageFont

PAPER, INK = (255, 255, 255), (38, 38, 38)


def typeset(titles, width):
    """The largest font of which every title fits the width in at most three lines, and the lines.

    Args:
        titles (sequence of str): Underscores are shown as spaces.
        width (int): Pixels.

    Returns:
        tuple: The font, and the titles (list of list of str), each with its lines.
    """
    titles = [title.replace('_', ' ') for title in titles]
    width -= width // 20  # titles of neighbours should not touch
    smallest = max(8, width // 20)
    for size in range(max(10, min(28, width // 8)), smallest - 1, -1):
        chosen = font(size)
        texts = [_wrap(title, chosen, width) for title in titles]
        if all(len(lines) <= 3 and chosen.getlength(line) <= width
               for lines in texts for line in lines):
            break
    # What is too long at the smallest size, too, would run into the next column.
    return chosen, [[shorten(line, chosen, width) for line in lines] for lines in texts]


def shorten(words, chosen, width):
    """Words that fit a width (pixels) in a font; an ellipsis takes the place of their end."""
    if chosen.getlength(words) <= width:
        return words
    while words and chosen.getlength(words + '…') > width:
        words = words[:-1]
    return words + '…'


@functools.lru_cache(maxsize=None)
def font(size):
    """The sheets' font in a size (pixels)."""
    # DejaVu comes with Matplotlib and, unlike Pillow's own font, has the letters of most languages.
    import matplotlib
    path = pathlib.Path(matplotlib.get_data_path(), 'fonts', 'ttf', 'DejaVuSans.ttf')
    return ImageFont.truetype(str(path), size)


def _wrap(title, chosen, width):
    lines = []
    for word in title.split():
        if lines and chosen.getlength(lines[-1] + ' ' + word) <= width:
            lines[-1] += ' ' + word
        else:
            lines.append(word)
    return lines or ['']
