"""The systems, a file each: its updater, the mathematics of a paper, and what goes with it.

An updater needs nothing but networks and batches: it is read beside the paper, and tested and
compared with other implementations on arrays. A system is its wiring: options, data sets, sample
grids, files of weights.
"""

from chainer_foodgan.lazy import exports

__getattr__, __dir__, __all__ = exports(__name__, {
    'ACGANUpdater': 'gan', 'CycleGANUpdater': 'cyclegan', 'GANUpdater': 'gan',
    'JointUpdater': 'joint', 'Pix2PixUpdater': 'pix2pix', 'StarGANUpdater': 'stargan',
    'StudentUpdater': 'student'})
