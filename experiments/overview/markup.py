"""The Markdown that experiments write, as HTML: headings, tables, points, paragraphs."""

import html
import re


def html_of(text):
    """Turns a document into HTML; whatever it holds, it stays text.

    Args:
        text (str): Headings, pipe tables, points and paragraphs, with code, links and bold words.

    Returns:
        str: HTML.
    """
    parts = []
    for block in re.split(r'\n\s*\n', text.strip()):
        lines = block.split('\n')
        if lines[0].startswith('#'):
            parts.append('<h4>{}</h4>'.format(_inline(lines[0].lstrip('# '))))
            lines = lines[1:]
        if not lines:
            continue
        if lines[0].startswith('|'):
            parts.append(_table(lines))
        elif lines[0].startswith('- '):
            points = re.split(r'^- ', '\n'.join(lines), flags=re.M)[1:]
            parts.append('<ul>{}</ul>'.format(''.join(
                '<li>{}</li>'.format(_inline(point)) for point in points)))
        else:
            parts.append('<p>{}</p>'.format(_inline(' '.join(lines))))
    return '\n'.join(parts)


def as_printed(text):
    """What a program printed."""
    return '<pre>{}</pre>'.format(html.escape(text.strip()))


def _table(lines):
    rows = [[_inline(cell.strip()) for cell in re.split(r'(?<!\\)\|', line.strip())[1:-1]]
            for line in lines]
    rule = [index for index, line in enumerate(lines) if re.fullmatch(r'[|:\-\s]+', line)]
    right = [cell.endswith(':') for cell in lines[rule[0]].strip(' |').split('|')] if rule else []
    body = [row for index, row in enumerate(rows) if index not in rule]

    def line(kind, row):
        return '<tr>{}</tr>'.format(''.join('<{0}{1}>{2}</{0}>'.format(
            kind, ' class="right"' if right[place:place + 1] == [True] else '', cell)
            for place, cell in enumerate(row)))
    return '<div class="wide"><table><thead>{}</thead><tbody>{}</tbody></table></div>'.format(
        line('th', body[0]), '\n'.join(line('td', row) for row in body[1:]))


def _inline(text):
    text = html.escape(text.strip()).replace('\\|', '|')
    text = re.sub(r'`([^`]+)`', r'<code>\1</code>', text)
    text = re.sub(r'\[([^\]]+)\]\([^)]*\)', r'\1', text)  # links lead out of the page
    return re.sub(r'\*\*([^*]+)\*\*', r'<strong>\1</strong>', text)
