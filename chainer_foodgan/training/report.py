"""A run as one page: what it was started with, its curves, its sample grids over time."""

import datetime
import io
import pathlib

from chainer_foodgan import documents, files, images
from chainer_foodgan.training.run import Run
from chainer_foodgan.visualizations import plots

#: Sample grids on a page: more are left out, evenly.
FRAMES = 24

_PANEL = 3.3, 2.6  # inches of curves, so that their figures can be read on a phone
_WIDTH = 1400  # pixels of a grid at most: pages are looked at on screens
_EVALUATION = (('translations named as their target', 'eval/accuracy', '{:.1%}'),
               ('PSNR to the true food, dB', 'eval/psnr', '{:.1f}'),
               ('change outside the food, of 255', 'eval/change_outside', '{:.1f}'),
               ('distance to the teacher, of 255', 'eval/l1', '{:.1f}'))


def write(folder, path=None):
    """Writes the page of a run, finished or not: one file that needs no other, ``path`` or
    ``results/report.html`` in the folder. Returns its path. A FoodganError where there is no run,
    its record or log is damaged, or the page cannot be written."""
    run = Run(folder)
    record, log = run.record(), run.log()
    page = documents.render(
        pathlib.Path(__file__).with_suffix('.html'), title=run.path.resolve().name,
        lead=f"{record['arguments'].get('system', 'stargan')}, {_data(record['arguments'])}",
        facts=_facts(log[-1]) if log else (), curves=_curves(log) if log else (),
        frames=_frames(files.by_place(run.samples, '_fake.png')), arguments=record['arguments'],
        versions={'commit': record.get('commit'), **_dict(record, 'machine'),
                  **{key: record.get(key) for key in ('device', 'ranks')},
                  **_dict(record, 'versions')})
    path = run.results / 'report.html' if path is None else pathlib.Path(path)
    with files.replacing(path, 'w') as file:
        file.write(page)
    return path


def _dict(record, key):
    return record[key] if isinstance(record.get(key), dict) else {}


def _data(arguments):
    source = arguments.get('pairs') or arguments.get('list') or arguments.get('images')
    if source:
        return f'photos of {source}'
    bowls = arguments.get('bowls') or 0
    return f'{bowls:,} rendered bowls' if isinstance(bowls, int) else 'rendered bowls'


def _facts(last):
    """-> list of (name, str) of the last entry of a log."""
    known = [('epoch', last.get('epoch'), '{:.0f}'), ('iteration', last['iteration'], '{:,}')]
    if 'elapsed_time' in last:
        known.append(('time', datetime.timedelta(seconds=round(last['elapsed_time'])), '{}'))
    known += [(title, last.get(name), form) for title, name, form in _EVALUATION]
    return [(title, form.format(value)) for title, value, form in known if value is not None]


def _curves(log):
    """-> list of str, SVG elements in the colour of the text around them."""
    evaluation = tuple(group[:2] for group in _EVALUATION)
    groups = [group for group in plots.LOSSES + evaluation if plots.names(log, group[1])]
    drawn = []
    for group in groups:
        figure, file = plots.losses(log, [group]), io.StringIO()
        figure.set_size_inches(_PANEL)
        figure.savefig(file, format='svg', transparent=True)
        text = file.getvalue()
        drawn.append(text[text.index('<svg'):].replace('#000000', 'currentColor'))
    return drawn


def _frames(grids):
    """-> list of (caption, address that holds the picture), thinned evenly."""
    count = min(FRAMES, len(grids))
    chosen = [grids[round(number * (len(grids) - 1) / max(1, count - 1))]
              for number in range(count)]
    return [('epoch {}, iteration {}'.format(*path.name.split('_')), _picture(path))
            for path in chosen]


def _picture(path):
    image = images.read_image(path)
    if image.width > _WIDTH:
        image = image.resize((_WIDTH, round(image.height * _WIDTH / image.width)))
    file = io.BytesIO()
    image.save(file, 'JPEG', quality=88)
    return documents.data_uri(file.getvalue(), 'image/jpeg')
