"""Photos and rendered bowls as Chainer data sets.

Every data set has ``categories`` (names in label order), ``labels`` (all of them, in order) and
``image(index)`` (a PIL image). ``ds[i]`` is ``(image, label)`` of photo ``i % len(ds)`` in epoch
``i // len(ds)``.
"""

import csv


def __getattr__(name):
    # Looked up when first used: reading photos needs none of the drawing.
    if name == 'RenderedBowls':
        from chainer_foodgan.datasets.bowls import RenderedBowls
        return RenderedBowls
    raise AttributeError(f'module {__name__!r} has no attribute {name!r}')


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
