"""``foodgan weights``: what there is to translate with."""

import shutil
import textwrap

COLUMNS = ('name', 'categories', 'size', 'licence', 'trained on')


def add_parser(subparsers):
    return subparsers.add_parser(
        'weights', help='list the weights that ship',
        description='Lists the weights that ship: name, categories in label order, side of the '
                    'photos in pixels, licence, what they were trained on.')


def run(args):
    from chainer_foodgan.weights.registry import DEFAULT_WEIGHTS, records

    rows = [COLUMNS]
    for record in records():
        default = ' (default)' if record['name'] == DEFAULT_WEIGHTS else ''
        rows.append((record['name'] + default, ', '.join(record['categories']),
                     str(record['image_size']), record['licence'], record['trained_on']))
    print(table(rows, shutil.get_terminal_size((100, 24)).columns))


def table(rows, width):
    """Sets rows of text in columns; the long ones are wrapped so that a line fits the width.

    Args:
        rows (list of tuple of str): The first is the head.
        width (int): Characters in a line.

    Returns:
        str: The lines; a blank one between rows.
    """
    widths = [max(map(len, column)) for column in zip(*rows)]
    spare = width - 2 * (len(widths) - 1)
    while sum(widths) > spare and max(widths) > 12:
        widths[widths.index(max(widths))] -= 1
    blocks = []
    for row in rows:
        cells = [textwrap.wrap(text, size) for text, size in zip(row, widths)]
        lines = []
        for index in range(max(map(len, cells))):
            line = [(cell[index] if index < len(cell) else '').ljust(size)
                    for cell, size in zip(cells, widths)]
            lines.append('  '.join(line).rstrip())
        blocks.append('\n'.join(lines))
    return '\n\n'.join(blocks)
