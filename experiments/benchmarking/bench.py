"""What is measured in each form of the benchmark, and what the parts of one run share.

``most`` and ``limit`` are the runs and the seconds that a contender gets for a measurement, see
:func:`benchmarking.timing.alternate`. Of all networks the categories are ten and the residual
blocks six.
"""

import importlib.util
import pathlib
import subprocess
import sys

from chainer_foodgan.errors import FoodganError

C_DIM = 10

FORMS = {
    # The figures of the README: about twenty minutes on two cores.
    'full': {
        'conv_dim': 64,
        'arithmetic': {'size': 256, 'matrix': 2048, 'most': 8},
        'translate': {'settings': ((256, 1), (360, 1), (512, 1), (512, 10)), 'most': 5,
                      'limit': 60},
        'train': {'settings': ((64, 4), (128, 4), (256, 2), (64, 16), (256, 4), (128, 16),
                               (256, 16)), 'most': 3, 'limit': 45, 'budget': 500},
        'memory': {'translating': 512, 'training': (128, 4)},
        'start': {'size': 512, 'most': 6},
        'data': {'size': 256, 'batch': 8, 'seconds': 4,
                 'pictures': ((640, 480, 32), (4000, 3000, 8))},
        'reading': {'size': 64, 'bowls': 200, 'numbers': (1000, 30_000, 230_000),
                    'photos': 4096},
        'scaling': {'sizes': (128, 256, 512, 1024), 'batches': (1, 2, 4, 8, 16), 'train_size': 64,
                    'most': 3, 'limit': 40}},
    # A first look at a network of half the channels: about a minute.
    'short': {
        'conv_dim': 32,
        'arithmetic': {'size': 256, 'matrix': 1024, 'most': 4},
        'translate': {'settings': ((256, 1), (128, 10)), 'most': 3, 'limit': 3},
        'train': {'settings': ((64, 4),), 'most': 3, 'limit': 5, 'budget': 30},
        'memory': {'translating': 256, 'training': (64, 4)},
        'start': {'size': 512, 'most': 1},
        'data': {'size': 256, 'batch': 4, 'seconds': 0.5, 'pictures': ((640, 480, 16),)},
        'reading': {'size': 64, 'bowls': 100, 'numbers': (1000, 10_000), 'photos': 1024},
        'scaling': {'sizes': (64, 128, 256), 'batches': (1, 4), 'train_size': 64, 'most': 3,
                    'limit': 2}},
    # Whether it runs: seconds.
    'tiny': {
        'conv_dim': 4,
        'arithmetic': {'size': 32, 'matrix': 64, 'most': 2},
        'translate': {'settings': ((16, 1), (32, 10)), 'most': 2, 'limit': 100},
        'train': {'settings': ((64, 1), (64, 2)), 'most': 2, 'limit': 100, 'budget': 1000},
        'memory': {'translating': 32, 'training': (64, 1)},
        'start': {'size': 32, 'most': 1},
        'data': {'size': 16, 'batch': 2, 'seconds': 0.02, 'pictures': ((64, 48, 4),)},
        'reading': {'size': 16, 'bowls': 10, 'numbers': (20,), 'photos': 40},
        'scaling': {'sizes': (16, 32), 'batches': (1, 2), 'train_size': 64, 'most': 2,
                    'limit': 100}}}


SCRIPT = pathlib.Path(__file__).parents[1] / 'benchmark.py'
SEED = 0


class Bench:
    """A run of the benchmark.

    Args:
        form (dict): One of :data:`benchmarking.bench.FORMS`.
        folder (str or os.PathLike): For files that are needed meanwhile.
        threads (int): Cores that every contender gets.
        device (int): Number of the GPU that computes; None for the processor.

    Attributes:
        conv_dim (int): Channels of the first convolutions.
        weights (pathlib.Path): A generator with random weights, see :meth:`write_weights`.
    """

    def __init__(self, form, folder, threads, device=None):
        self.form, self.folder = form, pathlib.Path(folder)
        self.threads, self.device = threads, device
        self.conv_dim = form['conv_dim']
        self.weights = self.folder / 'gen.npz'
        if device is not None and not (self.has_cupy or self.has_torch):
            raise FoodganError(f'--device {device}: neither CuPy nor PyTorch finds such a GPU '
                               'here; leave it out to measure the processor')

    def write_weights(self):
        """Writes the generator that all contenders translate with."""
        import numpy

        from chainer_foodgan import weights
        from chainer_foodgan.links import Generator
        gen = Generator(self.conv_dim, C_DIM, rng=numpy.random.default_rng(SEED))
        weights.save(gen, self.weights, {})

    @property
    def has_torch(self):
        """Whether PyTorch is installed, and has the GPU if one is asked for."""
        if not installed('torch'):
            return False
        if self.device is None:
            return True
        import torch
        return self.device < torch.cuda.device_count()

    @property
    def has_cupy(self):
        """Whether Chainer computes on the GPU that is asked for."""
        if self.device is None or not installed('cupy'):
            return False
        import cupy
        try:
            return self.device < cupy.cuda.runtime.getDeviceCount()
        except cupy.cuda.runtime.CUDARuntimeError:
            return False

    @property
    def has_chainer(self):
        """Whether Chainer computes on the device: on the processor always."""
        return self.device is None or self.has_cupy

    @property
    def chainer_device(self):
        return '@numpy' if self.device is None else f'@cupy:{self.device}'

    @property
    def torch_device(self):
        return 'cpu' if self.device is None else f'cuda:{self.device}'

    @property
    def device_name(self):
        """What computes, for a person."""
        if self.device is None:
            return 'the processor'
        if self.has_torch:
            import torch
            name = torch.cuda.get_device_name(self.device)
        else:
            import cupy
            name = cupy.cuda.runtime.getDeviceProperties(self.device)['name'].decode()
        return f'GPU {self.device}: {name}'

    def synchronise(self):
        """Waits for the GPU."""
        if self.device is None:
            return
        if self.has_torch:
            import torch
            torch.cuda.synchronize(self.device)
        if self.has_cupy:
            import cupy
            cupy.cuda.Device(self.device).synchronize()

    def python(self, *arguments):
        """Runs Python in a process of its own and returns what it writes.

        Raises:
            FoodganError: It failed; with the last line of what it said.
        """
        done = subprocess.run([sys.executable, *map(str, arguments)], capture_output=True,
                              text=True)
        if done.returncode:
            raise FoodganError('python {} failed: {}'.format(
                ' '.join(map(str, arguments)), (done.stderr.strip() or 'without a word')
                .splitlines()[-1]))
        return done.stdout


def installed(name):
    """Whether a module can be imported."""
    return importlib.util.find_spec(name) is not None
