"""The options of all that the package does, each defined once, as typed dataclasses.

From a definition come the arguments in Python, the command line's option of the same name with
hyphens, the key in an experiment's YAML file, the entry in ``run.json``, and the line in a table of
the documentation (:func:`document`).
"""

from chainer_foodgan.config.base import Config
from chainer_foodgan.config.measuring import (
    ClassifierConfig,
    ClusterConfig,
    EvaluateConfig,
    RankConfig,
)
from chainer_foodgan.config.tables import document
from chainer_foodgan.config.training import (
    SYSTEMS,
    ACGANConfig,
    CycleGANConfig,
    GANConfig,
    JointConfig,
    Pix2PixConfig,
    StudentConfig,
    TrainConfig,
)

__all__ = ['ACGANConfig', 'ClassifierConfig', 'ClusterConfig', 'Config', 'CycleGANConfig',
           'EvaluateConfig', 'GANConfig', 'JointConfig', 'Pix2PixConfig', 'RankConfig', 'SYSTEMS',
           'StudentConfig', 'TrainConfig', 'document']
