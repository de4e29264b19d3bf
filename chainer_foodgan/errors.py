"""The one exception class for what a user can cause, and what its text is made of."""

from chainer_foodgan.printing import printable


class FoodganError(Exception):
    """Something that the user can put right.

    Its text is one line that names the thing, the reason and the next step. The command line
    prints it and ends with status 1; it never shows a traceback for it.
    """


def one_line(error):
    """An error's text without line breaks and control characters."""
    return printable(' '.join(str(error).split()))


def nearest(name, names):
    """The end of an error message: the name that was likely meant by ``name``, and all there are:
    ``'did you mean ramen? There are curry, ramen, rice'``."""
    import difflib
    names = list(names)
    if not names:
        return 'there are none'
    plain = {candidate.lower(): candidate for candidate in names}
    wanted = name.lower().replace(' ', '_').replace('-', '_')
    close = difflib.get_close_matches(wanted, plain, n=1)
    listed = ', '.join(names)
    return f'did you mean {plain[close[0]]}? There are {listed}' if close else f'there are {listed}'
