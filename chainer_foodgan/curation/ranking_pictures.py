"""A ranking for the eye: photos at its ends and at its border, and how sure the classifier is."""

import numpy

from chainer_foodgan import files, images
from chainer_foodgan.curation.contact_sheet import contact_sheet

#: Categories on a sheet.
PER_SHEET = 4
_COLUMNS, _CELL = 12, 96
_KEPT, _LEFT_OUT, _LINE = '#35688f', '#c9ccd1', '#c43a20'
_PANELS, _BINS = 4, 25


def write(ranking, folder):
    """Draws ``sheet.png`` (and ``sheet-2.png``, ...) and ``histogram.png``.

    Args:
        ranking (Ranking): What to draw; its photos to train on.
        folder (pathlib.Path): Where to.

    Returns:
        list of pathlib.Path: The files.

    Raises:
        FoodganError: A photo cannot be read any more, or a file cannot be written.
    """
    paths = []
    for start in range(0, len(ranking.categories), PER_SHEET):
        number = start // PER_SHEET + 1
        paths.append(folder / ('sheet.png' if number == 1 else 'sheet-{}.png'.format(number)))
        labels = range(start, min(start + PER_SHEET, len(ranking.categories)))
        images.save_image(sheet(ranking, labels), paths[-1])
    paths.append(folder / 'histogram.png')
    draw_histogram(ranking, paths[-1])
    return paths


def sheet(ranking, labels):
    """The best photos of categories, those at the border and the worst (PIL.Image.Image).

    A red line stands between the last photo that is kept and the first that is left out.
    """
    rows = [row for label in labels for row in _rows(ranking, label)]
    return contact_sheet(
        [[ranking.dataset.image(index, _CELL) for index in ranking.indices[places]]
         for _, places, _ in rows],
        [name for name, _, _ in rows], _CELL,
        [['{:.1%}'.format(p) for p in ranking.probability[places]] for _, places, _ in rows],
        _COLUMNS, [rule for _, _, rule in rows])


def _rows(ranking, label):
    """-> (name, places, where the rule stands or None) of three rows."""
    places, name = ranking.of(label), ranking.categories[label]
    kept = int(ranking.kept[places].sum())
    first = max(0, min(kept - _COLUMNS // 2, len(places) - _COLUMNS))
    return [
        ('{}: the best of {:,}'.format(name, len(places)), places[:_COLUMNS], None),
        ('{}: the border, {:,} kept and {:,} left out'.format(name, kept, len(places) - kept),
         places[first:first + _COLUMNS], kept - first),
        ('{}: the worst'.format(name), places[-_COLUMNS:], None)]


def draw_histogram(ranking, path):
    """Draws for each category how many photos have which probability, and where the line is.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    count = len(ranking.categories)
    lines = -(-count // _PANELS)
    columns = -(-count // lines)
    figure = Figure(figsize=(max(5, 0.6 + 2.8 * columns), 0.9 + 1.9 * lines), layout='constrained')
    grid = figure.subplots(lines, columns, squeeze=False)
    bins = numpy.linspace(0, 1, _BINS + 1)
    for axes in grid.flat[count:]:
        axes.set_axis_off()
    for label, axes in enumerate(grid.flat[:count]):
        places = ranking.of(label)
        probability, kept = ranking.probability[places], ranking.kept[places]
        axes.hist([probability[kept], probability[~kept]], bins, stacked=True,
                  color=[_KEPT, _LEFT_OUT], label=['kept', 'left out'])
        if kept.any():
            axes.axvline(probability[kept].min(), color=_LINE, linewidth=1.5, label='line')
        axes.set_title('{}: {:,} of {:,}'.format(
            ranking.categories[label].replace('_', ' '), kept.sum(), len(places)), fontsize=10)
        axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        axes.spines[['top', 'right']].set_visible(False)
        axes.set_xlim(0, 1)
    figure.legend(*grid.flat[0].get_legend_handles_labels(), loc='outside upper center', ncols=3,
                  frameon=False, fontsize=9)
    figure.supxlabel("the classifier's probability of the photo's own category", fontsize=9)
    figure.supylabel('photos', fontsize=9)
    with files.replacing(path) as file:
        figure.savefig(file, format='png', dpi=120)
