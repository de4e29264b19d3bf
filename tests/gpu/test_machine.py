"""What there is, and how fast it is: the figures that are worth sending back."""

import importlib
import json
import pathlib
import subprocess
import sys

import numpy
import pytest

from chainer_foodgan import kernels
from chainer_foodgan.commands import main
from chainer_foodgan.links import Discriminator, Generator
from chainer_foodgan.training.optimizer import Adam
from chainer_foodgan.training.updaters import StarGANUpdater

import chainer

pytestmark = pytest.mark.gpu

ROOT = pathlib.Path(__file__).parents[2]
REAL = 'cupy_double' not in sys.modules


def test_what_is_here():
    """It prints it: ``pytest -rA`` shows that."""
    assert main(['doctor']) == 0
    chainer.print_runtime_info()
    assert chainer.backends.cuda.cupy.cuda.runtime.getDeviceCount() > 0


def test_memory_does_not_grow(iterations):
    """The paper's networks at 128 pixels; on the double, tiny ones."""
    size, channels, batch = (128, 64, 8) if REAL else (16, 2, 2)
    rng = numpy.random.default_rng(0)
    networks = {'gen': Generator(channels, 3, 2, rng=rng),
                'dis': Discriminator(size, channels, 3, 3, rng=rng)}
    photos = [(rng.uniform(-1, 1, (3, size, size)).astype(numpy.float32), numpy.int32(n % 3))
              for n in range(batch)]
    updater = StarGANUpdater(
        chainer.iterators.SerialIterator(photos, batch),
        {name: Adam().setup(link) for name, link in networks.items()}, d_train_repeat=1,
        device='@cupy:0')
    held = []
    for _ in range(iterations):
        updater.update()
        held.append(chainer.backends.cuda.memory_pool.used_bytes()
                    + (kernels.torch().cuda.memory_allocated() if kernels.torch() else 0))
    print(f'{size} px, batch {batch}, bytes held after each iteration: {held}')
    assert held[-1] <= 1.05 * held[1]


@pytest.mark.skipif(not REAL, reason='measures time: needs a GPU')
def test_the_benchmark(tmp_path):
    """It prints the table."""
    done = subprocess.run(
        [sys.executable, 'experiments/benchmark.py', '--short', '--device', '0', '--parts',
         'translate,train,memory', '--out', str(tmp_path)], cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout
    print((tmp_path / 'benchmark.md').read_text('utf-8'))


@pytest.mark.skipif(not REAL, reason='starts processes: needs a GPU')
@pytest.mark.parametrize('ranks', [1, 2])
def test_ranks(mpiexec, tmp_path, ranks):
    """ChainerMN by NCCL, a GPU for each rank: the losses of a training without it."""
    if not importlib.import_module('cupy.cuda.nccl').available:
        pytest.skip('CuPy has no NCCL')
    if chainer.backends.cuda.cupy.cuda.runtime.getDeviceCount() < ranks:
        pytest.skip(f'needs {ranks} GPUs')
    given = ['-m', 'chainer_foodgan', 'train', '--device', '@cupy', '--bowls', '20',
             '--image-size', '16', '--batch-size', '4', '--g-conv-dim', '2', '--d-conv-dim', '2',
             '--g-repeat-num', '1', '--d-repeat-num', '2', '--num-iters', '5', '--log-step', '1']

    def losses(name, count, *more):
        done = mpiexec(*count * [[*given, '--out', tmp_path / name, *more]])
        assert done.returncode == 0, done.stderr
        return [{key: value for key, value in entry.items() if '/' in key}
                for entry in json.loads((tmp_path / name / 'logs' / 'log').read_text())]

    for found, wanted in zip(losses('ranks', ranks, '--communicator', 'pure_nccl'),
                             losses('alone', 1)):
        assert found == pytest.approx(wanted, rel=0.01, abs=0.001)
