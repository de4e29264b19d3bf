"""Labelled pictures in rows and columns: grids, as many as it takes, and sheets of thumbnails."""

import functools
import pathlib

from PIL import Image, ImageDraw, ImageFont, ImageOps

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.images import save_image

PAPER, INK = (255, 255, 255), (38, 38, 38)


def typeset(titles, width):
    """The largest font of which every title fits a width (pixels) in at most three lines, and the
    titles, each with its lines (list of list of str). Underscores are shown as spaces.
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


@functools.cache
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


def grid(rows, titles=None, cell=None, names=None):
    """Draws pictures as a labelled sheet.

    Args:
        rows (list of list of PIL.Image.Image): The pictures, row by row; as many in each row as
            there are titles. The first column (the input) is set apart by a wider gap.
        titles (list of str): What stands above the columns. Underscores are shown as spaces, long
            titles take more lines. None: no head.
        cell (int): Pixels that the longer side of every picture is scaled to. None: pictures keep
            their sizes.
        names (list of str): What stands at the left of the rows, set like the titles. None:
            nothing.

    Returns:
        PIL.Image.Image: RGB, on white.
    """
    if cell is not None:
        rows = [[fit(picture, cell) for picture in row] for row in rows]
    titles, names = titles or [], names or []
    width = max(picture.width for row in rows for picture in row)
    gap = max(4, width // 32)
    margin = 2 * gap + 4

    font, texts = typeset([*titles, *names], width)
    line = sum(font.getmetrics())
    heads, sides = texts[:len(titles)], texts[len(titles):]
    head = max((len(lines) * line + gap for lines in heads), default=0)
    side = max((round(font.getlength(words)) + 2 * gap for lines in sides for words in lines),
               default=0)
    lefts = [margin + side + column * (width + gap) + (gap if column else 0)
             for column in range(max(map(len, rows)))]
    heights = [max(picture.height for picture in row) for row in rows]
    for index, lines in enumerate(sides):
        heights[index] = max(heights[index], len(lines) * line)

    top = margin + head
    sheet = Image.new('RGB', (lefts[-1] + width + margin,
                              top + sum(heights) + gap * (len(rows) - 1) + margin), PAPER)
    draw = ImageDraw.Draw(sheet)
    for left, lines in zip(lefts, heads):
        # Anchor 'ma' (middle, ascender): all first lines share one height; the last is lowest.
        for index, words in enumerate(lines, start=-len(lines)):
            draw.text((left + width / 2, top - gap + index * line), words, INK, font, anchor='ma')
    for index, (row, height) in enumerate(zip(rows, heights)):
        for left, picture in zip(lefts, row):
            sheet.paste(picture, (left + (width - picture.width) // 2,
                                  top + (height - picture.height) // 2))
        for number, words in enumerate(sides[index] if sides else ()):
            middle = top + height / 2 + (number + 0.5 - len(sides[index]) / 2) * line
            draw.text((margin, middle), words, INK, font, anchor='lm')
        top += height + gap
    return sheet


def fit(picture, cell):
    """Scales a picture so that its longer side has ``cell`` pixels."""
    scale = cell / max(picture.size)
    return picture.resize([max(1, round(side * scale)) for side in picture.size], Image.LANCZOS)


_QUIET, _RULE = (110, 110, 110), (196, 58, 32)


def contact_sheet(rows, names, cell=96, captions=None, columns=12, rules=None):
    """Draws rows of pictures of any number, each below its name.

    Args:
        rows (list of list of PIL.Image.Image): The pictures; of each its centred square is shown.
            A row may be empty.
        names (list of str): What stands above each row; several words are welcome.
        cell (int): Side of a thumbnail, pixels.
        captions (list of list of str): What stands below the pictures, e.g. a score; None: nothing.
        columns (int): Pictures in a line; a longer row takes more lines.
        rules (list of int): For each row the number of pictures before a red rule, or None for a
            row without one. None: no rules.

    Returns:
        PIL.Image.Image: RGB, on white. It is as wide as ``columns`` thumbnails, or as the longest
        row if that is shorter.
    """
    gap = max(4, cell // 16)
    margin = 3 * gap
    large, small = font(max(12, cell // 6)), font(max(9, cell // 8))
    head = sum(large.getmetrics()) + gap
    step = cell + gap
    down = step + (sum(small.getmetrics()) if captions is not None else 0)
    columns = min(columns, max(max(map(len, rows)), 6))  # room for a name
    lines = [max(1, -(-len(row) // columns)) for row in rows]
    heights = [head + (down if row else 0) * count + 2 * gap for row, count in zip(rows, lines)]

    sheet = Image.new('RGB', (2 * margin + columns * step - gap,
                              2 * margin + sum(heights) - 3 * gap), PAPER)
    draw = ImageDraw.Draw(sheet)
    top = margin
    for number, (row, name, height) in enumerate(zip(rows, names, heights)):
        draw.text((margin, top), shorten(name.replace('_', ' '), large, sheet.width - 2 * margin),
                  INK, large)
        for index, picture in enumerate(row):
            left, upper = margin + index % columns * step, top + head + index // columns * down
            sheet.paste(ImageOps.fit(picture, (cell, cell), Image.Resampling.LANCZOS),
                        (left, upper))
            if captions is not None:
                draw.text((left + cell / 2, upper + cell + 1),
                          shorten(captions[number][index], small, cell), _QUIET, small, anchor='ma')
        if rules is not None and rules[number] is not None and row:
            _rule(draw, rules[number], len(row), columns, (margin, top + head), (step, down), gap)
        top += height
    return sheet


def _rule(draw, before, count, columns, corner, steps, gap):
    """A red line between picture ``before - 1`` and picture ``before`` of a row."""
    line, column = divmod(before, columns)
    if before == count and column == 0:  # after the last of a full line
        line, column = line - 1, columns
    x = corner[0] + column * steps[0] - gap / 2 - 0.5
    y = corner[1] + line * steps[1]
    draw.line([(x, y), (x, y + steps[1] - gap)], _RULE, max(2, gap // 2))


#: Photos on one of the :class:`Sheets`; the next one goes on a further sheet, ``{stem}-2.png``.
ROWS = 10

# A sheet of ten dishes at full size would be wider than screens are.
_CELL_MIN, _CELL_MAX = 128, 256


class Sheets:
    """Gathers rows of pictures and writes them as grids, each of which fits a screen and in memory.

    Args:
        path (str or os.PathLike): The first sheet, a PNG file. What it held is replaced.
        photos (list of pathlib.Path): The photos of which none must be replaced.
        dishes (list of str): Titles of the columns, after that of the photo.

    Raises:
        FoodganError: The path is no PNG file, or one of the photos.
    """

    def __init__(self, path, photos, dishes):
        self._path, self._titles = pathlib.Path(path), ['photo', *dishes]
        self._rows, self._number = [], 0
        if self._path.suffix.lower() != '.png':
            raise FoodganError(f'{path}: the grid is a PNG file; let its name end in .png')
        ours = {photo.resolve() for photo in photos}
        for number in range(1, -(-len(photos) // ROWS) + 1):
            if self._name(number).resolve() in ours:
                raise FoodganError(f'{self._name(number)}: the grid would replace one of the '
                                   'photos; choose another name')

    def __len__(self):
        """How many photos are on the sheet that is being filled."""
        return len(self._rows)

    @property
    def full(self):
        """Whether the next row belongs on a further sheet."""
        return len(self) == ROWS

    def add(self, row):
        """Adds a row of pictures (see :func:`small`), the photo first."""
        self._rows.append(row)

    def finish(self):
        """Ends a sheet; the next row begins another.

        Returns:
            tuple: ``(path, write)``: where it goes, and a function that writes it to a path.
        """
        rows, self._rows, self._number = self._rows, [], self._number + 1
        return self._name(self._number), lambda path: _write(rows, self._titles, path)

    def _name(self, number):
        if number == 1:
            return self._path
        return self._path.with_name(f'{self._path.stem}-{number}{self._path.suffix}')


def small(picture):
    """A picture as a sheet needs it (PIL.Image.Image): 256 pixels at most."""
    return fit(picture, min(_CELL_MAX, max(picture.size)))


def _write(rows, titles, path):
    cell = max(_CELL_MIN, *(max(row[-1].size) for row in rows))
    save_image(grid(rows, titles, cell), path, made={})
