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


def system(name):
    """The class of a system, see :class:`chainer_foodgan.training.systems.base.System`."""
    module, kind = SYSTEMS[name]
    return getattr(importlib.import_module('{}.{}'.format(__name__, module)), kind)
