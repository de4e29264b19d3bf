"""Figures of many pictures: their means, a row per dish."""

import collections
import math

import numpy


class Means(object):
    """Gathers figures and averages them.

    Args:
        dishes (sequence of str): A row each.
        columns (sequence of tuple): Key of the figures, title, how a figure is written; a column
            of which nothing is known is left out.
    """

    def __init__(self, dishes, columns):
        self._columns = columns
        self._found = {dish: collections.defaultdict(list) for dish in dishes}

    def add(self, dish, figures):
        """Adds the figures of a picture (dict of float; NaN: not known)."""
        for key, value in figures.items():
            if not math.isnan(value):
                self._found[dish][key].append(value)

    def record(self):
        """Key to mean (dict of dict), by dish and for ``all`` pictures."""
        lines = {**self._found, 'all': collections.defaultdict(list)}
        for found in self._found.values():
            for key, values in found.items():
                lines['all'][key] += values
        return {dish: {key: float(numpy.mean(values)) for key, values in found.items()}
                for dish, found in lines.items()}

    def table(self):
        """The same in rows (list of list of str)."""
        record = self.record()
        columns = [column for column in self._columns if column[0] in record['all']]
        return [['dish', *(title for _, title, _ in columns)]] + [
            [dish, *(form.format(found[key]) if key in found else '-' for key, _, form in columns)]
            for dish, found in record.items()]
