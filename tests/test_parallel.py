"""Any number of ranks takes the steps of one process.

Run as a program, by ``mpiexec``, this file is a rank of the last tests.
"""

import itertools
import os
import subprocess
import sys
import types

import numpy
import pytest

from chainer_foodgan import parallel
from chainer_foodgan.datasets.sampling import SeededOrder
from chainer_foodgan.errors import FoodganError
from chainer_foodgan.functions.diff_augment import DiffAugment
from chainer_foodgan.links import (
    ConditionalDiscriminator,
    ConditionalGenerator,
    Discriminator,
    Generator,
)
from chainer_foodgan.parallel import ALONE, Communicator, Draws
from chainer_foodgan.training.optimizer import Adam
from chainer_foodgan.training.updaters import StarGANUpdater, StudentUpdater
from chainer_foodgan.weights.naming import arrays_of

import chainer

AUGMENT = 'color,translation,cutout'


def communicators(size):
    return [Communicator(rank, size) for rank in range(size)]


# Shares of what one process would have

@pytest.mark.parametrize('size', [1, 2, 3, 6])
def test_shares_make_up_the_batch(size):
    batch = numpy.arange(24).reshape(6, 4)
    shares = [comm.share(batch) for comm in communicators(size)]
    assert all(len(share) == 6 // size for share in shares)
    numpy.testing.assert_array_equal(numpy.concatenate(shares), batch)


@pytest.mark.parametrize('size', [1, 2, 3])
def test_draws_are_those_of_one_process(size):
    def draws(comm):
        rng = Draws(numpy.random.default_rng(4), comm)
        part = 6 // size
        return (rng.uniform(0, 2, (part, 1, 3)), rng.integers([0, -5], [9, 5], (part, 2)),
                rng.uniform(-1, 1, (part,)))

    rng = numpy.random.default_rng(4)
    expected = (rng.uniform(0, 2, (6, 1, 3)), rng.integers([0, -5], [9, 5], (6, 2)),
                rng.uniform(-1, 1, 6))
    for shares, whole in zip(zip(*map(draws, communicators(size))), expected):
        numpy.testing.assert_array_equal(numpy.concatenate(shares), whole)


@pytest.mark.parametrize('size', [1, 2, 3])
def test_the_permutation_is_of_the_whole_batch(size):
    label = numpy.array([3, 1, 4, 1, 5, 9])

    class Told(Communicator):
        def whole(self, array):  # what MPI would gather
            numpy.testing.assert_array_equal(array, self.share(label))
            return label

    shares = [Draws(numpy.random.default_rng(4), comm).permuted(comm.share(label))
              for comm in (Told(rank, size) for rank in range(size))]
    numpy.testing.assert_array_equal(
        numpy.concatenate(shares), label[numpy.random.default_rng(4).permutation(6)])


@pytest.mark.parametrize('size', [2, 4])
def test_augmentation_is_that_of_one_process(size):
    x = numpy.random.default_rng(0).uniform(-1, 1, (8, 3, 16, 12)).astype(numpy.float32)
    augment = DiffAugment(AUGMENT)
    expected = augment(x, numpy.random.default_rng(4)).array
    shares = [augment(comm.share(x), Draws(numpy.random.default_rng(4), comm)).array
              for comm in communicators(size)]
    numpy.testing.assert_array_equal(numpy.concatenate(shares), expected)


@pytest.mark.parametrize('labels', [None, numpy.arange(26) % 3])
@pytest.mark.parametrize('size', [1, 2, 3])
def test_each_rank_gets_its_share_of_each_batch(size, labels):
    N, B = 26, 6

    def orders(comm):
        """Of two epochs, as an iterator gets them, batch by batch."""
        sampler = SeededOrder(5, B, labels, comm)
        first = sampler(numpy.arange(N), 0)
        second = sampler(first, 0)
        numpy.testing.assert_array_equal(sampler.share(sampler.whole(second)), second)
        return numpy.reshape([first, second], (-1, B // comm.size))

    shares = [orders(comm) for comm in communicators(size)]
    numpy.testing.assert_array_equal(numpy.concatenate(shares, axis=1), orders(ALONE))


# What communicator a process has

@pytest.fixture
def started(monkeypatch):
    """Makes it seem that mpiexec started this process as one of several."""
    def started(rank, size, names=('OMPI_COMM_WORLD_RANK', 'OMPI_COMM_WORLD_SIZE')):
        monkeypatch.setenv(names[0], str(rank))
        monkeypatch.setenv(names[1], str(size))
    monkeypatch.setattr(parallel.time, 'sleep', lambda seconds: None)
    return started


def test_a_process_alone_does_not_load_mpi():
    environment = {name: value for name, value in os.environ.items() if name != 'PMI_SIZE'}
    loaded = subprocess.run(
        [sys.executable, '-c', 'from chainer_foodgan import parallel; import sys\n'
         'assert parallel.join() is parallel.ALONE; print(*sys.modules)'],
        env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    assert 'chainer' in loaded
    assert not {'mpi4py', 'chainermn'} & set(loaded)


def test_one_process_of_mpiexec_is_alone(started):
    started(0, 1)
    assert parallel.join() is ALONE


@pytest.mark.parametrize('names', [
    ('OMPI_COMM_WORLD_RANK', 'OMPI_COMM_WORLD_SIZE'), ('PMI_RANK', 'PMI_SIZE'),
    ('MV2_COMM_WORLD_RANK', 'MV2_COMM_WORLD_SIZE')])
def test_mpi4py_is_missing(started, monkeypatch, names):
    monkeypatch.setitem(sys.modules, 'mpi4py', None)
    started(0, 2, names)
    with pytest.raises(FoodganError, match=r'^training by several.*pip install.*\[mpi\]'):
        parallel.join()
    started(1, 2, names)
    with pytest.raises(FoodganError, match=r'^rank 1 of 2 \(.*\): training by several'):
        parallel.join()


def test_a_gpus_communicator_on_the_processor():
    for name in ('flat', 'pure_nccl', 'non_cuda_aware'):
        with pytest.raises(FoodganError, match=f'--communicator {name} is for GPUs.*naive'):
            parallel.join(name)


def test_the_first_gpu():
    assert ALONE.device('@cupy') == '@cupy:0'
    assert ALONE.device('@cupy:1') == '@cupy:1' and ALONE.device('@numpy') == '@numpy'


@pytest.mark.parametrize('gpus, device', [(4, '@cupy:2'), (3, '@cupy:2'), (2, None)])
def test_each_process_has_a_gpu_of_its_own(monkeypatch, gpus, device):
    comm = object.__new__(parallel.MPICommunicator)
    comm._communicator = types.SimpleNamespace(intra_rank=2, intra_size=3)
    monkeypatch.setattr(parallel.gpus, 'count', lambda: gpus)
    assert comm.device('@numpy') == '@numpy' and comm.device('@cupy:9') == '@cupy:9'
    if device is None:
        with pytest.raises(FoodganError, match='^3 processes on .*, which has 2 GPUs: .*; start 2'):
            comm.device('@cupy')
    else:
        assert comm.device('@cupy') == device


@pytest.mark.parametrize('name, aware, refused', [
    ('naive', False, True), ('flat', None, True), ('flat', True, False),
    ('pure_nccl', False, False)])
def test_memory_of_gpus_is_not_handed_to_an_mpi_that_takes_none(monkeypatch, name, aware, refused):
    monkeypatch.setattr(parallel.importlib, 'import_module', lambda name: None)
    monkeypatch.setattr(parallel.gpus, 'mpi_takes_gpu_arrays', lambda: aware)
    monkeypatch.setattr(parallel, 'MPICommunicator', lambda name: f'communicator {name}')
    if refused:
        with pytest.raises(FoodganError, match=f'--communicator {name} hands .* choose pure_nccl'):
            parallel.join(name, '@cupy')
    else:
        assert parallel.join(name, '@cupy') == f'communicator {name}'


# Two ranks against one process, in double precision, so that differences mean something

class Photos(chainer.dataset.DatasetMixin):
    """Noise; what was read is counted."""

    def __init__(self, cls_loss):
        rng = numpy.random.default_rng(0)
        self.x = rng.uniform(-1, 1, (13, 3, 16, 16))
        self.label = (rng.integers(0, 3, 13).astype(numpy.int32) if cls_loss == 'softmax'
                      else rng.integers(0, 2, (13, 3)).astype(numpy.float64))
        self.reads = 0

    def __len__(self):
        return len(self.x)

    def get_example(self, i):
        self.reads += 1
        return self.x[i % len(self)], self.label[i % len(self)]


STARGANS = 'softmax', 'sigmoid'  # by their classification losses


def networks(kind):
    rng = numpy.random.default_rng(1)
    with chainer.using_config('dtype', numpy.dtype(numpy.float64)):
        if kind in STARGANS:
            return Generator(2, 3, 1, rng=rng), Discriminator(16, 2, 3, 2, rng=rng)
        return (ConditionalGenerator(2, 3, 1, rng=rng),
                ConditionalDiscriminator(2, 3, 1, rng=rng))


def teacher(x, c):
    return x * (c @ numpy.array([-1, 0.5, 0.9]))[:, None, None, None]


def train(comm, kind, iterations=8):
    """Losses and weights of a training with all the trimmings, a dict of arrays.

    An epoch has three batches of four photos; a StarGAN's generator steps in each second batch of
    one.
    """
    gen, dis = networks(kind)
    if comm.rank:  # what rank 0 has counts
        gen.main['0'].W.array[...] = 0
        dis.main['0'].W.array[...] = 0
    for link in gen, dis:
        comm.broadcast(link)
    photos = Photos(kind)
    iterator = chainer.iterators.SerialIterator(
        photos, 4 // comm.size, order_sampler=SeededOrder(3, 4, comm=comm))
    optimizers = {name: Adam(1e-3, comm=comm).setup(link)
                  for name, link in (('gen', gen), ('dis', dis))}
    if kind in STARGANS:
        updater = StarGANUpdater(
            iterator, optimizers, d_train_repeat=2, lambda_idt=2, cls_loss=kind, seed=3,
            augment=DiffAugment(AUGMENT), comm=comm)
    else:
        updater = StudentUpdater(iterator, optimizers, teacher=teacher, seed=3, comm=comm)
    reporter = chainer.Reporter()
    for name, optimizer in updater.get_all_optimizers().items():
        reporter.add_observer(name, optimizer.target)
    found = {}
    for i in range(iterations):
        observation = {}
        with reporter.scope(observation):
            updater.update()
        found.update({f'{i} {name}': float(value)
                      for name, value in observation.items()})
        found[f'{i} place'] = updater.place
    assert photos.reads == iterations * 4 // comm.size
    for link in gen, dis:  # vectors of spectral normalisation too
        found.update({f'{type(link).__name__}/{key}': array
                      for key, array in arrays_of(link).items()})
    return found


KINDS = *STARGANS, 'student'


def test_two_ranks_take_the_steps_of_one_process(mpiexec, tmp_path):
    program = [__file__, tmp_path / 'two.npz']
    done = mpiexec(program, program)
    assert done.returncode == 0, done.stderr
    with numpy.load(str(tmp_path / 'two.npz')) as two:
        for kind in KINDS:
            one = train(ALONE, kind)
            steps = 3 if kind in STARGANS else 8
            assert len([name for name in one if 'gen/loss_fake' in name]) == steps
            # Sums of another order differ by 1e-16 of their size, a thousandfold after eight
            # steps. Adam divides gradients of nothing but rounding by its eps, 1e-8.
            for name, expected in one.items():
                numpy.testing.assert_allclose(two[kind + ' ' + name], expected, rtol=1e-9,
                                              atol=1e-9, err_msg=name)
        assert {name for name in two if name.startswith('softmax')} == {
            'softmax ' + name for name in train(ALONE, 'softmax')}


def rank():
    """What ``mpiexec`` runs."""
    comm = parallel.join()
    assert (comm.size, comm.name) == (2, 'naive')
    found = {kind: train(comm, kind) for kind in KINDS}
    # All ranks have the same weights and reports, bit for bit.
    first, second = comm.gather(found)
    for kind, name in itertools.chain(*([(key, name) for name in first[key]] for key in first)):
        numpy.testing.assert_array_equal(first[kind][name], second[kind][name])
    if comm.rank == 0:
        numpy.savez(sys.argv[1], **{kind + ' ' + name: value for kind in found
                                    for name, value in found[kind].items()})


if __name__ == '__main__':
    rank()
