"""One updater per system: its mathematics, and nothing else."""

from chainer_foodgan.training.updaters.acgan import ACGANUpdater
from chainer_foodgan.training.updaters.cyclegan import CycleGANUpdater
from chainer_foodgan.training.updaters.gan import GANUpdater
from chainer_foodgan.training.updaters.joint import JointUpdater
from chainer_foodgan.training.updaters.pix2pix import Pix2PixUpdater
from chainer_foodgan.training.updaters.stargan import StarGANUpdater
from chainer_foodgan.training.updaters.student import StudentUpdater

__all__ = ['ACGANUpdater', 'CycleGANUpdater', 'GANUpdater', 'JointUpdater', 'Pix2PixUpdater',
           'StarGANUpdater', 'StudentUpdater']
