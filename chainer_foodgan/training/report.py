"""A run as one page: what it was started with, its curves, its sample grids over time."""

import datetime
import html
import io
import json
import pathlib

from chainer_foodgan import files, images, pages
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.training import curves
from chainer_foodgan.training.run import Run

#: Sample grids on a page: more are left out, evenly.
FRAMES = 24

_WIDTH = 1400  # pixels of a grid at most: pages are looked at on screens
_EVALUATION = (('translations named as their target', 'eval/accuracy'),
               ('PSNR to the true food, dB', 'eval/psnr'),
               ('change outside the food, of 255', 'eval/change_outside'),
               ('distance to the teacher, of 255', 'eval/l1'))


def write(folder, path=None):
    """Writes the page of a run, finished or not.

    Args:
        folder (str or os.PathLike): The run folder.
        path (str or os.PathLike): The page; None for ``results/report.html`` in the folder.

    Returns:
        pathlib.Path: The page: one file that needs no other.

    Raises:
        FoodganError: There is no run, its record or log is damaged, or the page cannot be written.
    """
    run = Run(folder)
    record, log = run.record(), _log(run)
    grids = files.by_place(run.samples, '_fake.png')
    last = log[-1] if log else {}
    parts = {
        'title': html.escape(run.path.resolve().name),
        'lead': html.escape('{}, {}'.format(
            record['arguments'].get('system', 'stargan'), _data(record['arguments']))),
        'facts': _facts(last),
        'curves': _curves(log) if log else '<p>Nothing has been logged yet.</p>',
        'samples': _samples(grids) if grids else '<p>There are no samples yet.</p>',
        'arguments': _table(record['arguments']),
        'versions': _table({'commit': record.get('commit'), **record.get('machine', {}),
                            **{key: record.get(key) for key in ('device', 'ranks')},
                            **record.get('versions', {})})}
    template = pathlib.Path(__file__).with_suffix('.html').read_text('utf-8')
    path = run.results / 'report.html' if path is None else pathlib.Path(path)
    with files.replacing(path, 'w') as file:
        file.write(pages.fill(template, parts))
    return path


def _log(run):
    path = run.logs / 'log'
    if not path.exists():
        return []
    try:
        log = json.loads(path.read_text('utf-8'))
        return sorted((dict(entry) for entry in log), key=lambda entry: entry['iteration'])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FoodganError('cannot read {}: {}; it is not the log of a training'.format(
            path, error)) from error


def _data(arguments):
    source = arguments.get('pairs') or arguments.get('list') or arguments.get('images')
    return ('photos of {}'.format(source) if source
            else '{:,} rendered bowls'.format(arguments.get('bowls') or 0))


def _facts(last):
    known = [('epoch', last.get('epoch')), ('iteration', last.get('iteration')),
             ('time', last.get('elapsed_time'))]
    known += [(title, last.get(name)) for title, name in _EVALUATION]
    form = {'epoch': '{}', 'iteration': '{:,}', 'time': '{}',
            'translations named as their target': '{:.1%}'}
    return ''.join('<div><dt>{}</dt><dd>{}</dd></div>'.format(
        title, form.get(title, '{:.1f}').format(
            datetime.timedelta(seconds=round(value)) if title == 'time' else value))
        for title, value in known if value is not None)


def _curves(log):
    groups = [group for group in curves.LOSSES + _EVALUATION if curves.names(log, group[1])]
    rows = [groups[start:start + 3] for start in range(0, len(groups), 3)]
    drawn = []
    for row in rows:
        file = io.StringIO()
        curves.figure(log, row).savefig(file, format='svg')
        drawn.append(file.getvalue()[file.getvalue().index('<svg'):])
    return ''.join(drawn)


def _samples(grids):
    chosen = [grids[round(number * (len(grids) - 1) / max(1, min(FRAMES, len(grids)) - 1))]
              for number in range(min(FRAMES, len(grids)))]
    frames = [('epoch {}, iteration {}'.format(*path.name.split('_')), _picture(path))
              for path in chosen]
    # In a script element nothing but its end is looked for, which no data URI has.
    return ('<div class="time"><button>play</button><input type="range" min="0" max="{last}" '
            'value="{last}" aria-label="time"><output></output></div>'
            '<img id="grid" src="{picture}" alt="photos and their translations">'
            '<script type="application/json" id="frames">{frames}</script>').format(
                last=len(frames) - 1, picture=frames[-1][1], frames=json.dumps(frames))


def _picture(path):
    image = images.read_image(path)
    if image.width > _WIDTH:
        image = image.resize((_WIDTH, round(image.height * _WIDTH / image.width)))
    file = io.BytesIO()
    image.save(file, 'JPEG', quality=88)
    return pages.data_uri(file.getvalue(), 'image/jpeg')


def _table(values):
    rows = ('<tr><th>{}</th><td>{}</td></tr>'.format(
        html.escape(str(name).replace('_', '-')), html.escape(_words(value)))
        for name, value in values.items() if value not in (None, False, ''))
    return '<table>{}</table>'.format(''.join(rows))


def _words(value):
    return ', '.join(map(str, value)) if isinstance(value, list) else (
        'yes' if value is True else str(value))
