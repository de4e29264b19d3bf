"""Sheets of thumbnails: what is in a cluster, or where a ranking draws its line."""

from PIL import Image, ImageDraw, ImageOps

from chainer_foodgan.translation.typesetting import INK, PAPER, font, shorten

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
