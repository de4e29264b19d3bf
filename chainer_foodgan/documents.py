"""Tables and pages for terminals, documents, spreadsheets, browsers: what is in them stays text."""

import base64
import pathlib
import re

_FORMULA = '=+-@\t\r＝＋－＠'  # a spreadsheet computes what begins so
# HTML, code, emphasis, links, columns; an underscore inside of a word is none of Markdown's.
_MARKUP = re.compile(r'[\\`*\[\]|]|<(?=[a-zA-Z/!?])|(?<![^\W_])_|_(?![^\W_])|^#')


def table(rows, form='plain'):
    """Sets rows (sequences of str, the first the head) in columns, a line per row: the first to the
    left, the others, figures, to the right; ``form`` is ``'plain'`` for a terminal, ``'pipe'`` for
    Markdown."""
    from tabulate import tabulate

    if form == 'pipe':
        rows = [[markdown(cell) for cell in row] for row in rows]
    return tabulate(rows[1:], rows[0], form, disable_numparse=True,
                    colalign=['left'] + ['right'] * (len(rows[0]) - 1))


def markdown(text):
    """A text of one line for a Markdown document, where none of it is markup (str)."""
    return _MARKUP.sub(r'\\\g<0>', ' '.join(str(text).split()))


def to_csv(value):
    """A value for a CSV file: a text that a spreadsheet would compute gets an apostrophe before it;
    numbers, also as text, stay numbers."""
    if not isinstance(value, str) or value[:1] not in tuple(_FORMULA) and not _marked(value):
        return value
    try:
        float(value)
        return value
    except ValueError:
        return "'" + value


def from_csv(text):
    """The text that :func:`to_csv` was given (str)."""
    return text[1:] if _marked(text) else text


def _marked(text):
    return text[0:1] == "'" and text[1:2] != '' and text[1] in _FORMULA + "'"


def render(template, **values):
    """Fills a template of Jinja2, which may include others of its folder, with all values that it
    names; what is not marked as safe there stays text, whatever it is. In the page (str)
    surrogates, which UTF-8 cannot write, are escaped."""
    import jinja2

    template = pathlib.Path(template)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(template.parent), autoescape=True, trim_blocks=True,
        lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    page = environment.get_template(template.name).render(values)
    return page.encode('utf-8', 'backslashreplace').decode('utf-8')


def data_uri(content, kind):
    """A file (bytes) of a media type, ``'image/jpeg'``, as an address that holds it:
    ``data:image/jpeg;base64,...``"""
    return f'data:{kind};base64,{base64.b64encode(content).decode("ascii")}'
