"""Photos and rendered bowls as Chainer data sets.

Every data set has ``categories`` (names in label order), ``labels`` (all of them, in order) and
``image(index)`` (a PIL image). ``ds[i]`` is ``(image, label)`` of photo ``i % len(ds)`` in epoch
``i // len(ds)``.
"""

import csv

from chainer_foodgan.lazy import exports

__getattr__, __dir__, __all__ = exports(__name__, {
    'FolderDataset': 'opening',
    'ListDataset': 'lists',
    'ManifestDataset': 'lists',
    'write_manifest': 'lists',
    'UECFoodDataset': 'uec_food',
    'ShardDataset': 'shards',
    'write_shards': 'sharding',
    'write_index': 'sharding',
    'open_dataset': 'opening',
    'TeacherPairs': 'pairs',
    'Unpaired': 'pairs',
    'RenderedBowls': 'bowls',
    'BowlPairs': 'bowls',
    'EvalTransform': 'transforms',
    'TrainTransform': 'transforms',
    'make_iterator': 'iterators'})

__all__ += ['example_photos']


def example_photos():
    """A dozen photos that ship, to try things on; ``attribution.csv`` beside them says whose.

    Returns:
        list of tuple: For each, its path (pathlib.Path; a JPEG, RGB, whose shorter side has at
        most 256 pixels) and its dish (str), such as ``'pho'``. They are licensed under CC BY 4.0.
    """
    from chainer_foodgan.weights import registry
    folder = registry.folder() / 'photos'
    with open(folder / 'attribution.csv', encoding='utf-8', newline='') as file:
        return [(folder / row['file'], row['dish']) for row in csv.DictReader(file)]
