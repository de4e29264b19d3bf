"""Contenders in turn, so that whatever else the machine does meets all of them."""

import time

from benchmarking.arithmetic import summary


def alternate(contenders, most, limit, expected=None, synchronise=None):
    """Times contenders round after round.

    Args:
        contenders (dict): Name to a function without arguments.
        most (int): Rounds.
        limit (float): Seconds for each contender in all. It stops before the run that would
            exceed them, but has one in any case.
        expected (dict): Name to the seconds that a run is thought to take: a contender is left
            out where they exceed the limit.
        synchronise (callable): Waits until what was asked for is done, before the clock is read.

    Returns:
        dict: Name to :func:`~benchmarking.arithmetic.summary` of its seconds, or to
        ``{'note': why it was left out}``.
    """
    seconds = {name: [] for name in contenders}
    notes = {name: 'about {:.0f} s a run'.format(guess)
             for name, guess in (expected or {}).items() if name in seconds and guess > limit}
    for _ in range(most):
        for name, run in contenders.items():
            spent = seconds[name]
            if name in notes or spent and sum(spent) * (1 + 1 / len(spent)) > limit:
                continue
            try:
                start = time.perf_counter()
                run()
                if synchronise is not None:
                    synchronise()
                spent.append(time.perf_counter() - start)
            except (MemoryError, RuntimeError) as error:
                # PyTorch says it with a RuntimeError, whose text alone tells.
                if isinstance(error, RuntimeError) and 'memory' not in str(error):
                    raise
                notes[name] = 'not enough memory'
    return {name: {'note': notes[name]} if name in notes else summary(values)
            for name, values in seconds.items()}
