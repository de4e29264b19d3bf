"""A dozen photos that ship, to try things on; ``attribution.csv`` beside them says whose they are.
"""

import csv

from chainer_foodgan.weights import registry


def example_photos():
    """Where the photos are, and what they show.

    Returns:
        list of tuple: For each, its path (pathlib.Path; a JPEG, RGB, whose shorter side has at
        most 256 pixels) and its dish (str), such as ``'pho'``. They are licensed under CC BY 4.0.
    """
    folder = registry.folder() / 'photos'
    with open(folder / 'attribution.csv', encoding='utf-8', newline='') as file:
        return [(folder / row['file'], row['dish']) for row in csv.DictReader(file)]
