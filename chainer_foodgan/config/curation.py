"""Options of choosing photos: ranking and clustering."""

from __future__ import annotations

import builtins  # its list: a field has that name
import dataclasses
from typing import ClassVar, Optional, Union

from chainer_foodgan.config.base import Config, option
from chainer_foodgan.config.data import ALL_IMAGES, ALL_LIST, ALL_TEST, CATEGORIES, PHOTOS
from chainer_foodgan.config.kinds import natural, numbers, positive, share

KEEP, FEATURES, CLUSTERS, RESULTS = 'what to keep, one of', 'features', 'clusters', 'results'


@dataclasses.dataclass
class RankConfig(Config):
    """Keep the photos of each category that a classifier is surest of."""

    groups: ClassVar = (PHOTOS, RESULTS, KEEP)

    images: str = option(**ALL_IMAGES)
    classifier: str = option(None, 'made by `foodgan train-classifier` of other photos',
                             unit='FILE', group=PHOTOS, required=True)
    out: str = option(None, 'folder to write', unit='DIR', group=RESULTS, required=True)
    list: Optional[str] = option(**ALL_LIST)
    test: Optional[Union[int, float]] = option(**ALL_TEST)
    categories: Optional[builtins.list[str]] = option(**{**CATEGORIES, 'group': PHOTOS})
    batch_size: int = option(64, 'photos to look at at once', positive, group=PHOTOS)
    keep: float = option(0.2, 'this share of each category; the default is that of the paper',
                         share, 'SHARE', group=KEEP, one_of='rule')
    threshold: Optional[float] = option(None, 'the photos of at least this probability', share,
                                        'P', group=KEEP, one_of='rule')
    number: Optional[int] = option(None, 'so many photos of each category', positive, group=KEEP,
                                   one_of='rule')

    @property
    def rule(self):
        """What to keep: the name of a function of ``curation.ranking``, and its argument."""
        for name in ('threshold', 'number'):
            if getattr(self, name) is not None:
                return name, getattr(self, name)
        return 'share', self.keep


@dataclasses.dataclass
class ClusterConfig(Config):
    """Part the photos of a category by what they look like, and leave some of them out."""

    groups: ClassVar = (PHOTOS, FEATURES, CLUSTERS, RESULTS)

    images: str = option(**ALL_IMAGES)
    category: str = option(None, 'whose photos to cluster, all splits', unit='NAME', group=PHOTOS,
                           required=True)
    out: str = option(None, 'folder to write', unit='DIR', group=RESULTS, required=True)
    list: Optional[str] = option(**ALL_LIST)
    test: Optional[Union[int, float]] = option(**ALL_TEST)
    start: str = option(
        'imagenet', 'weights of VGG16: those of ImageNet that ChainerCV fetches, or a file of them',
        unit='imagenet|FILE.npz', group=FEATURES, one_of='features')
    classifier: Optional[str] = option(
        None, 'take the features of this classifier instead, made by `foodgan train-classifier`',
        unit='FILE', group=FEATURES, one_of='features')
    batch_size: int = option(8, 'photos to look at at once', positive, group=FEATURES)
    clusters: int = option(8, 'how many; the default is that of the article', positive, 'K',
                           group=CLUSTERS)
    seed: int = option(0, 'seed of the clusters and of the map', natural, group=CLUSTERS)
    drop: builtins.list[int] = option(
        (), 'write the list of all photos without those of these clusters', numbers,
        group=CLUSTERS)
