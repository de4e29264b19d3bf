"""How many of the photos that a ranking keeps are wrong."""

import csv

import numpy

from chainer_foodgan import files
from ranking.mixed import WRONG

_COLOURS = ('#35688f', '#c4622d')
SHARES = numpy.arange(1, 101) / 100


def read(scores, kinds):
    """The photos in the order of their ranking.

    Args:
        scores (str or os.PathLike): ``scores.csv`` of ``foodgan rank``.
        kinds (dict): File to what it is, see :func:`ranking.mixed.write`.

    Returns:
        dict: Category to (what each photo is, list of str, best first; how many are kept).
    """
    found = {}
    with open(scores, encoding='utf-8', newline='') as file:
        for row in csv.DictReader(file):
            order, kept = found.get(row['category'], ([], 0))
            found[row['category']] = order + [kinds[row['file']]], kept + int(row['kept'])
    return found


def wrong(orders, share=None):
    """Shares of wrong photos among the best of each category.

    Args:
        orders (dict): See :func:`read`.
        share (float): How many of each category, rounded, at least one; None: those that were
            kept.

    Returns:
        dict: Each of ``WRONG`` to its share of those photos; None where there are none.
    """
    best = [kind for order, kept in orders.values() for kind in
            order[:kept if share is None else max(1, round(share * len(order)))]]
    return {kind: best.count(kind) / len(best) if best else None for kind in WRONG}


def table(orders):
    """Rows for each category and all: photos, wrong, kept, wrong of those."""
    rows = [['category', 'photos', 'wrong', 'kept', 'wrong of those']]
    for name, group in [*((name, {name: of_it}) for name, of_it in orders.items()),
                        ('all', orders)]:
        kept = sum(kept for _, kept in group.values())
        rows.append([
            name, str(sum(len(order) for order, _ in group.values())),
            '{:.1%}'.format(sum(wrong(group, 1).values())), str(kept),
            '{:.1%}'.format(sum(wrong(group).values())) if kept else '-'])
    return rows


def draw(orders, path):
    """Draws the share of wrong photos against the share that is kept.

    Args:
        orders (dict): See :func:`read`.
        path (str or os.PathLike): The PNG file.
    """
    from matplotlib.figure import Figure
    figure = Figure(figsize=(6.4, 4), layout='constrained')
    axes = figure.subplots()
    shares = [wrong(orders, share) for share in SHARES]
    axes.stackplot(100 * SHARES, [[100 * of_them[kind] for of_them in shares] for kind in WRONG],
                   labels=WRONG, colors=_COLOURS)
    before = 100 * sum(wrong(orders, 1).values())
    axes.axhline(before, color='black', linestyle='--', linewidth=1, label='photos drawn by lot')
    total, kept = (sum(column) for column in zip(*(
        (len(order), kept) for order, kept in orders.values())))
    axes.axvline(100 * kept / total, color='black', linewidth=1.5, label='kept')
    axes.set_xlim(0, 100)
    axes.set_ylim(0, 1.1 * before or 1)
    axes.set_xlabel('best photos of each category, %')
    axes.set_ylabel('wrong among them, %')
    axes.legend(frameon=False, loc='center', fontsize=9)
    axes.spines[['top', 'right']].set_visible(False)
    with files.replacing(path) as file:
        figure.savefig(file, format='png', dpi=120)
