"""Signals that ask a program to end: its context managers clean up, its status is the shell's."""

from __future__ import annotations

import contextlib
import signal
import threading

#: Ctrl-C, ``kill``, a terminal that is closed, and the warnings of batch systems (SLURM's
#: ``--signal``, the limit on processor time), as far as the platform has them.
ENDING = tuple(getattr(signal, name) for name in (
    'SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGXCPU') if hasattr(signal, name))


class Interrupted(KeyboardInterrupt):
    """A signal ended the work; ``text`` says more of it than its name.

    Attributes:
        signum (int): The signal.
        status (int): The exit status that shells give it.
    """

    def __init__(self, signum: int, text: str | None = None):
        super().__init__(text or f'ended by {name(signum)}')
        self.signum, self.status = signum, 128 + signum


def name(signum):
    """A signal as a person knows it: ``'Ctrl-C'``, ``'SIGTERM'``."""
    return 'Ctrl-C' if signum == signal.SIGINT else signal.Signals(signum).name


@contextlib.contextmanager
def handled(handler, signums=ENDING):
    """Has ``handler(signum, frame)`` called for signals, and what was called before afterwards.

    What is ignored stays ignored (``nohup``, jobs in the background), and outside of the main
    thread, where Python handles no signals, nothing changes.
    """
    before = {}
    try:
        if threading.current_thread() is threading.main_thread():
            for signum in signums:
                if signal.getsignal(signum) not in (signal.SIG_IGN, None):
                    before[signum] = signal.signal(signum, handler)
        yield
    finally:
        for signum, old in before.items():
            signal.signal(signum, old)


def raising():
    """Has all of them but Ctrl-C, of which Python makes an error by itself, raise Interrupted."""
    return handled(_interrupt, ENDING[1:])


def _interrupt(signum, frame):
    raise Interrupted(signum)
