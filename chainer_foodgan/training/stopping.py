"""When a training ends: at its length, after its time, or because a signal asks for it."""

import contextlib
import os
import signal
import sys
import time

from chainer_foodgan import signals
from chainer_foodgan.signals import Interrupted

# For a platform without it: the reader of what is printed is gone.
_NO_READER = getattr(signal, 'SIGPIPE', signal.SIGTERM)


class Saved(Interrupted):
    """A signal ended a training of so many processes (``ranks``), which was saved before; ``text``
    says where."""

    def __init__(self, signum, text, ranks):
        super().__init__(signum, text)
        self.ranks = ranks


class StopTrigger:
    """The trigger that ends a training: after so many epochs, or iterations where ``num_iters`` is
    not None, and in any case after so many minutes, those of earlier parts of the training
    included; None: however long it takes.

    Attributes:
        asked (int): The signal that asked this process to end the training, or None.
        signum (int): The signal that ended the training, on all ranks; None: it is not over, or
            ended by itself.
    """

    def __init__(self, num_epochs, num_iters=None, minutes=None):
        self.num_epochs, self.num_iters, self.minutes = num_epochs, num_iters, minutes
        self.asked = self.signum = None
        self._iteration, self._over = None, False

    def __call__(self, trainer):
        self._decide(trainer)
        return self._over or self.signum is not None

    def iterations(self, trainer):
        """How many iterations the whole training has (int)."""
        if self.num_iters is not None:
            return self.num_iters
        iterator = trainer.updater.get_iterator('main')
        batch = iterator.batch_size * trainer.updater.comm.size
        return self.num_epochs * (len(iterator.dataset) // batch)

    def every(self, step):
        """A trigger: every ``step`` iterations of the training, and after its last one.

        The original counts within the epoch, so that a data set of fewer than ``step`` batches
        would never be saved.
        """
        def due(trainer):
            self._decide(trainer)
            return self._over or trainer.updater.iteration % step == 0
        return due

    def saving(self, step, minutes=0):
        """The same trigger, which fires where a signal ends the training as well and, unless
        ``minutes`` is 0, so long after the last time."""
        every, last = self.every(step), time.monotonic()

        def due(trainer):
            nonlocal last
            now = time.monotonic()
            if every(trainer) or self(trainer) or 0 < 60 * minutes <= now - last:
                last = now
                return True
            return False
        return due

    def _decide(self, trainer):
        # Once an iteration, since time passes and signals come at any moment: what writes at the
        # end and what ends the training have to agree, and so have all ranks.
        if self._iteration == trainer.updater.iteration:
            return
        self._iteration = trainer.updater.iteration
        self._over = (trainer.updater.epoch >= self.num_epochs if self.num_iters is None
                      else self._iteration >= self.num_iters)
        if self._iteration == 0:  # nothing to save
            return
        late = self.minutes is not None and trainer.elapsed_time >= 60 * self.minutes
        decided = trainer.updater.comm.gather((late, self.asked))
        self._over = self._over or any(late for late, _ in decided)
        if not self._over:
            self.signum = next((signum for _, signum in decided if signum is not None), None)


def run(trainer):
    """Runs a trainer to its end, or until a signal asks for it: the iteration is ended and saved. A
    second Ctrl-C ends it at once.

    The trainer's trigger is a :class:`StopTrigger`, and :meth:`StopTrigger.saving` has it saved.
    See :func:`raise_if_asked`.
    """
    end, comm = trainer.stop_trigger, trainer.updater.comm

    def ask(signum, frame):
        if end.asked is not None:
            if signum == signal.SIGINT:
                raise KeyboardInterrupt
            return
        end.asked = signum
        if comm.rank == 0:
            _say(f'{signals.name(signum)}: this iteration is the last one and is saved; Ctrl-C '
                 'now ends it at once, unsaved')

    with signals.handled(ask):
        trainer.run(show_loop_exception_msg=False)
        if end.signum is not None:
            comm.gather(None)  # mpiexec ends all as soon as one has ended: rank 0 is to save first


def raise_if_asked(trainer, folder):
    """Raises :class:`Saved`, on rank 0, where a signal ended the training of a trainer that has
    been run; its snapshots are in ``folder`` (Run)."""
    end, comm = trainer.stop_trigger, trainer.updater.comm
    if end.signum is not None and comm.rank == 0:
        done, total = trainer.updater.iteration, end.iterations(trainer)
        raise Saved(end.signum, f'{signals.name(end.signum)}: iteration {done} of {total} is saved '
                    f'in {folder.saved()[-1]}', comm.size)


def nobody_reads(trainer):
    """Ends a training whose terminal is closed, or whose output goes to a program that has ended.

    It is saved first, and its last words go nowhere.
    """
    for stream in sys.stdout, sys.stderr:
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    trainer.stop_trigger.asked = trainer.stop_trigger.asked or _NO_READER


def _say(text):
    # Not by print: what the signal interrupted may be in the midst of printing.
    with contextlib.suppress(OSError, ValueError):
        os.write(sys.stderr.fileno(), f'\nfoodgan: {text}\n'.encode())
