"""The contenders' training, as functions that do an iteration.

None imports what only another one needs, so that each can be measured in a process of its own.
"""

import functools

import numpy

from benchmarking.bench import SEED
from benchmarking.contenders import FUSED, OURS, STOCK
from benchmarking.forms import C_DIM


def make(name, bench, size, batch):
    """A function that trains for one iteration, always on the same photos.

    Args:
        name (str): One of :func:`benchmarking.contenders.trainers`.
        bench (Bench): The run.
        size (int): Side of the photos in pixels, a multiple of 64.
        batch (int): Photos in a batch.

    Returns:
        callable: ``step(with_gen)``; D is updated twice, G if asked for.
    """
    rng = numpy.random.default_rng(SEED)
    x = rng.uniform(-1, 1, (batch, 3, size, size)).astype(numpy.float32)
    label = rng.integers(0, C_DIM, batch).astype(numpy.int32)
    if name == OURS:
        trainer, arguments = _our(bench, x, label), ()
    else:
        alpha = rng.uniform(0, 1, (batch, 1, 1, 1)).astype(numpy.float32)
        other = _stock if name == STOCK else _torch
        trainer, arguments = other(bench, size, (x, label, rng.permutation(label), alpha),
                                  **{'fused': True} if name == FUSED else {})
    return functools.partial(_step, trainer, arguments)


def _step(trainer, arguments, with_gen):
    # All count their iterations and let G take its step after each so many.
    trainer.d_train_repeat = 1 if with_gen else 10 ** 9
    trainer.update(*arguments)


def _stock(bench, size, arrays):
    import chainer

    from benchmarking import stock, stock_networks
    device = chainer.get_device(bench.chainer_device)
    device.use()
    numpy.random.seed(SEED)  # which Chainer's initialisers draw from
    networks = (stock_networks.Generator(bench.conv_dim, C_DIM),
                stock_networks.Discriminator(size, bench.conv_dim, C_DIM))
    for network in networks:
        network.to_device(device)
    return stock.StarGAN(*networks), [device.send(array) for array in arrays]


def _torch(bench, size, arrays, **adam_options):
    import torch

    from chainer_foodgan.pytorch import Discriminator, Generator, training
    torch.manual_seed(SEED)
    networks = (Generator(bench.conv_dim, C_DIM), Discriminator(size, bench.conv_dim, C_DIM))
    for network in networks:
        network.to(bench.torch_device)
    tensors = [torch.from_numpy(array).to(bench.torch_device) for array in arrays]
    tensors[1:3] = [label.long() for label in tensors[1:3]]
    return training.StarGAN(*networks, **adam_options), tensors


def _our(bench, x, label):
    import chainer

    from chainer_foodgan.links import Discriminator, Generator
    from chainer_foodgan.training.optimizer import Adam
    from chainer_foodgan.training.updaters import StarGANUpdater
    rng = numpy.random.default_rng(SEED)
    gen = Generator(bench.conv_dim, C_DIM, rng=rng)
    dis = Discriminator(x.shape[2], bench.conv_dim, C_DIM, rng=rng)
    iterator = chainer.iterators.SerialIterator(list(zip(x, label)), len(x), shuffle=False)
    return StarGANUpdater(iterator, {'gen': Adam().setup(gen), 'dis': Adam().setup(dis)},
                          device=bench.chainer_device)
