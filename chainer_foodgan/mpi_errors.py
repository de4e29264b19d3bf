"""How the processes of an MPI job end when one of them fails, and which of them speaks."""

import contextlib
import logging
import sys
import time
import traceback
import warnings

from chainer_foodgan.errors import FoodganError, one_line

# What is said in a line of its own; anything else is a defect, whose traceback is of use.
_KNOWN = (FoodganError, OSError, MemoryError, KeyboardInterrupt)


def warn_on_rank_0(comm):
    """Leaves warnings to rank 0, which has the same ones."""
    if comm.rank != 0:
        logging.disable(logging.WARNING)
        warnings.simplefilter('ignore')


@contextlib.contextmanager
def raise_on_rank_0(comm):
    """Around what every rank does to prepare: an error of any of them ends all, raised once.

    What all do alike fails on all alike, and rank 0 raises it as if it were alone.

    Raises:
        FoodganError: On rank 0; what another rank alone could not do, with its name.
        SystemExit: On the other ranks.
    """
    error = None
    try:
        yield
    except (Exception, KeyboardInterrupt) as caught:
        if comm.size == 1:
            raise
        error = caught
    reasons = comm.gather(error and _named(comm, error))
    failed = [rank for rank, reason in enumerate(reasons) if reason is not None]
    if not failed:
        return
    if comm.rank == failed[0]:
        if comm.rank == 0:
            raise error
        _show_defect(error)
    if comm.rank == 0:
        raise FoodganError(reasons[failed[0]])
    raise SystemExit(1)


@contextlib.contextmanager
def abort_on_error(comm):
    """Around the work: a rank that fails prints its name and why, and ends the job.

    The others wait for it in the middle of an iteration and cannot be told.
    """
    try:
        yield
    except (Exception, KeyboardInterrupt) as error:
        if comm.size == 1:
            raise
        _show_defect(error)
        print('foodgan:', one_line(_named(comm, error)), file=sys.stderr)
        time.sleep(0.2)  # mpiexec has something to say of it too: after this line
        comm.abort()


def _named(comm, error):
    kind = type(error).__name__
    reason = str(error) if isinstance(error, _KNOWN) else f'{kind}: {error}'
    return f'{comm}: {reason or kind}'


def _show_defect(error):
    if not isinstance(error, _KNOWN):
        traceback.print_exception(type(error), error, error.__traceback__)
