"""What the processes of an MPI job say when something fails, and how they end."""

import contextlib
import logging
import time
import traceback
import warnings

from chainer_foodgan.commands import complain
from chainer_foodgan.errors import FoodganError

# What is said in a line of its own; anything else is a defect, whose traceback is of use.
_KNOWN = (FoodganError, OSError, MemoryError, KeyboardInterrupt)


def only_one_speaks(world):
    """Leaves warnings to rank 0, which has the same ones."""
    if world.rank != 0:
        logging.disable(logging.WARNING)
        warnings.simplefilter('ignore')


@contextlib.contextmanager
def together(world):
    """Around what every rank does to prepare: an error of any of them ends all, said once.

    What all do alike fails on all alike, and rank 0 raises it as if it were alone.

    Raises:
        FoodganError: On rank 0; what another rank alone could not do, with its name.
        SystemExit: On the other ranks.
    """
    error = None
    try:
        yield
    except (Exception, KeyboardInterrupt) as caught:
        if world.size == 1:
            raise
        error = caught
    reasons = world.gather(error and _named(world, error))
    failed = [rank for rank, reason in enumerate(reasons) if reason is not None]
    if not failed:
        return
    if world.rank == failed[0]:
        if world.rank == 0:
            raise error
        _show_defect(error)
    if world.rank == 0:
        raise FoodganError(reasons[failed[0]])
    raise SystemExit(1)


@contextlib.contextmanager
def at_once(world):
    """Around the training: a rank that fails says its name and why, and ends the job.

    The others wait for it in the middle of an iteration and cannot be told.
    """
    try:
        yield
    except (Exception, KeyboardInterrupt) as error:
        if world.size == 1:
            raise
        _show_defect(error)
        complain(_named(world, error))
        time.sleep(0.2)  # mpiexec has something to say of it too: after this line
        world.abort()


def _named(world, error):
    kind = type(error).__name__
    reason = str(error) if isinstance(error, _KNOWN) else '{}: {}'.format(kind, error)
    return '{}: {}'.format(world, reason or kind)


def _show_defect(error):
    if not isinstance(error, _KNOWN):
        traceback.print_exception(type(error), error, error.__traceback__)
