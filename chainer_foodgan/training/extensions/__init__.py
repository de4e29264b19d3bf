"""What happens around the updates."""

from chainer_foodgan.training.extensions.exponential_average import ExponentialAverage
from chainer_foodgan.training.extensions.learning_rate import LearningRate
from chainer_foodgan.training.extensions.pictures import LossPlot, SampleGrid
from chainer_foodgan.training.extensions.printing import Printing
from chainer_foodgan.training.extensions.snapshots import FailOnNaN, Snapshots
from chainer_foodgan.training.extensions.tensor_board import TensorBoard
from chainer_foodgan.training.extensions.threads import ThreadAdvice

__all__ = ['ExponentialAverage', 'FailOnNaN', 'LearningRate', 'LossPlot', 'Printing',
           'SampleGrid', 'Snapshots', 'TensorBoard', 'ThreadAdvice']
