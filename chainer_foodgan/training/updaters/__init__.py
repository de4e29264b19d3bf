"""One updater per system: its mathematics, and nothing else."""

from chainer_foodgan.training.updaters.stargan import StarGANUpdater

__all__ = ['StarGANUpdater']
