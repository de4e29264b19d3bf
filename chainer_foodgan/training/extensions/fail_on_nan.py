"""Stopping a training that has diverged."""

import math

import chainer

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.files import by_place


class FailOnNaN(chainer.training.Extension):
    """Ends the training at the first loss that is not a finite number.

    It runs before the snapshots are written, so the newest one is good.

    Args:
        run (Run): Where the snapshots are.
    """

    name = 'FailOnNaN'
    trigger = (1, 'iteration')
    priority = chainer.training.PRIORITY_EDITOR

    def __init__(self, run):
        self.run = run

    def __call__(self, trainer):
        for name, value in trainer.observation.items():
            if not math.isfinite(float(value)):
                raise self.error(trainer, '{} is {}'.format(name, float(value)))

    def error(self, trainer, reason):
        """The error that ends the training."""
        good = by_place(self.run.snapshots, '.npz')
        return FoodganError(
            'the training diverged in iteration {}: {}; {}, try lower learning rates'.format(
                trainer.updater.iteration, reason,
                'the last good state is ' + str(good[-1]) if good else 'nothing was saved yet'))
