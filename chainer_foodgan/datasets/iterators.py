"""Batches that threads or processes read while the networks are busy with earlier ones.

Not Chainer's MultiprocessIterator, which waits for ever when an example cannot be read, nor
Python's pools of processes, which may do so when a process is killed while they start.
"""

import collections
import concurrent.futures
import functools
import multiprocessing
import pickle
import queue
import signal
import threading
from multiprocessing import resource_tracker
from multiprocessing.pool import ExceptionWithTraceback

from chainer_foodgan.errors import FoodganError
from chainer_foodgan.signals import ENDING

import chainer
from chainer.iterators import _statemachine

#: Batches in store. Iterations are of unequal length, four of D alone and one of D and G: with a
#: single one, workers that keep up on average would be waited for in the short ones.
AHEAD = 3


def make_iterator(dataset, batch_size, order, num_workers, processes=False):
    """The iterator of a training: without end, in the order's order, reading ahead.

    Batches are the same for any number of workers of either kind, and a snapshot taken with one
    goes on with another.

    Args:
        dataset: Its examples depend on their index alone. For processes it has to pickle.
        batch_size (int): Examples in a batch.
        order (chainer.iterators.OrderSampler): Such as
            :class:`~chainer_foodgan.datasets.sampling.SeededOrder`.
        num_workers (int): How many threads or processes read, from 1 on.
        processes (bool): Processes instead of threads. Threads cost less where a decoder does the
            work, which leaves Python to others; processes are for examples that Python makes. They
            start afresh, so a script needs ``if __name__ == '__main__':`` around what it does.

    Returns:
        ReadingAhead: ``finalize()`` ends the workers; so does the end of this process, whatever
        its cause.
    """
    kind = Processes if processes else Threads
    return ReadingAhead(dataset, batch_size, order, num_workers, kind)


class ReadingAhead(chainer.iterators.MultithreadIterator):
    """Chainer's iterator, with several batches in store and workers of any kind: :class:`Threads`
    or :class:`Processes`.

    ``next()`` raises what the data set raises, or a FoodganError where a worker process was ended
    from outside; called again, it tries the same batch again.
    """

    def __init__(self, dataset, batch_size, order, num_workers, kind):
        self._start_workers = functools.partial(kind, dataset, num_workers)
        self._reader = None
        super().__init__(dataset, batch_size, order_sampler=order)

    def __next__(self):
        if self._reader is None:
            self._reader = _Reader(self._start_workers, _batches_after(
                self._state, self.batch_size, self.order_sampler, len(self.dataset)))
            self._reader.start()
        try:
            state, batch = self._reader.take()
        except Exception:
            self.finalize()
            raise
        self._previous_epoch_detail = self.epoch_detail
        self._state = state
        return batch

    next = __next__

    def reset(self):
        self.finalize()
        super().reset()

    def serialize(self, serializer):
        if isinstance(serializer, chainer.Deserializer):
            self.finalize()
        super().serialize(serializer)

    def finalize(self):
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.stop()


def _batches_after(state, batch_size, order, length):
    """Yields the state after each batch to come, and the indices of its examples."""
    while True:
        state, indices = _statemachine.iterator_statemachine(
            state, batch_size, True, order, length)
        yield state, indices.tolist()


class _Reader(threading.Thread):
    """Keeps the workers busy.

    A thread of its own, because Ctrl-C interrupts the main one anywhere: in the midst of handing
    work to an executor it leaves a lock closed, and the workers never end. These queues are safe.

    Args:
        start_workers (callable): Makes the workers.
        batches (iterator): ``(state, indices)`` of each batch.
    """

    def __init__(self, start_workers, batches):
        super().__init__(daemon=True)
        self._start_workers = start_workers
        self._batches = batches
        self._read = queue.SimpleQueue()   # (state, batch), or an error
        self._taken = queue.SimpleQueue()  # something for each that was taken
        self._stopped = False

    def take(self):
        result = self._read.get()
        if isinstance(result, BaseException):
            raise result
        self._taken.put(None)
        return result

    def stop(self):
        self._stopped = True
        self._taken.put(None)
        if self.is_alive():
            self.join()

    def run(self):
        try:
            crew = self._start_workers()
            try:
                self._keep_busy(crew)
            finally:
                crew.shutdown(cancel_futures=True)
        except BaseException as error:
            self._read.put(error)

    def _keep_busy(self, crew):
        ahead = collections.deque()
        while not self._stopped:
            while len(ahead) < AHEAD:
                state, indices = next(self._batches)
                ahead.append((state, [crew.read(index) for index in indices]))
            state, examples = ahead.popleft()
            self._read.put((state, [example.result() for example in examples]))
            self._taken.get()


# A fork of this process, in which threads of PyTorch or MPI have run, could hang.
_context = multiprocessing.get_context('spawn')


class Threads(concurrent.futures.ThreadPoolExecutor):
    """Threads that read the examples of a data set."""

    def __init__(self, dataset, number):
        super().__init__(number)
        self._dataset = dataset

    def read(self, index):
        """A future of ``dataset[index]``."""
        return self.submit(self._dataset.__getitem__, index)


class Processes(Threads):
    """Threads that have the reading done by a process each, to which the data set is pickled.

    A process ends with this one, even if this one is killed, because it then reads the end of the
    pipe between them. A future's outcome is a FoodganError where one has ended.
    """

    def __init__(self, dataset, number):
        super().__init__(dataset, number)
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
