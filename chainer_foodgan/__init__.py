"""Food-Changer-GAN ("Magical Rice Bowl", ACM MM 2018) for Chainer.

Importing this package makes Chainer 7.8.1 run on today's Python and NumPy (see
:mod:`chainer_foodgan.compat`), so it has to come before ``import chainer``.

What a command does, a function does: :func:`train`, :func:`evaluate`, :func:`rank`,
:func:`cluster` and :func:`fit_classifier` take a dataclass of their options
(:class:`TrainConfig`, ...) and return what they found; :func:`translate` and :class:`Translator`
change the dish in pictures; :mod:`weights` reads and writes networks.
"""

from chainer_foodgan import compat
from chainer_foodgan.lazy import exports

compat.apply()

__version__ = '0.2.0'

__getattr__, __dir__, __all__ = exports(__name__, {
    'Translator': 'translation', 'translate': 'translation', 'weights': None,
    'train': 'training.train', 'TrainResult': 'training.train',
    'evaluate': 'evaluations.evaluate',
    'fit_classifier': 'training.classifier', 'ClassifierResult': 'training.classifier',
    'rank': 'curation.rank', 'RankResult': 'curation.rank',
    'cluster': 'curation.cluster', 'ClusterResult': 'curation.cluster',
    'FoodganError': 'errors',
    **dict.fromkeys(('TrainConfig', 'JointConfig', 'GANConfig', 'ACGANConfig', 'Pix2PixConfig',
                     'CycleGANConfig', 'StudentConfig', 'EvaluateConfig', 'ClassifierConfig',
                     'RankConfig', 'ClusterConfig'), 'config')})
