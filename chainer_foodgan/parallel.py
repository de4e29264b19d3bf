"""Ranks: processes, started by ``mpiexec``, that train together on one batch after the other.

Every rank has the same networks and reads its share of each batch. What is random is drawn for the
whole batch on every rank, from the same seed, and shared out; gradients are averaged before they
are used. So any number of ranks takes the steps that one process would take, but for rounding.
Only rank 0 writes and prints. The last functions say how a job ends when one of its processes
fails, and which of them speaks.
"""

import contextlib
import importlib
import logging
import os
import platform
import sys
import time
import traceback
import warnings

import numpy

from chainer_foodgan import gpus
from chainer_foodgan.errors import FoodganError, one_line

import chainer

# How the launchers of Open MPI and of MPICH, Intel MPI and MVAPICH tell a process its place.
_PLACES = (('OMPI_COMM_WORLD_RANK', 'OMPI_COMM_WORLD_SIZE'), ('PMI_RANK', 'PMI_SIZE'),
           ('MV2_COMM_WORLD_RANK', 'MV2_COMM_WORLD_SIZE'))
# What is said in a line of its own; anything else is a defect, whose traceback is of use.
_KNOWN = (FoodganError, OSError, MemoryError, KeyboardInterrupt)


class Communicator:
    """What a process trains with that trains alone, rank 0 of 1: all of the batch is its own;
    ``name`` is ChainerMN's, of what the ranks talk through."""

    name = None

    def __init__(self, rank=0, size=1):
        self.rank, self.size = rank, size

    def __str__(self):
        return f'rank {self.rank} of {self.size} ({platform.node()})'

    def share(self, array):
        """This rank's part of an array of a batch, a multiple of the ranks: (B, ...) -> (B / n,
        ...)."""
        part = len(array) // self.size
        return array[self.rank * part:(self.rank + 1) * part]

    def whole(self, array):
        """The array that the shares of all ranks make up, (B / n, ...) -> (B, ...)."""
        return array

    def device(self, name):
        """The device to compute on: of ``'@cupy'`` this rank's own GPU of its machine."""
        return '@cupy:0' if name == '@cupy' else name

    def broadcast(self, link):
        """Gives all ranks the parameters of rank 0."""

    def mean_grads(self, link):
        """Puts the mean over the ranks in the place of the gradients of a link's parameters."""

    def mean(self, values):
        """Means over the ranks, of a dict of scalars that has the same keys on all of them."""
        return values

    def gather(self, thing):
        """What each rank hands in (anything that pickles), a list on every rank."""
        return [thing]


#: A process that trains alone.
ALONE = Communicator()


class MPICommunicator(Communicator):
    """The processes of an MPI job, by a communicator of ChainerMN: ``'naive'`` for NumPy arrays;
    ``'pure_nccl'``, or ``'flat'`` and ``'non_cuda_aware'``, for GPUs. A FoodganError where it
    cannot be used here."""

    def __init__(self, communicator):
        try:
            import chainermn
            self._communicator = chainermn.create_communicator(communicator)
        except (ImportError, RuntimeError) as error:
            raise FoodganError('--communicator {} cannot be used: {}; choose another; {}'.format(
                communicator, str(error).rstrip('.'), gpus.ADVICE)) from error
        super().__init__(self._communicator.rank, self._communicator.size)
        self.name = communicator

    def whole(self, array):
        device = chainer.backend.get_device_from_array(array)
        return device.send(numpy.concatenate(
            self.gather(chainer.get_device('@numpy').send(array))))

    def device(self, name):
        if name != '@cupy':
            return name
        mine, here = self._communicator.intra_rank, self._communicator.intra_size
        count = gpus.count()
        if count < here:
            raise FoodganError(f'{here} processes on {platform.node()}, which has {count} GPUs: '
                               f'--device @cupy gives each its own; start {count} on each machine')
        return f'@cupy:{mine}'

    def broadcast(self, link):
        self._communicator.bcast_data(link)

    def mean_grads(self, link):
        self._communicator.multi_node_mean_grad(link)

    def mean(self, values):
        names = sorted(values)
        total = self._communicator.allreduce(
            numpy.array([float(values[name]) for name in names]))
        return dict(zip(names, total / self.size))

    def gather(self, thing):
        return self._communicator.mpi_comm.allgather(thing)

    def abort(self):
        """Ends the processes of all ranks, now; the job's status is 1."""
        self._communicator.mpi_comm.Abort(1)


def join(communicator=None, device='@numpy'):
    """The communicator of this process. All ranks of a job have to call it.

    ``communicator`` (str): see :class:`MPICommunicator`; None: ``naive`` or ``pure_nccl``, by the
    device, in a process that ``mpiexec`` started together with others; alone in any other. A
    FoodganError where mpi4py is not installed, or the communicator cannot be used here.
    """
    # By the launcher's word: MPI is not loaded to find out.
    place = Communicator(*next(((int(os.environ[rank]), int(os.environ[size]))
                         for rank, size in _PLACES if size in os.environ), ()))
    if communicator is None and place.size == 1:
        return ALONE
    on_cpu = not device.startswith('@cupy')
    try:
        return _connect(communicator or ('naive' if on_cpu else 'pure_nccl'), on_cpu)
    except FoodganError as error:
        if place.rank == 0:
            raise
        time.sleep(2)  # where all fail alike, rank 0 says so and ends the job meanwhile
        raise FoodganError(f'{place}: {error}') from error


def _connect(communicator, on_cpu):
    if on_cpu and communicator != 'naive':
        raise FoodganError(f'--communicator {communicator} is for GPUs: choose naive, '
                           'or --device @cupy')
    try:
        importlib.import_module('mpi4py.MPI')
    except (ImportError, RuntimeError) as error:  # RuntimeError: it finds no MPI library
        raise FoodganError(f'training by several processes needs mpi4py and MPI ({error}): '
                           'pip install "chainer_foodgan[mpi]"') from error
    if not on_cpu and communicator in ('naive', 'flat') and not gpus.mpi_takes_gpu_arrays():
        raise FoodganError(f'--communicator {communicator} hands MPI memory of GPUs, which this '
                           'MPI does not take: choose pure_nccl')
    return MPICommunicator(communicator)


class Draws:
    """Random numbers for a batch, drawn for the whole of it from a generator that is in the same
    state on all ranks, handed out by the share."""

    def __init__(self, rng, comm):
        self._rng = rng
        self._comm = comm

    def uniform(self, low, high, shape):
        """``Generator.uniform``; the first axis is the rank's share of the batch."""
        return self._share(self._rng.uniform, low, high, shape)

    def integers(self, low, high, shape):
        """``Generator.integers``; the first axis is the rank's share of the batch."""
        return self._share(self._rng.integers, low, high, shape)

    def permuted(self, array):
        """The whole batch's array in a random order, the rank's share of it."""
        whole = self._comm.whole(array)
        return self._comm.share(whole[self._rng.permutation(len(whole))])

    def _share(self, draw, low, high, shape):
        whole = (shape[0] * self._comm.size,) + tuple(shape[1:])
        return self._comm.share(draw(low, high, whole))


def warn_on_rank_0(comm):
    """Leaves warnings to rank 0, which has the same ones."""
    if comm.rank != 0:
        logging.disable(logging.WARNING)
        warnings.simplefilter('ignore')


@contextlib.contextmanager
def raise_on_rank_0(comm):
    """Around what every rank does to prepare: an error of any of them ends all, raised once.

    What all do alike fails on all alike, and rank 0 raises it as if it were alone; what another
    rank alone could not do it raises as a FoodganError with its name. The others end by SystemExit.
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
