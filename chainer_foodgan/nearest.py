"""What to say to a name that does not exist."""

import difflib


def nearest(name, names):
    """The end of an error message: the name that was likely meant, and all there are.

    Args:
        name (str): What was asked for.
        names (iterable of str): What there is.

    Returns:
        str: Such as ``'did you mean ramen? There are curry, ramen, rice'``.
    """
    names = list(names)
    if not names:
        return 'there are none'
    plain = {candidate.lower(): candidate for candidate in names}
    wanted = name.lower().replace(' ', '_').replace('-', '_')
    close = difflib.get_close_matches(wanted, plain, n=1)
    guess = f'did you mean {plain[close[0]]}? There are ' if close else 'there are '
    return guess + ', '.join(names)
