"""``foodgan weights``: what there is to translate with."""

import shutil
import textwrap

COLUMNS = ('name', 'categories', 'size', 'licence', 'trained on')

DESCRIPTION = ('Lists the weights that have a name: name, categories in label order, side of '
               'the photos in pixels, licence, what they were trained on.')


def add_options(parser):
    parser.add_argument('name', nargs='?', metavar='NAME', help='show all that is known of these')


def run(args):
    from chainer_foodgan.weights import registry

    width = shutil.get_terminal_size((100, 24)).columns
    if args.name is not None:
        print(details(registry.record(args.name), width))
        return
    rows = [COLUMNS]
    for record in registry.records():
        default = ' (default)' if record.name == registry.DEFAULT_WEIGHTS else ''
        order = ' (order inferred)' if record.category_order == 'inferred' else ''
        known = ', '.join(record.categories) or 'none: it finds the food, for --mask auto'
        rows.append((record.name + default, known + order,
                     str(record.image_size), record.licence, record.trained_on))
    print(table(rows, width))


def details(record, width):
    """All that is known of weights.

    Args:
        record (chainer_foodgan.weights.registry.Record): What to show.
        width (int): Characters in a line.

    Returns:
        str: A line, or a paragraph, for each thing that is known.
    """
    facts = {
        'name': record.name,
        'network': record.network,
        'categories': ', '.join(record.categories),
        'their order': record.categories and (record.order_note or 'known'),
        'image size': f'{record.image_size} x {record.image_size} pixels',
        'trained on': record.trained_on,
        'quality': record.quality,
        'paper': record.paper,
        'licence': record.licence,
        'attribution': record.attribution,
        'file': record.file,
        'file size': record.about_size,
        'fetched from': ' '.join(record.addresses),
        'SHA-256': record.sha256,
        'git blob SHA-1': record.git_blob_sha1,
    }
    return '\n'.join(
        textwrap.fill(value, max(width, 40), initial_indent=key.ljust(16),
                      subsequent_indent=' ' * 16, break_long_words=False, break_on_hyphens=False)
        for key, value in facts.items() if value)


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
