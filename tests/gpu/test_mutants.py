"""Mistakes that a machine without a GPU forgives, each made once: the double stops the training."""

import inspect
import sys
import textwrap

import numpy
import pytest

from chainer_foodgan import kernels
from chainer_foodgan.functions.activations import label_vectors
from chainer_foodgan.links import Discriminator, Generator
from chainer_foodgan.training.extensions import ExponentialAverage
from chainer_foodgan.training.optimizer import Adam
from chainer_foodgan.training.updaters import StarGANUpdater

import chainer

pytestmark = [pytest.mark.gpu, pytest.mark.skipif(
    'cupy_double' not in sys.modules, reason='of the double: pytest tests/gpu/test_double.py')]

MUTANTS = {
    "a function of NumPy's": (
        label_vectors, 'chainer.backend.get_array_module(label).eye', 'numpy.eye'),
    'an array that stays behind': (
        StarGANUpdater.update_dis, 'self.device.send(', '('),
    'an average by NumPy': (
        ExponentialAverage.__call__, 'average.array += (1 - decay) * (',
        'average.array += numpy.multiply(1 - decay, '),
    'a tensor that is taken for one of the processor': (
        kernels.array, 'tensor_.is_cuda', 'False')}


def make(monkeypatch, function, old, new):
    source = textwrap.dedent(inspect.getsource(function))
    assert source.count(old) == 1
    made = {}
    exec(source.replace(old, new), dict(vars(sys.modules[function.__module__])), made)
    monkeypatch.setattr(sys.modules[function.__module__], 'numpy', numpy, raising=False)
    monkeypatch.setattr(function, '__code__', made[function.__name__].__code__)


def train():
    """An iteration of a StarGAN, with an average of its weights."""
    rng = numpy.random.default_rng(0)
    networks = {'gen': Generator(2, 3, 1, rng=rng), 'dis': Discriminator(16, 2, 3, 2, rng=rng)}
    optimizers = {name: Adam().setup(link) for name, link in networks.items()}
    photos = [(rng.uniform(-1, 1, (3, 16, 16)).astype(numpy.float32), numpy.int32(n % 3))
              for n in range(4)]
    updater = StarGANUpdater(chainer.iterators.SerialIterator(photos, 4), optimizers,
                             d_train_repeat=1, device='@cupy:0')
    average = ExponentialAverage(optimizers['gen'], 0.9)
    updater.update()
    average(None)


def test_without_mistakes():
    train()


@pytest.mark.parametrize('mutant', MUTANTS)
def test_mistakes(monkeypatch, mutant):
    if MUTANTS[mutant][0] is kernels.array:
        pytest.importorskip('torch', reason='a mistake with tensors: pip install torch')
    make(monkeypatch, *MUTANTS[mutant])
    refusals = "Unsupported type|not allowed|are mixed|does not support ufuncs|can't convert"
    with pytest.raises(TypeError, match=refusals):
        train()
