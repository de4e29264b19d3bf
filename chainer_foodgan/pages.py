"""Pages that are one file: no server, no network, pictures inside."""

import base64
import pathlib


def render(template, **values):
    """Fills a template of Jinja2; what is not marked as safe there stays text, whatever it is.

    Args:
        template (str or os.PathLike): The file; it may include others of its folder.
        **values: What it names, all of them.

    Returns:
        str: The page. Surrogates, which UTF-8 cannot write, are escaped.
    """
    import jinja2

    template = pathlib.Path(template)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(template.parent), autoescape=True, trim_blocks=True,
        lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    page = environment.get_template(template.name).render(values)
    return page.encode('utf-8', 'backslashreplace').decode('utf-8')


def data_uri(content, kind):
    """A file as an address that holds it.

    Args:
        content (bytes): The file.
        kind (str): Its media type, ``'image/jpeg'``.

    Returns:
        str: ``data:image/jpeg;base64,...``
    """
    return f'data:{kind};base64,{base64.b64encode(content).decode("ascii")}'
