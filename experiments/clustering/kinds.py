"""A category of rendered bowls in which two kinds are mixed, and what clusters make of them."""

import csv

import numpy

from chainer_foodgan import images
from chainer_foodgan.datasets.base import Photo
from chainer_foodgan.datasets.bowls import RenderedBowls
from chainer_foodgan.datasets.manifest import write_manifest


def write(folder, kinds, other, count, share, size, seed):
    """Writes bowls and the list of them, ``photos.csv``, whose column ``kind`` is the truth.

    Args:
        folder (pathlib.Path): A folder per category is made in it.
        kinds (sequence of str): Two dishes: that of the category's name, and the odd one.
        other (str): The dish of a second category, which stays as it is.
        count (int): Bowls of the mixed category; of the other there are a tenth as many.
        share (float): That of the odd kind, in (0, 1).
        size (int): Pixels.
        seed (int): Of the bowls, and of which ones are odd.
    """
    odd = numpy.random.default_rng(seed).random(count) < share
    found = [kinds[int(is_odd)] for is_odd in odd] + max(1, count // 10) * [other]
    bowls, photos = RenderedBowls(len(found), size, seed, cache_size=0), []
    for index, kind in enumerate(found):
        label = int(kind == other)
        file = folder / (kinds[0], other)[label] / '{:06d}.png'.format(index)
        images.save_image(bowls.render(index, kind), file)
        photos.append(Photo(str(file), label))
    write_manifest(folder / 'photos.csv', folder, photos, (kinds[0], other),
                   extra={'kind': found})


def read(list_file, clusters):
    """The kind and the cluster of each photo that was clustered.

    Args:
        list_file (pathlib.Path): See :func:`write`.
        clusters (pathlib.Path): ``clusters.csv`` of ``foodgan cluster``.

    Returns:
        tuple: str (N,) and int (N,).
    """
    truth = {row['file']: row['kind'] for row in _rows(list_file)}
    rows = _rows(clusters)
    return (numpy.array([truth[row['file']] for row in rows]),
            numpy.array([int(row['cluster']) for row in rows]))


def mostly(kinds, labels, odd):
    """The clusters that are made mostly of a kind (list of int)."""
    return [number for number in sorted(set(labels.tolist()))
            if (kinds[labels == number] == odd).mean() > 0.5]


def figures(kinds, labels, odd, drop):
    """How well clusters tell the kinds apart, and what is left without some of them (dict).

    ``purity``: share of the photos that are of the kind that most of their cluster are of;
    ``rand_clusters`` and ``rand_dropped``: adjusted Rand index of the truth and the clusters, and
    of the truth and what is dropped; ``odd_before``, ``odd_after``: share of the odd kind;
    ``kept``: share of the other kind that is kept.
    """
    from sklearn.metrics import adjusted_rand_score
    dropped = numpy.isin(labels, drop)
    most = sum(max((kinds[labels == number] == kind).sum() for kind in set(kinds.tolist()))
               for number in set(labels.tolist()))
    return {'purity': float(most / len(kinds)),
            'rand_clusters': float(adjusted_rand_score(kinds, labels)),
            'rand_dropped': float(adjusted_rand_score(kinds, dropped)),
            'odd_before': float((kinds == odd).mean()),
            'odd_after': float((kinds[~dropped] == odd).mean()),
            'kept': float((~dropped[kinds != odd]).mean())}


def tables(kinds, labels, names, drop, found):
    """What is in each cluster, and the figures, as rows (two lists of list of str)."""
    counts = [['cluster', *names, '']]
    for number in sorted(set(labels.tolist())):
        inside = kinds[labels == number]
        counts.append([str(number), *(str((inside == name).sum()) for name in names),
                       'dropped' if number in drop else ''])
    words = (('purity of the clusters', 'purity', '{:.1%}'),
             ('adjusted Rand index of the clusters', 'rand_clusters', '{:.3f}'),
             ('adjusted Rand index of kept and dropped', 'rand_dropped', '{:.3f}'),
             ('{} before'.format(names[1]), 'odd_before', '{:.1%}'),
             ('{} in the list'.format(names[1]), 'odd_after', '{:.1%}'),
             ('{} kept'.format(names[0]), 'kept', '{:.1%}'))
    return counts, [['', ''], *([title, form.format(found[key])] for title, key, form in words)]


def _rows(path):
    with open(path, encoding='utf-8', newline='') as file:
        return list(csv.DictReader(file))
