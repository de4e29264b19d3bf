"""A sheet of pictures: a row per photo, a column per category with its name on top."""

from PIL import Image, ImageDraw

from chainer_foodgan.translation.typesetting import INK, PAPER, typeset


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
