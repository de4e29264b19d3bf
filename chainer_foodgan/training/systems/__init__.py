"""The systems: which data, networks, pictures and files of weights go with an updater.

An updater (:mod:`chainer_foodgan.training.updaters`) is the mathematics of a paper: 39 to 98 lines
that need nothing but networks and batches, are read beside the paper, and are tested and compared
with other implementations on arrays. A system is its wiring: options, data sets, sample grids,
file names. The two change for different reasons, and an updater is used without a system by the
parity check and the benchmark; therefore they are two files.
"""

import importlib

#: Name to module and class; a module is imported when its system is used.
SYSTEMS = {
    'stargan': ('stargan', 'StarGAN'),
    'joint': ('joint', 'Joint'),
    'gan': ('gan', 'GAN'),
    'acgan': ('gan', 'ACGAN'),
    'pix2pix': ('pix2pix', 'Pix2Pix'),
    'cyclegan': ('cyclegan', 'CycleGAN'),
    'student': ('student', 'Student')}


def make_system(config):
    """The system that a configuration is for.

    Args:
        config (SystemConfig): What to train.

    Returns:
        chainer_foodgan.training.systems.base.System: With its data.

    Raises:
        FoodganError: The data cannot be used, or options do not fit together.
    """
    module, kind = SYSTEMS[config.system]
    return getattr(importlib.import_module(f'{__name__}.{module}'), kind)(config)
