"""Food-Changer-GAN ("Magical Rice Bowl", ACM MM 2018) for Chainer.

Importing this package makes Chainer 7.8.1 run on today's Python and NumPy (see
:mod:`chainer_foodgan.compat`), so it has to come before ``import chainer``.
"""

import importlib

from chainer_foodgan import compat

compat.apply()

__version__ = '0.2.0'


def __getattr__(name):
    # Looked up when first used: translating needs no trainer, `foodgan --help` needs neither.
    if name == 'Translator':
        return importlib.import_module('chainer_foodgan.translation').Translator
    if name == 'weights':
        return importlib.import_module('chainer_foodgan.weights')
    raise AttributeError('module {!r} has no attribute {!r}'.format(__name__, name))
