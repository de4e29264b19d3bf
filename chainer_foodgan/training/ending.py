"""When a training ends, and what happens every so often and at its end."""


class StopTrigger(object):
    """The trigger that ends a training: iterations or epochs, or minutes before they are over.

    Args:
        num_epochs (int): Length in epochs.
        num_iters (int): Length in iterations, instead; None: epochs count.
        minutes (float): Time after which it ends in any case, that of earlier parts of the
            training included; None: however long it takes.
    """

    def __init__(self, num_epochs, num_iters=None, minutes=None):
        self.num_epochs, self.num_iters, self.minutes = num_epochs, num_iters, minutes
        self._iteration = self._over = None

    def __call__(self, trainer):
        # Time passes: what writes at the end and what ends the training have to agree.
        if self._iteration != trainer.updater.iteration:
            self._iteration = trainer.updater.iteration
            self._over = self._is_over(trainer)
        return self._over

    def _is_over(self, trainer):
        if self.minutes is not None and trainer.updater.iteration > 0:
            # Clocks differ: all ranks end when one of them is over time.
            over = trainer.elapsed_time >= 60 * self.minutes
            if any(trainer.updater.comm.gather(over)):
                return True
        if self.num_iters is not None:
            return trainer.updater.iteration >= self.num_iters
        return trainer.updater.epoch >= self.num_epochs

    def get_training_length(self):
        """The training's length and its unit; Chainer's progress bar asks for it by this name."""
        if self.num_iters is not None:
            return self.num_iters, 'iteration'
        return self.num_epochs, 'epoch'

    def every(self, step):
        """A trigger: every ``step`` iterations of the training, and after its last one.

        The original counts within the epoch, so that a data set of fewer than ``step`` batches
        would never be saved.
        """
        return lambda trainer: self(trainer) or trainer.updater.iteration % step == 0
