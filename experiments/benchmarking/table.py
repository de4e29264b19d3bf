"""benchmark.md: the results as tables."""

from benchmarking.arithmetic import BASELINE
from benchmarking.parts import PARTS, TITLES

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
            lines += ['{} is not installed: its column is left out.'.format(name), '']
    for part in PARTS:
        if part in record.parts:
            lines += section(part, record.parts[part])
    return '\n'.join(lines)


def _machine(conditions):
    """Two columns of what was measured on."""
    versions = ', '.join(' '.join(pair) for pair in conditions['versions'].items())
    shown = {**conditions, 'versions': versions}
    return ['| | |', '|---|---|',
            *('| {} | {} |'.format(key, value) for key, value in shown.items())]


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
    return '{:.0f}'.format(value) if abs(value) >= 100 else '{:#.3g}'.format(value).rstrip('.')


def _repeats(results):
    """The number of repeats, or one per contender where they differ."""
    counts = {name: result['repeats'] for name, result in results.items() if 'median' in result}
    if len(set(counts.values())) <= 1:
        return ''.join(map(str, set(counts.values())))
    return ' / '.join(str(counts.get(name, '-')) for name in results)
