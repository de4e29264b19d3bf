"""What happens around the updates."""

from chainer_foodgan.training.extensions.reporting import (
    LossPlot,
    Printing,
    SampleGrid,
    TensorBoard,
    ThreadAdvice,
)
from chainer_foodgan.training.extensions.snapshots import FailOnNaN, Snapshots
from chainer_foodgan.training.optimizer import ExponentialAverage, LearningRate

__all__ = ['ExponentialAverage', 'FailOnNaN', 'LearningRate', 'LossPlot', 'Printing',
           'SampleGrid', 'Snapshots', 'TensorBoard', 'ThreadAdvice']
