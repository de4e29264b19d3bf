"""Clusters and rankings for the eye: sheets of their photos, a map, histograms."""

import numpy
from PIL import ImageOps

from chainer_foodgan import images
from chainer_foodgan.curation import kmeans
from chainer_foodgan.visualizations import plots
from chainer_foodgan.visualizations.grids import contact_sheet

#: Photos on the map; t-SNE of more takes minutes.
DOTS = 2000
_THUMBNAILS, _THUMBNAIL = 60, 44  # of the map; the latter in pixels
_CELL, _EXAMPLES = 96, 24  # of the sheet


def cluster_sheet(title, words, clusters, dataset, indices):
    """The photos that are nearest to the centre of each cluster, nearest first (PIL image).

    Args:
        title, words (str): What stands on top, in two lines.
        clusters (Clusters): The clusters.
        dataset (ImageDataset), indices (sequence of int): The photos.

    Raises:
        FoodganError: A photo cannot be read any more.
    """
    rows, names = [[], []], [title, words]
    for number, size in enumerate(numpy.bincount(clusters.labels)):
        places = numpy.flatnonzero(clusters.labels == number)
        nearest = places[numpy.argsort(clusters.distance[places], kind='stable')[:_EXAMPLES]]
        rows.append([dataset.image(indices[place], _CELL) for place in nearest])
        names.append(f'cluster {number}: {size:,} photos ({size / len(clusters.labels):.0%})')
    return contact_sheet(rows, names, _CELL)


def draw_map(path, title, words, points, clusters, dataset, indices, seed=0):
    """Draws photos on a plane, dots of the colour of their cluster, and some as thumbnails.

    Args:
        path (str or os.PathLike): The PNG file.
        title, words (str): What stands on top, in two lines.
        points (numpy.ndarray): float32 (N, C), principal components of the features.
        clusters (Clusters), dataset, indices: See :func:`cluster_sheet`.
        seed (int): Of the choice of the photos, where there are more than 2,000.

    Raises:
        FoodganError: A photo cannot be read any more, or the file cannot be written.
    """
    from matplotlib.offsetbox import AnnotationBbox, OffsetImage

    count = len(points)
    chosen = numpy.sort(numpy.random.default_rng(seed).choice(
        count, min(count, DOTS), replace=False))
    xy, labels = kmeans.plane(points[chosen], seed), clusters.labels[chosen]
    colours = _colours(clusters.labels.max() + 1)
    figure = plots.new_figure(11, 9)
    axes = figure.subplots()
    for number, colour in enumerate(colours):
        axes.scatter(*xy[labels == number].T, s=22, color=colour, linewidths=0,
                     label=f'cluster {number}')
    axes.set(xticks=[], yticks=[])
    figure.suptitle(title, x=0.005, ha='left')
    axes.set_title(words, loc='left', fontsize=9, color='0.4')
    axes.margins(0.06)
    axes.spines[:].set_visible(False)
    for place in _spread(xy):
        thumbnail = ImageOps.fit(dataset.image(indices[chosen[place]], _THUMBNAIL),
                                 (_THUMBNAIL, _THUMBNAIL))
        axes.add_artist(AnnotationBbox(
            OffsetImage(numpy.asarray(thumbnail), zoom=0.8), xy[place], pad=0.12, bboxprops={
                'edgecolor': colours[labels[place]], 'linewidth': 2}))
    figure.legend(loc='outside right center', frameon=False, markerscale=2)
    if count > len(chosen):
        figure.supxlabel(f'{len(chosen):,} of {count:,} photos', fontsize=9)
    plots.save(figure, path, dpi=110)


def _colours(count):
    from matplotlib import colormaps
    if count <= 10:
        return colormaps['tab10'].colors[:count]
    return colormaps['turbo'](numpy.linspace(0.05, 0.95, count))


def _spread(xy):
    """Points that lie far from each other: each next one farthest from those before (list)."""
    found = [0]
    distance = numpy.full(len(xy), numpy.inf)
    while len(found) < min(_THUMBNAILS, len(xy)):
        distance = numpy.minimum(distance, numpy.linalg.norm(xy - xy[found[-1]], axis=1))
        found.append(int(distance.argmax()))
    return found


#: Categories on a sheet.
PER_SHEET = 4
_COLUMNS, _CELL = 12, 96
_KEPT, _LEFT_OUT, _LINE = '#35688f', '#c9ccd1', '#c43a20'
_PANELS, _BINS = 4, 25


def write_ranking(ranking, folder):
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
        paths.append(folder / ('sheet.png' if number == 1 else f'sheet-{number}.png'))
        labels = range(start, min(start + PER_SHEET, len(ranking.categories)))
        images.save_image(ranking_sheet(ranking, labels), paths[-1])
    paths.append(folder / 'histogram.png')
    draw_histogram(ranking, paths[-1])
    return paths


def ranking_sheet(ranking, labels):
    """The best photos of categories, those at the border and the worst (PIL.Image.Image).

    A red line stands between the last photo that is kept and the first that is left out.
    """
    rows = [row for label in labels for row in _rows(ranking, label)]
    return contact_sheet(
        [[ranking.dataset.image(index, _CELL) for index in ranking.indices[places]]
         for _, places, _ in rows],
        [name for name, _, _ in rows], _CELL,
        [[f'{p:.1%}' for p in ranking.probability[places]] for _, places, _ in rows],
        _COLUMNS, [rule for _, _, rule in rows])


def _rows(ranking, label):
    """-> (name, places, where the rule stands or None) of three rows."""
    places, name = ranking.of(label), ranking.categories[label]
    kept = int(ranking.kept[places].sum())
    first = max(0, min(kept - _COLUMNS // 2, len(places) - _COLUMNS))
    return [
        (f'{name}: the best of {len(places):,}', places[:_COLUMNS], None),
        (f'{name}: the border, {kept:,} kept and {len(places) - kept:,} left out',
         places[first:first + _COLUMNS], kept - first),
        (f'{name}: the worst', places[-_COLUMNS:], None)]


def draw_histogram(ranking, path):
    """Draws for each category how many photos have which probability, and where the line is."""
    from matplotlib.ticker import MaxNLocator

    count = len(ranking.categories)
    lines = -(-count // _PANELS)
    columns = -(-count // lines)
    figure = plots.new_figure(max(5, 0.6 + 2.8 * columns), 0.9 + 1.9 * lines)
    panels = plots.panels(figure, count, columns)
    bins = numpy.linspace(0, 1, _BINS + 1)
    for label, axes in enumerate(panels):
        places = ranking.of(label)
        probability, kept = ranking.probability[places], ranking.kept[places]
        axes.hist([probability[kept], probability[~kept]], bins, stacked=True,
                  color=[_KEPT, _LEFT_OUT], label=['kept', 'left out'])
        if kept.any():
            axes.axvline(probability[kept].min(), color=_LINE, linewidth=1.5, label='line')
        axes.set_title('{}: {:,} of {:,}'.format(
            ranking.categories[label].replace('_', ' '), kept.sum(), len(places)), fontsize=10)
        axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        axes.set_xlim(0, 1)
    figure.legend(*panels[0].get_legend_handles_labels(), loc='outside upper center', ncols=3,
                  frameon=False, fontsize=9)
    figure.supxlabel("the classifier's probability of the photo's own category", fontsize=9)
    figure.supylabel('photos', fontsize=9)
    plots.save(figure, path)
