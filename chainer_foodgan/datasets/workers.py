"""Threads and processes that read the examples of a data set.

Both are executors with a method ``read(index)``, which returns a future of ``dataset[index]``. Not
Chainer's MultiprocessIterator, which waits for ever when an example cannot be read, nor Python's
pools of processes, which may do so when a process is killed while they start.
"""

import concurrent.futures
import multiprocessing
import pickle
import signal
import threading
from multiprocessing import resource_tracker
from multiprocessing.pool import ExceptionWithTraceback

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.signals import ENDING

# A fork of this process, in which threads of PyTorch or MPI have run, could hang.
_context = multiprocessing.get_context('spawn')


class Threads(concurrent.futures.ThreadPoolExecutor):
    """Args: the data set, and how many threads."""

    def __init__(self, dataset, number):
        super().__init__(number)
        self._dataset = dataset

    def read(self, index):
        return self.submit(self._dataset.__getitem__, index)


class Processes(concurrent.futures.ThreadPoolExecutor):
    """Threads that have the reading done by a process each.

    A process ends with this one, even if this one is killed, because it then reads the end of the
    pipe between them.

    Args:
        dataset: What is read; it is pickled.
        number (int): How many processes.

    Raises:
        FoodganError: As the outcome of a future: the process has ended.
    """

    def __init__(self, dataset, number):
        super().__init__(number)
        self._dataset = dataset
        self._mine = threading.local()
        self._started = []

    def read(self, index):
        return self.submit(self._ask, index)

    def shutdown(self, *args, **kwargs):
        super().shutdown(*args, **kwargs)
        for process in self._started:
            process.kill()
            process.join()

    def _ask(self, index):
        if not hasattr(self._mine, 'pipe'):
            self._mine.pipe = self._start()
        try:
            self._mine.pipe.send_bytes(pickle.dumps(index))
            example, error = pickle.loads(self._mine.pipe.recv_bytes())
        except (EOFError, OSError) as error:
            raise FoodganError(
                'a process that reads photos could not start or was ended by the system: use '
                'fewer --num-workers if memory is short, or leave out --processes') from error
        if error is not None:
            raise error
        return example

    def _start(self):
        if hasattr(signal, 'pthread_sigmask'):
            # A terminal sends Ctrl-C to all its processes, and a batch system its warnings, but
            # they are meant for this one. Those that this thread starts never hear them. Starting
            # the tracker would undo the second line.
            resource_tracker.ensure_running()
            signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
        here, there = _context.Pipe()
        process = _context.Process(target=_serve, args=(there, self._dataset), daemon=True)
        process.start()
        there.close()
        self._started.append(process)
        return here


def _serve(pipe, dataset):
    """The life of a process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        while True:
            index = pickle.loads(pipe.recv_bytes())
            try:
                answer = pickle.dumps((dataset[index], None), pickle.HIGHEST_PROTOCOL)
            except Exception as error:
                answer = pickle.dumps((None, _portable(error)))
            pipe.send_bytes(answer)
    except (EOFError, OSError):  # the other end is closed: nobody wants to know any more
        pass


def _portable(error):
    """The error with its traceback as text; if it does not pickle, one with its name and text."""
    try:
        pickle.loads(pickle.dumps(error))
        portable = error
    except Exception:
        portable = RuntimeError(f'{type(error).__name__}: {error}')
    return ExceptionWithTraceback(portable, error.__traceback__)
