"""One module per system: which networks, data and pictures go with its updater."""

import importlib

#: Name to module and class; a module is imported when its system is used.
SYSTEMS = {
    'stargan': ('stargan', 'StarGAN'),
    'joint': ('joint', 'Joint'),
    'gan': ('gan', 'GAN'),
    'acgan': ('acgan', 'ACGAN'),
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
