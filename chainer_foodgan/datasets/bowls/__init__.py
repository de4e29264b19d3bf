"""Rendered bowls: the embedded data set (see :class:`RenderedBowls`)."""

from chainer_foodgan.datasets.bowls.dataset import RenderedBowls

__all__ = ['RenderedBowls']
