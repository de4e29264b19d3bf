"""What experiments have left, and the page of it."""

import collections
import datetime
import io
import json
import os
import pathlib

from PIL import Image

from benchmarking import machine
from chainer_foodgan import documents, images
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.training.run import commit

try:
    from markdown_it import MarkdownIt
except ImportError as error:
    raise FoodganError(f'the page of all experiments needs markdown-it-py ({error}): pip install '
                       '"chainer_foodgan[experiments]"') from error

#: The pictures' width on the page at most, and bytes up to which an animation is taken as it is.
WIDTH, ANIMATION = 1400, 2 ** 21

Found = collections.namedtuple('Found', 'pictures tables printed seeds')
Found.__doc__ = """What was found.

Attributes:
    pictures (list of tuple): ``(path, address, width, height)`` of each; the address holds it.
    tables (list of str): HTML.
    printed (str): What the experiment printed, where it left no tables.
    seeds (list of int): Those that are on record.
"""


def look(folder, printed):
    """Collects what is in the folder of an experiment.

    Args:
        folder (pathlib.Path): Its run folder.
        printed (pathlib.Path): What it printed, shown where it left no tables.

    Returns:
        Found: All of it; what cannot be read is left out.
    """
    place = folder / 'results'
    paths = sorted(place.iterdir()) if place.is_dir() else (
        sorted(folder.glob('*.*')) if folder.is_dir() else [])
    pictures = [(path, *_picture(path)) for path in paths if path.suffix in images.SUFFIXES]
    tables = [html_of(path.read_text('utf-8')) for path in paths if path.suffix == '.md']
    said = '' if tables or not printed.exists() else printed.read_text('utf-8', 'replace').strip()
    return Found(pictures, tables, said, sorted(
        {seed for path in paths if path.suffix == '.json' for seed in _seed(path)}))


def html_of(text):
    """Markdown as HTML (str): what is HTML in it stays text, and nothing leads out of the page."""
    parser = MarkdownIt('commonmark', {'html': False}).enable('table').disable('image')
    tokens = parser.parse(text)
    for token in tokens:
        if token.type.startswith('heading'):
            token.tag = 'h4'
        token.children = token.children and [
            child for child in token.children if not child.type.startswith('link')]
    return parser.renderer.render(tokens, parser.options, {})


def _picture(path):
    """-> (an address that holds it, width, height); scaled down where it is large."""
    if path.suffix in ('.gif', '.webp') and path.stat().st_size <= ANIMATION:
        with Image.open(path) as image:
            return (documents.data_uri(path.read_bytes(), 'image/' + path.suffix[1:]), *image.size)
    image = images.read_image(path)
    size = image.size
    if image.width > WIDTH:
        image = image.resize((WIDTH, round(image.height * WIDTH / image.width)), Image.LANCZOS)
    file = io.BytesIO()
    image.save(file, 'WEBP', quality=85)
    return (documents.data_uri(file.getvalue(), 'image/webp'), *size)


def _seed(path):
    try:
        seed = json.loads(path.read_text('utf-8'))['arguments']['seed']
    except (ValueError, KeyError, TypeError):
        return []
    return [] if seed is None else [seed]


def page(experiments, runner):
    """The page.

    Args:
        experiments (list of Experiment): What is on it, in that order.
        runner (Runner): What knows how they went.

    Returns:
        str: HTML with all pictures in it; larger ones are links to the files beside it.
    """
    outcomes = [runner.outcome(experiment) for experiment in experiments]
    over = [outcome for outcome in outcomes if outcome is not None]
    return documents.render(
        pathlib.Path(__file__).with_suffix('.html'), count=len(experiments),
        good=sum(outcome.status == 0 for outcome in over),
        took=_time(sum(outcome.seconds for outcome in over)),
        date=datetime.datetime.now(), commit=_short(commit()), machine=machine,
        experiments=[_about(*each, runner) for each in zip(experiments, outcomes)])


def _about(experiment, outcome, runner):
    """What the template says of an experiment (dict)."""
    folder = runner.out / experiment.name
    about = {**experiment._asdict(), 'outcome': outcome, 'found': None,
             'command': experiment.command.format(out=folder.as_posix())}
    if outcome is not None:
        about.update(time=_time(outcome.seconds), commit=_short(outcome.commit))
        if outcome.status == 0:
            seen = look(folder, runner.log(experiment, '.out'))
            about['found'] = seen._replace(pictures=[
                (os.path.relpath(path, runner.out).replace(os.sep, '/'), path.name, *rest)
                for path, *rest in seen.pictures])
    return about


def _time(seconds):
    return f'{seconds:.0f} s' if seconds < 100 else f'{seconds / 60:.1f} min'


def _short(revision):
    """A commit's first digits; ``+`` says that files differed from it."""
    known = revision or 'unknown'
    return known[:10] + ('+' if known.endswith('+') else '')
