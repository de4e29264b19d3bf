"""How many photos there are of each category, in a data set and in the paper."""

import collections

import numpy

from chainer_foodgan.categories import dish_of

Row = collections.namedtuple('Row', 'name category photos paper')
Row.__doc__ = """A category.

Attributes:
    name (str): What it is called here; of the paper's dishes, by the paper.
    category (str): What the data set calls it; None where it has none.
    photos (int): In the data set; None where it has none.
    paper (int): In the paper; None where it is none of its dishes.
"""


def count(dataset):
    """Category -> number of its photos (a photo of several counts for each), in label order."""
    labels = dataset.labels
    numbers = (numpy.bincount(labels, minlength=len(dataset.categories)) if labels.ndim == 1
               else labels.sum(axis=0).astype(int))
    return dict(zip(dataset.categories, numbers.tolist()))


def beside(counted, dishes):
    """Rows: the paper's dishes in its order, then what else the data set has, the most first.

    Args:
        counted (dict): See :func:`count`.
        dishes (sequence of Category): The paper's.

    Returns:
        list of Row: Of several categories that are one dish, the first is the dish's and the others
        follow with the rest.
    """
    found = {}
    for category in counted:
        found.setdefault(dish_of(category), category)
    rows = [Row(dish.title, found.get(dish), counted.get(found.get(dish)), dish.photos)
            for dish in dishes]
    taken = {row.category for row in rows}
    others = sorted((category for category in counted if category not in taken),
                    key=counted.get, reverse=True)
    return rows + [Row(category, category, counted[category], None) for category in others]


def table(rows, name):
    """The rows with their shares of the whole, as a table of text; ``name`` is the data set's."""
    ours, theirs = (sum(filter(None, column)) for column in (
        [row.photos for row in rows], [row.paper for row in rows]))

    def cells(number, total):
        return ('-', '-') if number is None else (
            '{:,}'.format(number), '{:.1f} %'.format(100 * number / total))

    return [('dish', 'called', name, 'share', "the paper's", 'share'),
            *((row.name, row.category or '-', *cells(row.photos, ours), *cells(row.paper, theirs))
              for row in rows),
            ('all', '', *cells(ours, ours), *cells(theirs, theirs))]


def notes(rows, dataset, files):
    """What the table does not say (list of str)."""
    found = ['{} of the {} dishes of the paper have photos'.format(
        sum(bool(row.photos) for row in rows if row.paper),
        sum(row.paper is not None for row in rows))]
    numbers = [row.photos for row in rows if row.photos]
    found.append('the largest category has {:.1f} times the photos of the smallest; in the paper: '
                 '{:.1f} times'.format(max(numbers) / min(numbers), *(
                     max(paper) / min(paper)
                     for paper in [[row.paper for row in rows if row.paper]])))
    if files < len(dataset.photos):
        found.append('{:,} examples of {:,} files: some show several dishes'.format(
            len(dataset.photos), files))
    return found
