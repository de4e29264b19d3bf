"""Food-Changer-GAN ("Magical Rice Bowl", ACM MM 2018) for Chainer.

Importing this package makes Chainer 7.8.1 run on today's Python and NumPy (see
:mod:`chainer_foodgan.compat`), so it has to come before ``import chainer``.

What a command does, a function does: :func:`train`, :func:`evaluate`, :func:`rank`,
:func:`cluster` and :func:`fit_classifier` take a dataclass of their options
(:class:`TrainConfig`, ...) and return what they found; :func:`translate` and :class:`Translator`
change the dish in pictures; :mod:`weights` reads and writes networks.
"""

import importlib

from chainer_foodgan import compat

compat.apply()

__version__ = '0.2.0'

#: Public names and their modules, which are imported when a name is first used.
_MODULES = {
    'Translator': 'translation', 'translate': 'translation',
    'train': 'training.train', 'TrainResult': 'training.train',
    'evaluate': 'evaluations.evaluate',
    'fit_classifier': 'training.classifier', 'ClassifierResult': 'training.classifier',
    'rank': 'curation.rank', 'RankResult': 'curation.rank',
    'cluster': 'curation.cluster', 'ClusterResult': 'curation.cluster',
    'FoodganError': 'errors',
    **dict.fromkeys(('TrainConfig', 'JointConfig', 'GANConfig', 'ACGANConfig', 'Pix2PixConfig',
                     'CycleGANConfig', 'StudentConfig', 'EvaluateConfig', 'ClassifierConfig',
                     'RankConfig', 'ClusterConfig'), 'config')}

__all__ = [*_MODULES, 'weights', '__version__']


def __getattr__(name):
    if name == 'weights':
        return importlib.import_module('chainer_foodgan.weights')
    if name in _MODULES:
        return getattr(importlib.import_module('chainer_foodgan.' + _MODULES[name]), name)
    raise AttributeError(f'module {__name__!r} has no attribute {name!r}')


def __dir__():
    return sorted({*globals(), *__all__})
