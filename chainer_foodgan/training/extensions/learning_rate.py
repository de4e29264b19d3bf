"""The original's learning-rate schedule."""

import chainer


class LearningRate(chainer.training.Extension):
    """Holds the learning rate, then lowers it by equal parts towards the end.

    At the end of every epoch e (from 1) with e > num_epochs - num_epochs_decay the rate is lowered
    by 1 / num_epochs_decay of what it started with (upstream: solver.py): of 20 epochs the first
    11 have the full rate, the last a tenth. It is a function of the epoch alone, so there is
    nothing to serialise.

    Args:
        optimizers (dict): Name to optimizer; each has its own initial ``alpha``.
        num_epochs (int): Length of the training.
        num_epochs_decay (int): Epochs in which the rate falls.
    """

    name = 'LearningRate'
    trigger = (1, 'epoch')
    priority = chainer.training.PRIORITY_EDITOR

    def __init__(self, optimizers, num_epochs, num_epochs_decay):
        self.initial = [(optimizer, optimizer.alpha) for optimizer in optimizers.values()]
        self.num_epochs = num_epochs
        self.num_epochs_decay = num_epochs_decay

    def initialize(self, trainer):
        self(trainer)

    def __call__(self, trainer):
        lowered = trainer.updater.epoch - (self.num_epochs - self.num_epochs_decay)
        share = 1 - max(lowered, 0) / self.num_epochs_decay if self.num_epochs_decay else 1
        for optimizer, alpha in self.initial:
            optimizer.alpha = alpha * share
