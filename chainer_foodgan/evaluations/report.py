"""The figures as tables, for the terminal and for documents."""

import collections

from chainer_foodgan.documents import markdown, table as columns_of
from chainer_foodgan.evaluations.controls import MEANING
from chainer_foodgan.evaluations.figures import groups

Column = collections.namedtuple('Column', 'key title form meaning')
Column.__doc__ = """A column of a table.

Attributes:
    key (str): Of the figures, see :func:`chainer_foodgan.evaluations.figures.summary`.
    title (str): Its head.
    form (str): How a figure is written.
    meaning (str): What it is, for the legend; empty where the title says it.
"""

_PSNR, _SSIM = '{:.2f} dB', '{:.3f}'

#: A table for each subject; one is left out where nothing of it was measured.
TABLES = (
    (Column('translations', 'translations', '{}', ''),
     Column('accuracy', 'accuracy', '{:.1%}',
            'share of the translations that the classifier takes for their target'),
     Column('untouched', 'untouched', '{:.1%}', 'share of the same pictures, before they were '
            'translated, that it takes for the target'),
     Column('inputs', 'inputs', '{:.1%}', 'share of the untouched pictures of the category itself '
            'that it names right')),
    (Column('change_outside', 'outside', '{:.2f}/255', 'mean absolute change outside the food'),
     Column('edges', 'edges', '{:.3f}', "correlation of the brightness's gradient magnitudes of a "
            'picture and its translation'),
     Column('cycle', 'cycle', '{:.2f}/255', 'mean absolute error of the way there and back')),
    (Column('psnr_input', 'PSNR of the input', _PSNR, ''),
     Column('psnr_translation', 'of the translation', _PSNR, 'to the true picture of the target, '
            'inside the food'),
     Column('psnr_gain', 'gain', '{:+.2f} dB', '')),
    (Column('ssim_input', 'SSIM of the input', _SSIM, ''),
     Column('ssim_translation', 'of the translation', _SSIM, 'to the true picture of the target, '
            'inside the food'),
     Column('ssim_gain', 'gain', '{:+.3f}', '')),
    (Column('difference', 'difference', '{:.2f}/255', 'mean absolute difference from the true '
            'picture of the target'),
     Column('psnr', 'PSNR', _PSNR, ''), Column('ssim', 'SSIM', _SSIM, ''),
     Column('lpips_truth', 'LPIPS', '{:.3f}', 'perceptual distance to the true picture'),
     Column('lpips_change', 'LPIPS', '{:.3f}', 'perceptual distance to the photo')),
    (Column('texture', 'texture', '{:.4f}', 'chi-square distance of the local patterns from those '
            'of real pictures of the target'),
     Column('texture_floor', 'real', '{:.4f}', 'the same of one half of these from the other '
            'half'),
     Column('diversity', 'diversity', '{:.1f}/255', 'standard deviation of a pixel over the '
            'pictures made for a target, of the food where it is known')),
    (Column('references', 'references', '{}', 'untouched pictures of the category, with which the '
            'translations are compared; FID depends on both numbers'),
     *(column for name in ('classifier', 'inception') for column in (
         Column('fid_' + name, f'FID ({name})', '{:.2f}', ''),
         Column('kid_' + name, f'KID ({name})', '{:.4f}', ''),
         Column('is_' + name, f'IS ({name})', '{:.2f}', '')))))


def tables(record):
    """The figures in tables, with 95 % intervals where there are any.

    Args:
        record (dict): See :func:`chainer_foodgan.evaluations.figures.summary`.

    Returns:
        list of tuple: For each subject, the rows (lists of str, the first being the head) and the
        legend (list of str).
    """
    found = []
    for table in TABLES:
        columns = [column for column in table if column.key in record['all']]
        # Counts alone are no table.
        if all(column.key in ('translations', 'references') for column in columns):
            continue
        rows = [['target', *(column.title for column in columns)]]
        rows += [[name, *(_cell(column, figures) for column in columns)]
                 for name, figures in groups(record)]
        found.append((rows, [f'{column.title}: {column.meaning}' for column in columns
                             if column.meaning]))
    return found


def notes(record):
    """What is to be known of the figures, a line each (list of str).

    Args:
        record (dict): See :func:`tables`; besides, what ``foodgan evaluate`` adds: ``judged_on``,
            ``image_size``, ``label_strength``, ``classifier``, ``features``; ``left_out`` (list of
            str), why what is not measured is not; ``colours_of`` (str), whose colours the
            controls have.
    """
    lines = ['judged on {} at {} pixels'.format(record['judged_on'], record['image_size'])]
    if record.get('label_strength') not in (None, 1):
        lines.append('labels are multiplied by {:g}'.format(record['label_strength']))
    lines += record.get('left_out', ())
    lines += [f'{name}: {MEANING[name]}' for name in record.get('controls', ())]
    if record.get('colours_of'):
        lines.append("the target's colours are those of " + record['colours_of'])
    judge = record['classifier']
    if judge['trained_on']:
        accuracy = judge['test_accuracy']
        lines.append('by a classifier trained on {} and right on {} of {}'.format(
            judge['trained_on'], '?' if accuracy is None else f'{accuracy:.1%}',
            judge['tested_on']))
        if judge['trained_on'].endswith(record['judged_on'].rsplit(' of ', 1)[-1]):
            lines.append('both come from the same place: a classifier that has seen the pictures '
                         'is no judge of them')
    for name, facts in record['features'].items():
        lines.append('features ({}): {} numbers of {}; {}'.format(
            name, facts['dimension'], facts['network'], facts['resizing']))
        parts = [*record['targets'].values(), record['all']]
        if record['all'].get('fid_' + name) is not None and min(
                min(part['references'], part['translations']) for part in parts) <= facts[
                    'dimension']:
            lines.append(f'FID ({name}) of fewer pictures than features is too high: it compares '
                         'with that of as many pictures alone; KID does not depend on the number')
    return lines


def document(record):
    """All of it in Markdown, for a file (str)."""
    def points(lines):
        return '\n'.join('- ' + markdown(line) for line in lines)

    parts = [part for rows, legend in tables(record)
             for part in (columns_of(rows, 'pipe'), points(legend))]
    return '\n\n'.join(filter(None, [*parts, points(notes(record))])) + '\n'


def _cell(column, figures):
    value = figures.get(column.key)
    if value is None:
        return '-'
    text = column.form.format(value)
    interval = figures['intervals'].get(column.key)
    if interval:
        return '{} ({} to {})'.format(text, *(_bare(column.form.format(end)) for end in interval))
    spread = figures.get(column.key + '_std')
    return text if spread is None else f'{text} +- {column.form.format(spread)}'


def _bare(text):
    """A figure without its unit."""
    return text.split()[0].split('/')[0].rstrip('%')
