"""The one exception class for what a user can cause."""


class FoodganError(Exception):
    """Something that the user can put right.

    Its text is one line that names the thing, the reason and the next step. The command line
    prints it and ends with status 1; it never shows a traceback for it.
    """


def one_line(error):
    """An error's text without line breaks."""
    return ' '.join(str(error).split())
