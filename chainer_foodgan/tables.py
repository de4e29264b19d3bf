"""Tables for the terminal and for documents, by tabulate."""


def table(rows, form='plain'):
    """Sets rows in columns: the first to the left, the others, figures, to the right.

    Args:
        rows (list of sequence of str): The first is the head.
        form (str): ``'plain'`` for a terminal, ``'pipe'`` for Markdown.

    Returns:
        str: A line per row.
    """
    from tabulate import tabulate

    return tabulate(rows[1:], rows[0], form, disable_numparse=True,
                    colalign=['left'] + ['right'] * (len(rows[0]) - 1))
