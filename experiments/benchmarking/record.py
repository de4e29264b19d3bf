"""benchmark.json: what was measured, and what need not be again; benchmark.md: its tables."""

import json
import pathlib

from benchmarking.parts import PARTS, TITLES
from benchmarking.timing import BASELINE
from chainer_foodgan import files
from chainer_foodgan.errors import FoodganError

NAME = 'benchmark.json'


class Record:
    """The results in a folder.

    Args:
        folder (str or os.PathLike): Where ``benchmark.json`` is or will be.
        conditions (dict): What must be the same for figures to stand in one table: form, machine,
            threads, versions. JSON values.
        replace (bool): Start anew where there are results of other conditions.

    Attributes:
        conditions (dict): As given.
        parts (dict): Part to its ``code``, ``commit``, ``date``, ``seconds`` and ``rows``.

    Raises:
        FoodganError: The folder holds results of other conditions, or the file cannot be read.
    """

    def __init__(self, folder, conditions, replace=False):
        self.path = pathlib.Path(folder) / NAME
        self.conditions = json.loads(json.dumps(conditions))  # tuples are lists in JSON
        self.parts = {}
        try:
            if self.path.exists():
                self.parts = self._read()
        except FoodganError:
            if not replace:
                raise

    def _read(self):
        try:
            found = json.loads(self.path.read_text('utf-8'))
            differing = sorted(key for key in self.conditions.keys() | found['conditions'].keys()
                               if self.conditions.get(key) != found['conditions'].get(key))
            parts = dict(found['parts'])
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise FoodganError(f'cannot read {self.path}: {error}; choose another --out, or '
                               'replace it by --again') from error
        if differing:
            raise FoodganError('{}: measured under other conditions ({}); choose another --out, or '
                               'replace it by --again'.format(self.path, ', '.join(differing)))
        return parts

    def has(self, part, code):
        """Whether a part was measured of the very same code."""
        return part in self.parts and self.parts[part]['code'] == code

    def add(self, part, **result):
        """Keeps the result of a part, on disk too."""
        self.parts[part] = json.loads(json.dumps(result))
        with files.replacing(self.path, 'w') as file:
            json.dump({'conditions': self.conditions, 'parts': self.parts}, file, indent=1)
            file.write('\n')


NOTES = """\
Contenders take turns within one run, each on {threads} threads. A figure is the median of the
repeats, after one more run for warming up where there are two or more; in brackets its ratio to
{baseline}.

- stock Chainer: `chainer.links` and `chainer.functions`, `chainer.optimizers.Adam`, the released
  code's steps line by line (`experiments/benchmarking/stock.py`).
- {baseline}: `chainer_foodgan.pytorch`, the same steps; Adam as PyTorch gives it by default, which
  on a processor is a loop over the parameters. The column "PyTorch, fused Adam" has `fused=True`.
- this package: of its backends `chainer` computes by PyTorch's kernels where PyTorch is installed,
  and so does its training.
- several dishes: stock Chainer and PyTorch translate them one after the other, as the released code
  does; this package's engines get as many at once as `foodgan translate` gives them.
"""


def markdown(record):
    """The tables of a record (str)."""
    lines = ['# Benchmark', '', *_machine(record.conditions), '', NOTES.format(
        baseline=BASELINE, threads=record.conditions['threads'])]
    if 'torch' not in record.conditions['versions']:
        lines += ['PyTorch is not installed: its columns and all ratios are left out.', '']
    for name in ('onnxruntime', 'openvino'):
        if name not in record.conditions['versions']:
            lines += [f'{name} is not installed: its column is left out.', '']
    for part in PARTS:
        if part in record.parts:
            lines += section(part, record.parts[part])
    return '\n'.join(lines)


def _machine(conditions):
    """Two columns of what was measured on."""
    versions = ', '.join(' '.join(pair) for pair in conditions['versions'].items())
    shown = {**conditions, 'versions': versions}
    return ['| | |', '|---|---|',
            *(f'| {key} | {value} |' for key, value in shown.items())]


def section(part, result):
    """A part's title and its table (list of lines): a row per measurement."""
    rows = result['rows']
    names = list(dict.fromkeys(name for row in rows for name in row['results']))
    aims = any(row['aim'] for row in rows)
    header = ['what', 'unit', *names, 'repeats'] + ['at most'] * aims
    lines = ['## ' + TITLES[part], '',
             'Measured {}, commit {}, in {:.0f} s.'.format(
                 result['date'], _commit(result['commit']), result['seconds']), '',
             _line(header), _line(['---', '---'] + ['---:'] * len(header[2:]))]
    notes = []
    for row in rows:
        cells = [_cell(row['results'].get(name)) for name in names]
        lines.append(_line([row['what'], row['unit'], *cells, _repeats(row['results'])]
                           + [row['aim'] or ''] * aims))
        left_out = ['{} ({})'.format(name, each['note'])
                    for name, each in row['results'].items() if 'note' in each]
        for note in (row['note'], left_out and 'left out: ' + ', '.join(left_out)):
            notes += ['- {}: {}'.format(row['what'], note)] if note else []
    return lines + [''] + notes + [''] * bool(notes)


def _commit(commit):
    if commit is None:
        return 'unknown'
    return commit.rstrip('+')[:10] + ' with changes' * commit.endswith('+')


def _line(cells):
    return '| {} |'.format(' | '.join(cells))


def _cell(result):
    if result is None or 'median' not in result:
        return '-'
    text = number(result['median'])
    return text if 'ratio' not in result else '{} ({:.2f})'.format(text, result['ratio'])


def number(value):
    """Three digits, or all those before the point."""
    return f'{value:.0f}' if abs(value) >= 100 else f'{value:#.3g}'.rstrip('.')


def _repeats(results):
    """The number of repeats, or one per contender where they differ."""
    counts = {name: result['repeats'] for name, result in results.items() if 'median' in result}
    if len(set(counts.values())) <= 1:
        return ''.join(map(str, set(counts.values())))
    return ' / '.join(str(counts.get(name, '-')) for name in results)
