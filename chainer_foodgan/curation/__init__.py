"""Choosing the photos to train on: by a classifier's confidence, and by what they look like."""

from chainer_foodgan.lazy import exports

__getattr__, __dir__, __all__ = exports(__name__, {
    'Ranking': 'rank',
    'Clusters': 'kmeans',
    'FeatureStore': 'features'})
