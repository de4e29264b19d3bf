"""Photos and rendered bowls as Chainer data sets.

Every data set has ``categories`` (names in label order), ``labels`` (all of them, in order) and
``image(index)`` (a PIL image). ``ds[i]`` is ``(image, label)`` of photo ``i % len(ds)`` in epoch
``i // len(ds)``.
"""

import importlib


def __getattr__(name):
    # Looked up when first used: reading photos needs none of the drawing.
    if name == 'RenderedBowls':
        return importlib.import_module('chainer_foodgan.datasets.bowls').RenderedBowls
    if name == 'example_photos':
        return importlib.import_module('chainer_foodgan.datasets.examples').example_photos
    raise AttributeError('module {!r} has no attribute {!r}'.format(__name__, name))
