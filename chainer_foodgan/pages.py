"""Pages that are one file: no server, no network, pictures inside."""

import base64
import re


def fill(template, parts):
    """Puts parts into a template.

    Args:
        template (str): With ``{{name}}`` wherever a part goes.
        parts (dict): Name to text, which goes in as it is.

    Returns:
        str: The page.
    """
    # In one pass: what a part holds is never taken for a place.
    return re.sub(r'\{\{(\w+)\}\}', lambda place: parts[place.group(1)], template)


def data_uri(content, kind):
    """A file as an address that holds it.

    Args:
        content (bytes): The file.
        kind (str): Its media type, ``'image/jpeg'``.

    Returns:
        str: ``data:image/jpeg;base64,...``
    """
    return 'data:{};base64,{}'.format(kind, base64.b64encode(content).decode('ascii'))
