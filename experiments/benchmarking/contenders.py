"""Who is measured, and how each is called: stock Chainer, plain PyTorch, and this package.

None imports what only another one needs, so that each can be measured in a process of its own.
"""

import functools

import numpy

from benchmarking.bench import C_DIM, SEED, installed
from benchmarking.timing import BASELINE

STOCK = 'stock Chainer'
OURS = 'this package'
FUSED = 'PyTorch, fused Adam'

#: Contender to the backend of the Translator and its precision.
ENGINES = {OURS + ', ' + name: (backend, precision) for name, backend, precision in (
    ('chainer', 'chainer', 'float32'), ('onnxruntime', 'onnxruntime', 'float32'),
    ('openvino', 'openvino', 'float32'), ('openvino bf16', 'openvino', 'bf16'))}


def translators(bench):
    """Names of those that translate here, as far as that is known before they are made."""
    return ([STOCK] * bench.has_chainer + [BASELINE] * bench.has_torch
            + [name for name, (backend, _) in ENGINES.items()
               if (bench.has_chainer if backend == 'chainer'
                   else bench.device is None and has_backend(backend))])


def has_backend(name):
    """Whether the libraries of a backend of the Translator are installed."""
    from chainer_foodgan.translation.engines import LIBRARIES
    return all(map(installed, LIBRARIES[name]))


def trainers(bench):
    """Names of those that train here."""
    return [STOCK, OURS] * bench.has_chainer + [BASELINE, FUSED] * bench.has_torch


def make_translator(name, bench):
    """A function of arrays.

    Args:
        name (str): One of :func:`benchmarking.contenders.translators`.
        bench (Bench): Its weights are written.

    Returns:
        callable: Photo, float32 (1, 3, H, W), and label vectors, float32 (n, c_dim), to a list of
        arrays, float32 (m, 3, H, W), that make n translations together.

    Raises:
        FoodganError: The engine does not run here, such as bf16 on a processor without it.
    """
    if name == STOCK:
        return _stock(bench)
    if name == BASELINE:
        return _torch(bench)
    return of_engine(*ENGINES[name], bench.weights,
                     None if bench.device is None else bench.chainer_device)


def _stock(bench):
    from benchmarking import stock

    import chainer
    gen = stock.Generator(bench.conv_dim, C_DIM)
    chainer.serializers.load_npz(str(bench.weights), gen)
    device = chainer.get_device(bench.chainer_device)
    device.use()
    gen.to_device(device)

    def translate(x, c):
        with chainer.using_config('train', False), chainer.no_backprop_mode():
            x = gen.xp.asarray(x)
            return [chainer.backends.cuda.to_cpu(gen(x, gen.xp.asarray(each[None])).array)
                    for each in c]
    return translate


def _torch(bench):
    import torch

    from chainer_foodgan import weights
    return original_in_torch({key: torch.tensor(array) for key, array in weights.read_state_dict(
        bench.weights).items()}, bench.conv_dim, bench.torch_device)


def original_in_torch(state_dict=None, conv_dim=64, device='cpu'):
    """The original's network in PyTorch, as :func:`make_translator` has it; None: any weights."""
    import torch

    from chainer_foodgan.pytorch import Generator
    gen = Generator(conv_dim, C_DIM)
    if state_dict is not None:
        gen.load_state_dict(state_dict)
    gen.eval().to(device)

    def translate(x, c):
        with torch.no_grad():
            x, c = (torch.from_numpy(array).to(device) for array in (x, c))
            return [gen(x, each[None]).cpu().numpy() for each in c]
    return translate


def of_engine(backend, precision, weights, device=None):
    """Weights (a name or a file) by an engine of this package, see :func:`make_translator`."""
    from chainer_foodgan.translation import engines
    from chainer_foodgan.translation.sizes import PIXELS
    from chainer_foodgan.weights import read_generator
    engine = engines.make(engines.choose(backend, precision), read_generator(weights), precision,
                          device)

    def translate(x, c):
        together = max(1, PIXELS // x[0, 0].size)  # as the Translator does
        return [engine(x, c[start:start + together]) for start in range(0, len(c), together)]
    return translate


def make_trainer(name, bench, size, batch):
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
        trainer, arguments = _train_ours(bench, x, label), ()
    else:
        alpha = rng.uniform(0, 1, (batch, 1, 1, 1)).astype(numpy.float32)
        other = _train_stock if name == STOCK else _train_torch
        trainer, arguments = other(bench, size, (x, label, rng.permutation(label), alpha),
                                   **{'fused': True} if name == FUSED else {})
    return functools.partial(_step, trainer, arguments)


def _step(trainer, arguments, with_gen):
    # All count their iterations and let G take its step after each so many.
    trainer.d_train_repeat = 1 if with_gen else 10 ** 9
    trainer.update(*arguments)


def _train_stock(bench, size, arrays):
    from benchmarking import stock

    import chainer
    device = chainer.get_device(bench.chainer_device)
    device.use()
    numpy.random.seed(SEED)  # which Chainer's initialisers draw from
    networks = (stock.Generator(bench.conv_dim, C_DIM),
                stock.Discriminator(size, bench.conv_dim, C_DIM))
    for network in networks:
        network.to_device(device)
    return stock.StarGAN(*networks), [device.send(array) for array in arrays]


def _train_torch(bench, size, arrays, **adam_options):
    import torch

    from chainer_foodgan.pytorch import Discriminator, Generator, training
    torch.manual_seed(SEED)
    networks = (Generator(bench.conv_dim, C_DIM), Discriminator(size, bench.conv_dim, C_DIM))
    for network in networks:
        network.to(bench.torch_device)
    tensors = [torch.from_numpy(array).to(bench.torch_device) for array in arrays]
    tensors[1:3] = [label.long() for label in tensors[1:3]]
    return training.StarGAN(*networks, **adam_options), tensors


def _train_ours(bench, x, label):
    from chainer_foodgan.links import Discriminator, Generator
    from chainer_foodgan.training.optimizer import Adam
    from chainer_foodgan.training.updaters import StarGANUpdater

    import chainer
    rng = numpy.random.default_rng(SEED)
    gen = Generator(bench.conv_dim, C_DIM, rng=rng)
    dis = Discriminator(x.shape[2], bench.conv_dim, C_DIM, rng=rng)
    iterator = chainer.iterators.SerialIterator(list(zip(x, label)), len(x), shuffle=False)
    return StarGANUpdater(iterator, {'gen': Adam().setup(gen), 'dis': Adam().setup(dis)},
                          device=bench.chainer_device)
