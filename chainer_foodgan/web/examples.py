"""Photos to begin with: licensed ones, which ship with the weights."""

import collections
import csv

from chainer_foodgan.weights import registry

_NAMES = ('pho_1.jpg', 'com_tam_1.jpg', 'cao_lau_1.jpg', 'bun_hai_san_1.jpg', 'com_ga_1.jpg',
          'hu_tieu_1.jpg', 'mi_quang_1.jpg', 'bun_bo_hue_1.jpg')

Examples = collections.namedtuple('Examples', 'photos licence source')
Examples.__doc__ = """Photos, and whom they are from.

Attributes:
    photos (list of tuple): Path (pathlib.Path) and the name of the dish that is shown.
    licence, source (str): Of all of them.
"""


def open_examples():
    """The photos that ship.

    Returns:
        Examples: Them.
    """
    folder = registry.folder() / 'photos'
    with open(folder / 'attribution.csv', encoding='utf-8', newline='') as file:
        rows = {row['file']: row for row in csv.DictReader(file)}
    rows = [rows[name] for name in _NAMES]
    return Examples([(folder / row['file'], row['dish']) for row in rows],
                    ', '.join(sorted({row['licence'] for row in rows})),
                    ', '.join(sorted({row['source'] for row in rows})))
