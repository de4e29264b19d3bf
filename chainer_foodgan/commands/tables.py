"""Tables of figures for the terminal."""


def columns(rows):
    """Sets rows in columns: the first to the left, the others to the right.

    Args:
        rows (list of sequence of str): The first is the head.

    Returns:
        str: A line per row.
    """
    widths = [max(map(len, column)) for column in zip(*rows)]
    return '\n'.join(
        '  '.join([row[0].ljust(widths[0])] + [
            cell.rjust(width) for cell, width in zip(row[1:], widths[1:])])
        for row in rows)
