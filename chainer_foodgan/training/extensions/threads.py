"""Whether one thread would compute faster than all: on a busy machine they wait for each other."""

import sys
import time

from chainer_foodgan import kernels

import chainer

_AFTER = 10  # seconds of training: shorter ones are not worth a word
_ROUNDS, _SECONDS = 3, 0.1  # of measuring, by turns
_FASTER = 1.5  # times, before it is said


class ThreadAdvice(chainer.training.Extension):
    """Says once, in a line on standard error, that fewer threads would be faster.

    It does not choose their number: sums are rounded differently by it, so that the same command
    would not give the same weights twice.
    """

    name = 'ThreadAdvice'

    @staticmethod
    def trigger(trainer):
        """Every iteration, without a state that a snapshot would have."""
        return True

    def initialize(self, trainer):
        self._done = kernels.threads() in (None, 1)

    def __call__(self, trainer):
        if self._done or trainer.elapsed_time < _AFTER:
            return
        self._done = True
        threads = kernels.threads()
        one, all_ = speeds(1, threads)
        if one > _FASTER * all_:
            print(f'one thread computes {one / all_:.1f} times as fast as {threads} here, since '
                  'other programs keep the processor busy: OMP_NUM_THREADS=1 before the command '
                  'makes it so (sums are then rounded differently)', file=sys.stderr)


def speeds(*numbers):
    """How fast numbers of threads compute: convolutions in the same time (list of int)."""
    torch = kernels.torch()
    before, done = torch.get_num_threads(), dict.fromkeys(numbers, 0)
    x, w = torch.zeros(4, 32, 32, 32), torch.zeros(32, 32, 3, 3)
    try:
        for _ in range(_ROUNDS):
            for number in numbers:
                torch.set_num_threads(number)
                end = time.perf_counter() + _SECONDS
                while time.perf_counter() < end:
                    torch.conv2d(x, w, padding=1)
                    done[number] += 1
    finally:
        torch.set_num_threads(before)
    return [done[number] for number in numbers]
