"""Rendered bowls: the embedded data set (see :class:`RenderedBowls`)."""

from chainer_foodgan.datasets.bowls.dataset import BowlPairs, RenderedBowls

__all__ = ['BowlPairs', 'RenderedBowls']
