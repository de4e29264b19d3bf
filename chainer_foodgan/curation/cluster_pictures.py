"""Clusters for the eye: the photos in the middle of each, and all photos on a map."""

import numpy
from PIL import ImageOps

from chainer_foodgan import files
from chainer_foodgan.curation import clustering
from chainer_foodgan.curation.contact_sheet import contact_sheet

#: Photos on the map; t-SNE of more takes minutes.
DOTS = 2000
_THUMBNAILS, _THUMBNAIL = 60, 44  # of the map; the latter in pixels
_CELL, _EXAMPLES = 96, 24  # of the sheet


def sheet(title, words, clusters, dataset, indices):
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
        names.append('cluster {}: {:,} photos ({:.0%})'.format(
            number, size, size / len(clusters.labels)))
    return contact_sheet(rows, names, _CELL)


def draw_map(path, title, words, points, clusters, dataset, indices, seed=0):
    """Draws photos on a plane, dots of the colour of their cluster, and some as thumbnails.

    Args:
        path (str or os.PathLike): The PNG file.
        title, words (str): What stands on top, in two lines.
        points (numpy.ndarray): float32 (N, C), principal components of the features.
        clusters (Clusters), dataset, indices: See :func:`sheet`.
        seed (int): Of the choice of the photos, where there are more than 2,000.

    Raises:
        FoodganError: A photo cannot be read any more, or the file cannot be written.
    """
    from matplotlib.figure import Figure
    from matplotlib.offsetbox import AnnotationBbox, OffsetImage

    count = len(points)
    chosen = numpy.sort(numpy.random.default_rng(seed).choice(
        count, min(count, DOTS), replace=False))
    xy, labels = clustering.plane(points[chosen], seed), clusters.labels[chosen]
    colours = _colours(clusters.labels.max() + 1)
    figure = Figure(figsize=(11, 9), layout='constrained')
    axes = figure.subplots()
    for number, colour in enumerate(colours):
        axes.scatter(*xy[labels == number].T, s=22, color=colour, linewidths=0,
                     label='cluster {}'.format(number))
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
        figure.supxlabel('{:,} of {:,} photos'.format(len(chosen), count), fontsize=9)
    with files.replacing(path) as file:
        figure.savefig(file, format='png', dpi=110)


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
