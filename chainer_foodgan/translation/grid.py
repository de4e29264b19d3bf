"""A sheet of pictures: a row per photo, a column per category with its name on top."""

import pathlib

from PIL import Image, ImageDraw, ImageFont

PAPER, INK = (255, 255, 255), (38, 38, 38)


def grid(rows, titles, cell=None):
    """Draws pictures as a labelled sheet.

    Args:
        rows (list of list of PIL.Image.Image): The pictures, row by row; as many in each row as
            there are titles. The first column (the input) is set apart by a wider gap.
        titles (list of str): What stands above the columns. Underscores are shown as spaces, long
            titles take more lines.
        cell (int): Pixels that the longer side of every picture is scaled to. None: pictures keep
            their sizes.

    Returns:
        PIL.Image.Image: RGB, on white.
    """
    if cell is not None:
        rows = [[fit(picture, cell) for picture in row] for row in rows]
    width = max(picture.width for row in rows for picture in row)
    heights = [max(picture.height for picture in row) for row in rows]
    gap = max(4, width // 32)
    margin = 2 * gap + 4
    lefts = [margin + column * (width + gap) + (gap if column else 0)
             for column in range(len(titles))]

    font, texts = _typeset([title.replace('_', ' ') for title in titles], width)
    line = sum(font.getmetrics())
    head = line * max(text.count('\n') + 1 for text in texts)
    top = margin + head + gap

    sheet = Image.new('RGB', (lefts[-1] + width + margin,
                              top + sum(heights) + gap * (len(rows) - 1) + margin), PAPER)
    draw = ImageDraw.Draw(sheet)
    for left, text in zip(lefts, texts):
        lines = text.split('\n')
        # Anchor 'ma' (middle, ascender): all first lines share one height; the last is lowest.
        for index, words in enumerate(lines, start=-len(lines)):
            draw.text((left + width / 2, margin + head + index * line), words, INK, font,
                      anchor='ma')
    for row, height in zip(rows, heights):
        for left, picture in zip(lefts, row):
            sheet.paste(picture, (left + (width - picture.width) // 2,
                                  top + (height - picture.height) // 2))
        top += height + gap
    return sheet


def fit(picture, cell):
    """Scales a picture so that its longer side has ``cell`` pixels."""
    scale = cell / max(picture.size)
    return picture.resize([max(1, round(side * scale)) for side in picture.size], Image.LANCZOS)


def _typeset(titles, width):
    """The largest font of which every title fits the width in at most three lines, and the lines.

    Returns:
        tuple: The font, and the titles with their line breaks.
    """
    width -= width // 20  # titles of neighbours should not touch
    smallest = max(8, width // 20)
    for size in range(max(10, min(28, width // 8)), smallest - 1, -1):
        font = _font(size)
        texts = [_wrap(title, font, width) for title in titles]
        if all(font.getlength(words) <= width and text.count('\n') < 3
               for text in texts for words in text.split('\n')):
            break
    # What is too long at the smallest size, too, would run into the next column.
    return font, ['\n'.join(_shorten(words, font, width) for words in text.split('\n'))
                  for text in texts]


def _wrap(title, font, width):
    lines = []
    for word in title.split():
        if lines and font.getlength(lines[-1] + ' ' + word) <= width:
            lines[-1] += ' ' + word
        else:
            lines.append(word)
    return '\n'.join(lines)


def _shorten(words, font, width):
    if font.getlength(words) <= width:
        return words
    while words and font.getlength(words + '…') > width:
        words = words[:-1]
    return words + '…'


def _font(size):
    # DejaVu comes with Matplotlib and, unlike Pillow's own font, has the letters of most languages.
    import matplotlib
    path = pathlib.Path(matplotlib.get_data_path(), 'fonts', 'ttf', 'DejaVuSans.ttf')
    return ImageFont.truetype(str(path), size)
